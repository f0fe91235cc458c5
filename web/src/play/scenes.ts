/** The pictures of all scenes, by name. Each is loaded when it is first shown. */

import type { FunctionComponent } from "preact";
import type { IsShown } from "./controls";
import { words as descent } from "./scenes/descent.words";
import { words as momentum } from "./scenes/momentum.words";
import { words as race } from "./scenes/race.words";
import type { Spoken } from "./words";

interface Drawn {
  words: Spoken;
  load: () => Promise<Pictures>;
}

export interface Pictures {
  Scene: FunctionComponent;
  /** Which settings have a field, if not all at all times. */
  isShown?: IsShown;
}

export const scenes: Record<string, Drawn> = {
  descent: { words: descent, load: () => import("./scenes/descent") },
  momentum: { words: momentum, load: () => import("./scenes/momentum") },
  race: { words: race, load: () => import("./scenes/race") },
};
