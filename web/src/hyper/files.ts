/** The table of hyperparameters and results as a file. */

import type { Cell } from "../parts/sorting";
import type { Column, Sheet } from "./columns";

const plain = (cell: Cell) => cell ?? null;

/** A field of CSV, in quotes where it needs them. */
function field(cell: Cell): string {
  const text = String(plain(cell) ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf({ runs }: Sheet, columns: Column[]): string {
  const head = ["run", ...columns.map((c) => c.name)];
  const rows = runs.map((run, i) => [run.name, ...columns.map((c) => c.cells[i])]);
  return [head, ...rows].map((row) => row.map(field).join(",") + "\r\n").join("");
}

/** A list of runs, each with its columns by name; null where a run has nothing. */
export function jsonOf({ runs }: Sheet, columns: Column[]): string {
  const rows = runs.map((run, i) =>
    Object.fromEntries([["run", run.name], ...columns.map((c) => [c.name, plain(c.cells[i])])]),
  );
  return JSON.stringify(rows);
}
