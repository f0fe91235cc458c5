/** Sorting of tables by a column, as a setting says it: "lr" rises, "-lr" falls. */

import { byName } from "../store";

export type Cell = boolean | number | string | null | undefined;

interface Sorting {
  key: string;
  falling: boolean;
}

export function sortingOf(text: string): Sorting {
  return text.startsWith("-")
    ? { key: text.slice(1), falling: true }
    : { key: text, falling: false };
}

/** What a press on a column's head makes of it: rising, falling, as before. */
export function pressed(text: string, key: string): string {
  if (text === key) return `-${key}`;
  return text === `-${key}` ? "" : key;
}

/** Numbers before texts, and what is not there last, whichever way it goes. */
export function compare(a: Cell, b: Cell, falling: boolean): number {
  const [first, second] = [rank(a), rank(b)];
  if (first !== second) return first - second;
  const order =
    typeof a === "number" && typeof b === "number" ? a - b : byName(String(a), String(b));
  return falling ? -order : order;
}

function rank(cell: Cell): number {
  if (cell === null || cell === undefined) return 2;
  return typeof cell === "number" ? 0 : 1;
}

/** The places of cells in their order; equal ones stay as they were. */
export function orderOf(cells: readonly Cell[], falling: boolean): number[] {
  return [...cells.keys()].sort((i, j) => compare(cells[i], cells[j], falling));
}
