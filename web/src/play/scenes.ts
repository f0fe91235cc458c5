/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import { words as momentum } from "./scenes/momentum.words";
import { words as network } from "./scenes/network.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<Loaded>;
}

export interface Loaded {
  Scene: FunctionComponent;
  /** What can be set, if it is not a field for each setting. */
  Settings?: FunctionComponent;
}

export const scenes: Record<string, Drawn> = {
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  network: { words: network, load: () => import("./scenes/network") },
};
