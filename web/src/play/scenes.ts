/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import { words as momentum } from "./scenes/momentum.words";
import { words as properties } from "./scenes/properties.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<{ Scene: FunctionComponent }>;
}

export const scenes: Record<string, Drawn> = {
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  properties: { words: properties, load: () => import("./scenes/properties") },
};
