/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import { words as momentum } from "./scenes/momentum.words";
import { words as slope } from "./scenes/slope.words";
import { words as stepSize } from "./scenes/step-size.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<{ Scene: FunctionComponent }>;
}

export const scenes: Record<string, Drawn> = {
  "step-size": { words: stepSize, load: () => import("./scenes/step-size") },
  slope: { words: slope, load: () => import("./scenes/slope") },
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
};
