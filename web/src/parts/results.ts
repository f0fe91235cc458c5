/** The last values of all series of all runs, fetched again as runs change. */

import type { Results } from "../messages";
import { results } from "../server";
import { useFetched, type Fetched } from "./fetched";
import { rounds } from "./rounds";

export function useResults(): Fetched<Results> {
  return useFetched(`results ${rounds.value}`, results);
}
