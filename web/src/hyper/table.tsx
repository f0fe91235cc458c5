/** The table of runs: a row a run, its name leads to its curves. */

import { shortNumber } from "../numbers";
import { CurvesLink } from "../parts/links";
import { RunName } from "../parts/name";
import { orderOf, sortingOf, type Cell } from "../parts/sorting";
import { Table, widest, type TableColumn } from "../parts/table";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import type { Column, Sheet } from "./columns";

/** Characters that the dot before a name takes. */
const DOT = 2;
/** The key of the column of names. */
const NAME = "name";

export function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  return typeof cell === "number" ? shortNumber(cell) : String(cell);
}

interface Props {
  sheet: Sheet;
  columns: Column[];
  /** The rows to show, by number. */
  rows: number[];
  /** The colour of a row. */
  colour: (row: number) => string | null;
}

export function RunTable({ sheet, columns, rows, colour }: Props) {
  const w = words.value;
  const { key, falling } = sortingOf(settings.tableSort.value);
  const by =
    key === NAME ? sheet.runs.map((r) => r.name) : columns.find((c) => c.key === key)?.cells;
  const order = by
    ? orderOf(
        rows.map((i) => by[i]),
        falling,
      ).map((n) => rows[n]!)
    : rows;
  const name: TableColumn<number> = {
    key: NAME,
    name: w.name,
    width:
      widest(
        rows.map((i) => sheet.runs[i]!.name),
        10,
        38,
      ) + DOT,
    whole: (i) => sheet.runs[i]!.name,
    cell: (i) => <Run name={sheet.runs[i]!.name} colour={colour(i)} />,
  };
  return (
    <Table label={w.hyperparameters} rows={order} keyOf={(i) => sheet.runs[i]!.id}
      sorting={settings.tableSort} columns={[name, ...columns.map(shown)]} />
  ); // prettier-ignore
}

function Run({ name, colour }: { name: string; colour: string | null }) {
  return (
    <>
      <i class="dot" style={{ background: colour ?? "var(--edge)" }} />
      <CurvesLink names={[name]}>
        <RunName name={name} />
      </CurvesLink>
    </>
  );
}

function shown(column: Column): TableColumn<number> {
  const texts = column.cells.map(textOf);
  return {
    key: column.key,
    name: column.name,
    numeric: column.numeric,
    width: widest([...texts, `${column.name}  `], 5, 24),
    whole: (i) => (column.numeric ? String(column.cells[i] ?? "") : texts[i]!),
    cell: (i) => (texts[i] === "–" ? <span class="absent">–</span> : texts[i]),
  };
}

/** All rows of a sheet. */
export const everyRow = (sheet: Sheet) => [...sheet.runs.keys()];

/** A run's colour in the left panel: that of its curves. */
export const ownColour = (sheet: Sheet) => (row: number) =>
  store.colours.value.get(sheet.runs[row]!.id) ?? null;
