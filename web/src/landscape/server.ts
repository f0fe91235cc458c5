/** What is asked of the board about landscapes: those that logs hold, and what is computed for this page. */

import type { About, Landscapes } from "../messages";
import { unpacked, type Got } from "../play/server";
import { address, ask, json } from "../server";

/** Which ground is meant: the logged one of a number, or what it is made of. */
export type Asked = Record<string, string | number>;

/** Two pages each have a job of their own. */
const viewer = Math.random().toString(36).slice(2);

const frame = (path: string, query: Record<string, string | number>): Promise<Got> =>
  ask(path, query, async (answer) => unpacked(await answer.arrayBuffer()));

/** The landscapes in a run's log. */
export const logged = (run: number) => json<Landscapes>("landscapes", { run });
export const land = (run: number, number: number) => frame("landscape", { run, number });

let last: Promise<unknown> = Promise.resolve();

/** After all that was asked for before: one job at a time. */
function inTurn<T>(job: () => Promise<T>): Promise<T> {
  const own = last.then(job, job);
  last = own.catch(() => undefined);
  return own;
}

/** The process that computes starts while one looks at what is there. Nobody waits for it. */
export const wake = (): void => void fetch(address("ground/wake")).catch(() => undefined);
export const about = (run: number) => inTurn(() => json<About>("ground/about", { run, viewer }));
export const surface = (run: number, asked: Asked, have: number) =>
  inTurn(() => frame("ground/surface", { ...asked, run, viewer, have }));
export const paths = (run: number, asked: Asked) =>
  inTurn(() => frame("ground/paths", { ...asked, run, viewer }));
export const particle = (run: number, asked: Asked, how: Record<string, string | number>) =>
  inTurn(() => frame("ground/particle", { ...asked, ...how, run, viewer }));
