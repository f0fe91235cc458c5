/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import { words as adamFails } from "./scenes/adam-fails.words";
import { words as adaptive } from "./scenes/adaptive.words";
import { words as distances } from "./scenes/distances.words";
import { words as losses } from "./scenes/losses.words";
import { words as momentum } from "./scenes/momentum.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<{ Scene: FunctionComponent }>;
}

export const scenes: Record<string, Drawn> = {
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  adaptive: { words: adaptive, load: () => import("./scenes/adaptive") },
  "adam-fails": { words: adamFails, load: () => import("./scenes/adam-fails") },
  losses: { words: losses, load: () => import("./scenes/losses") },
  distances: { words: distances, load: () => import("./scenes/distances") },
};
