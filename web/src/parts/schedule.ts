/** Drawing in turns, so that the page answers while many charts are drawn. */

import { signal } from "@preact/signals";

const jobs = new Map<object, () => void>();
let frame = 0;
/** Charts that wait to be drawn. */
export const drawing = signal(0);

/** Milliseconds of a frame that go to drawing. */
const TURN = 80;

/** Do a job in one of the next frames; a job of the same owner that still waits is dropped. */
export function schedule(owner: object, job: () => void): void {
  jobs.set(owner, job);
  drawing.value = jobs.size;
  if (!frame) frame = requestAnimationFrame(turn);
}

export function unschedule(owner: object): void {
  jobs.delete(owner);
  drawing.value = jobs.size;
}

function turn(): void {
  const began = performance.now();
  try {
    for (const [owner, job] of jobs) {
      jobs.delete(owner);
      job();
      if (performance.now() - began > TURN) break;
    }
  } finally {
    frame = jobs.size ? requestAnimationFrame(turn) : 0;
    drawing.value = jobs.size;
  }
}
