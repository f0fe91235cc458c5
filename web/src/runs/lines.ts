/** Runs as lines of a list. */

import { spoken } from "../words";
import { duration } from "../numbers";
import type { RunLine } from "../messages";
import { orderOf, sortingOf, type Cell } from "../parts/sorting";

/** What the list can be sorted by: a cell of a run. */
export const CELLS: Record<string, (run: RunLine) => Cell> = {
  name: (run) => run.name,
  status: (run) => run.status,
  began: (run) => run.began,
  lasted: (run) => lasted(run),
  tags: (run) => run.tags.length,
  hyperparameters: (run) => Object.keys(run.hyperparameters).length,
  damage: (run) => run.damage,
};

/** Seconds from the first record to the last; null of what has none. */
export function lasted({ began, written }: RunLine): number | null {
  return began === null || written === null ? null : written - began;
}

export function sorted(runs: RunLine[], text: string): RunLine[] {
  const { key, falling } = sortingOf(text);
  const cell = CELLS[key];
  return cell ? orderOf(runs.map(cell), falling).map((i) => runs[i]!) : runs;
}

export const lastedText = (run: RunLine) => {
  const seconds = lasted(run);
  return seconds === null ? "–" : duration(seconds, spoken.value);
};
