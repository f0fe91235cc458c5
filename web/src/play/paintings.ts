/** When pictures of scenes are painted. */

import { schedule } from "../parts/schedule";

/** Pictures painted so far, by which tests and benchmarks tell that one is on the screen. */
export const paintings = { count: 0 };
/** Frames that the server answered with so far, and those that it was asked for since. */
export const answers = { count: 0, awaited: 0 };

const seen = new WeakMap<object, number>();
const awaited = () => answers.awaited > 0;

/** Paint in one of the next frames. What changes without an answer waits for the one that is under way: a drag would
 * paint everything twice, and the answer would wait for the first. */
export function paintSoon(owner: object, paint: () => void): void {
  const alone = seen.get(owner) === answers.count;
  const run = () => {
    seen.set(owner, answers.count);
    paint();
  };
  schedule(owner, run, alone ? awaited : undefined);
}
