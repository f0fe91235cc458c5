/** When pictures of scenes are painted. */

import { hasten, schedule } from "../parts/schedule";

/** Pictures painted so far, by which tests and benchmarks tell that one is on the screen. */
export const paintings = { count: 0 };
/** Questions that the server has not answered. */
export const awaited = { count: 0 };

const isAwaited = () => awaited.count > 0;

/** Paint in one of the next frames, or with what an answer changes that is under way: a drag would paint everything
 * twice, and the answer would wait for the first. */
export function paintSoon(owner: object, paint: () => void): void {
  schedule(owner, paint, isAwaited);
}

/** Paint what an answer changed, as soon as that is rendered. The next question may be under way by then: in a drag
 * there always is one. */
export async function answered(): Promise<void> {
  await rendered();
  hasten();
}

/** When all is rendered that was set until now, layout effects included and others not: before the next frame. */
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
