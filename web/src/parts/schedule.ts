/** Drawing in turns, so that the page answers while many charts are drawn. */

import { signal } from "@preact/signals";

interface Job {
  run: () => void;
  /** When its owner first asked. */
  since: number;
  held: (() => boolean) | undefined;
}

const jobs = new Map<object, Job>();
let frame = 0;
/** Charts that wait to be drawn. */
export const drawing = signal(0);
/** Pictures that are coarse, and will be drawn sharply once nothing moves. */
export const coarse = signal(0);

/** Milliseconds of a frame that go to drawing. */
const TURN = 80;
/** Milliseconds for which a job is held back at most. */
const PATIENCE = 50;

/** Do a job in one of the next frames, a little later while it is held back; a job of the same owner that still
 * waits is dropped. */
export function schedule(owner: object, run: () => void, held?: () => boolean): void {
  jobs.set(owner, { run, since: jobs.get(owner)?.since ?? performance.now(), held });
  drawing.value = jobs.size;
  if (!frame) frame = requestAnimationFrame(turn);
}

export function unschedule(owner: object): void {
  jobs.delete(owner);
  drawing.value = jobs.size;
}

/** Do what waits now, what is held back too, and not in the next frame. */
export function hasten(): void {
  if (!frame) return;
  cancelAnimationFrame(frame);
  for (const job of jobs.values()) job.held = undefined;
  turn();
}

function turn(): void {
  const began = performance.now();
  try {
    for (const [owner, { run, since, held }] of jobs) {
      if (held?.() && began - since < PATIENCE) continue;
      jobs.delete(owner);
      run();
      if (performance.now() - began > TURN) break;
    }
  } finally {
    frame = jobs.size ? requestAnimationFrame(turn) : 0;
    drawing.value = jobs.size;
  }
}
