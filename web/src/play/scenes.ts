/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import type { IsShown } from "./controls";
import { words as adamFails } from "./scenes/adam-fails.words";
import { words as adaptive } from "./scenes/adaptive.words";
import { words as batches } from "./scenes/batches.words";
import { words as descent } from "./scenes/descent.words";
import { words as distances } from "./scenes/distances.words";
import { words as initialisation } from "./scenes/initialisation.words";
import { words as losses } from "./scenes/losses.words";
import { words as momentum } from "./scenes/momentum.words";
import { words as network } from "./scenes/network.words";
import { words as properties } from "./scenes/properties.words";
import { words as race } from "./scenes/race.words";
import { words as regression } from "./scenes/regression.words";
import { words as slope } from "./scenes/slope.words";
import { words as stepSize } from "./scenes/step-size.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<Pictures>;
}

export interface Pictures {
  Scene: FunctionComponent;
  /** Which settings have a field, if not all at all times. */
  isShown?: IsShown;
  /** What can be set, if it is not a field for each setting. */
  Settings?: FunctionComponent;
}

export const scenes: Record<string, Drawn> = {
  "step-size": { words: stepSize, load: () => import("./scenes/step-size") },
  slope: { words: slope, load: () => import("./scenes/slope") },
  descent: { words: descent, load: () => import("./scenes/descent") },
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  properties: { words: properties, load: () => import("./scenes/properties") },
  regression: { words: regression, load: () => import("./scenes/regression") },
  race: { words: race, load: () => import("./scenes/race") },
  batches: { words: batches, load: () => import("./scenes/batches") },
  adaptive: { words: adaptive, load: () => import("./scenes/adaptive") },
  "adam-fails": { words: adamFails, load: () => import("./scenes/adam-fails") },
  losses: { words: losses, load: () => import("./scenes/losses") },
  distances: { words: distances, load: () => import("./scenes/distances") },
  initialisation: { words: initialisation, load: () => import("./scenes/initialisation") },
  network: { words: network, load: () => import("./scenes/network") },
};
