/** When pictures of scenes are painted. */

import { hasten, schedule } from "../parts/schedule";

/** Pictures painted so far, by which tests and benchmarks tell that one is on the screen. */
export const paintings = { count: 0 };
/** Questions that the server has not answered. */
export const answers = { awaited: 0 };

const awaited = () => answers.awaited > 0;

/** Paint in one of the next frames, or as soon as all answers are there that are under way: a drag would paint
 * everything twice, and the answer would wait for the first. */
export function paintSoon(owner: object, paint: () => void): void {
  schedule(owner, paint, awaited);
}

/** Paint what waits at once, unless it waits for another answer. */
export function painted(): void {
  if (!awaited()) hasten();
}

/** When all is rendered that was set until now: before the next frame. */
export function rendered(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}
