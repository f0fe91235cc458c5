/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import { words as batches } from "./scenes/batches.words";
import { words as initialisation } from "./scenes/initialisation.words";
import { words as momentum } from "./scenes/momentum.words";
import { words as properties } from "./scenes/properties.words";
import { words as regression } from "./scenes/regression.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<{ Scene: FunctionComponent }>;
}

export const scenes: Record<string, Drawn> = {
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  properties: { words: properties, load: () => import("./scenes/properties") },
  regression: { words: regression, load: () => import("./scenes/regression") },
  batches: { words: batches, load: () => import("./scenes/batches") },
  initialisation: { words: initialisation, load: () => import("./scenes/initialisation") },
};
