/** Two runs side by side: in what they differ, and by how much. */

import type { Results, RunLine, Tag } from "../messages";
import { byName } from "../store";

type Cell = boolean | number | string | null;

export interface Compared {
  name: string;
  one: Cell;
  other: Cell;
  differs: boolean;
  /** The other less the one; null of what are not two numbers. */
  difference: number | null;
}

function compared(name: string, one: Cell, other: Cell): Compared {
  const numbers = typeof one === "number" && typeof other === "number";
  return { name, one, other, differs: one !== other, difference: numbers ? other - one : null };
}

/** Hyperparameters of both, those that differ first. */
export function hyperparameters(one: RunLine, other: RunLine): Compared[] {
  const [a, b] = [one.hyperparameters, other.hyperparameters];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(byName);
  const all = names.map((name) => compared(name, a[name] ?? null, b[name] ?? null));
  return all.sort((x, y) => Number(y.differs) - Number(x.differs));
}

/** Last values of both, by name of their tag. */
export function lastResults(
  one: RunLine,
  other: RunLine,
  tags: Map<number, Tag>,
  results: Results | undefined,
): Compared[] {
  if (!results) return [];
  const row = (run: RunLine) => results.values[results.runs.indexOf(run.id)] ?? [];
  const [a, b] = [row(one), row(other)];
  const all = results.tags.map((tag, i) =>
    compared(tags.get(tag)?.name ?? "", a[i] ?? null, b[i] ?? null),
  );
  const known = all.filter((c) => c.name && (c.one !== null || c.other !== null));
  return known.sort((x, y) => byName(x.name, y.name));
}
