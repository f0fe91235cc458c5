/** Runs as rows, hyperparameters and results as columns. */

import type { Results, RunLine, Tag } from "../messages";
import type { Cell } from "../parts/sorting";
import { byName } from "../store";

export interface Column {
  key: string;
  name: string;
  result: boolean;
  /** All that is there are numbers. */
  numeric: boolean;
  /** Not all runs that have it agree; of results, always. */
  differs: boolean;
  /** A cell a run. */
  cells: Cell[];
}

export interface Sheet {
  runs: RunLine[];
  columns: Column[];
}

/** What every view of them is given. */
export interface ViewProps {
  sheet: Sheet;
  /** The columns that are chosen. */
  columns: Column[];
  /** The colour of a row; null where it has no value to colour by. */
  colour: (row: number) => string | null;
}

/** What a result is called where hyperparameters are too: both may have the same name. */
export const resultKey = (tag: string) => `result:${tag}`;

const NOT_FINITE: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

const isWord = (v: boolean | string) => typeof v === "string" && Object.hasOwn(NOT_FINITE, v);

/** The runs that have a hyperparameter or a result, with all of these. */
export function sheetOf(
  shown: RunLine[],
  tags: Map<number, Tag>,
  results: Results | undefined,
): Sheet {
  const rows = new Map(results?.runs.map((run, i) => [run, results.values[i]!]));
  const known = (run: RunLine) =>
    Object.keys(run.hyperparameters).length > 0 || rows.get(run.id)?.some((v) => v !== null);
  const runs = shown.filter(known);
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.hyperparameters)))];
  const given = names.map((name) => hyperparameter(name, runs));
  const last = (results?.tags ?? []).map((tag, i) => {
    const name = tags.get(tag)?.name ?? "";
    const cells = runs.map((run) => rows.get(run.id)?.[i] ?? null);
    return column(resultKey(name), name, true, cells);
  });
  const found = last
    .filter((c) => c.name && c.cells.some((v) => v !== null))
    .sort((a, b) => byName(a.name, b.name));
  return { runs, columns: [...given, ...found] };
}

function hyperparameter(name: string, runs: RunLine[]): Column {
  const raw = runs.map((run) => run.hyperparameters[name]);
  const numeric = raw.every((v) => v === undefined || typeof v === "number" || isWord(v));
  const cells = numeric ? raw.map((v) => (typeof v === "string" ? NOT_FINITE[v] : v)) : raw;
  return column(name, name, false, cells);
}

function column(key: string, name: string, result: boolean, cells: Cell[]): Column {
  const there = cells.filter((v) => v !== null && v !== undefined);
  const numeric = there.length > 0 && there.every((v) => typeof v === "number");
  return { key, name, result, numeric, differs: result || new Set(there).size > 1, cells };
}

/** Columns that are shown: those that differ unless hidden, others if asked for. */
export function chosen(columns: Column[], hidden: string[], more: string[]): Column[] {
  return columns.filter((c) => (c.differs ? !hidden.includes(c.key) : more.includes(c.key)));
}

/** The column that colours: as asked, else the first result, a loss on test data before others. */
export function tinting(columns: Column[], key: string): Column | undefined {
  const results = columns.filter((c) => c.result);
  const first = ["test/loss", "validation/loss"].map(resultKey);
  return (
    columns.find((c) => c.key === key) ??
    results.find((c) => c.key === first[0]) ??
    results.find((c) => c.key === first[1]) ??
    results.find((c) => /loss/.test(c.name)) ??
    results[0] ??
    columns.find((c) => c.differs)
  );
}
