/** The last values of all series of all runs, fetched again as runs change. */

import { signal } from "@preact/signals";
import type { Results } from "../messages";
import { results } from "../server";
import { onChange } from "../store";
import { useFetched, type Fetched } from "./fetched";

/** Milliseconds for which changes are gathered: results of 1,000 runs are not small. */
const GATHERED = 1000;
const round = signal(0);
let timer = 0;

onChange(() => {
  timer ||= window.setTimeout(() => {
    timer = 0;
    round.value++;
  }, GATHERED);
});

export function useResults(): Fetched<Results> {
  return useFetched(`results ${round.value}`, results);
}
