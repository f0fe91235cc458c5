/** Changes of runs, gathered: for what is too much to be made anew at each of them. */

import { signal } from "@preact/signals";
import { waiting } from "../server";
import { onChange } from "../store";

/** Milliseconds for which changes are gathered. */
const GATHERED = 1000;
/** Rises as runs change, though not while an answer is waited for. */
export const rounds = signal(0);
let timer = 0;

onChange(() => {
  timer ||= window.setTimeout(next, GATHERED);
});

function next(): void {
  timer = waiting.peek() ? window.setTimeout(next, GATHERED) : 0;
  if (!timer) rounds.value++;
}
