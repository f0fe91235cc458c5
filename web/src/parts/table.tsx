/** A table of many rows, of which those that are seen are made. */

import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { pressed, sortingOf } from "./sorting";
import "./table.css";

export interface TableColumn<Row> {
  key: string;
  name: string;
  title?: string;
  numeric?: boolean;
  /** Characters wide. */
  width: number;
  cell: (row: Row) => ComponentChildren;
  /** What is shown in full where a cell is too narrow. */
  whole?: (row: Row) => string;
}

interface Props<Row> {
  label: string;
  columns: TableColumn<Row>[];
  /** In the order in which they are shown. */
  rows: Row[];
  keyOf: (row: Row) => string | number;
  sorting: Signal<string>;
  /** The class of a row, if it has one. */
  look?: (row: Row) => string;
  onPress?: (row: Row) => void;
}

const ROW = 30;
/** Rows made beyond the window. */
const BEYOND = 10;
/** Pixels of a character, and of what stands beside the text. */
const LETTER = 7.7;
const AIR = 28;

const pixels = (column: { width: number }) => Math.round(column.width * LETTER + AIR);

export function Table<Row>({ label, columns, rows, ...props }: Props<Row>) {
  const top = useSignal(0);
  const height = useSignal(700);
  const first = Math.max(0, Math.min(Math.floor(top.value / ROW), rows.length) - BEYOND);
  const last = Math.min(rows.length, first + Math.ceil(height.value / ROW) + 2 * BEYOND);
  const width = columns.reduce((sum, column) => sum + pixels(column), 0);
  return (
    <div
      class="table-home"
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={(e) => {
        top.value = e.currentTarget.scrollTop;
        height.value = e.currentTarget.clientHeight;
      }}
    >
      <table class="sheet" style={{ minWidth: `${width}px` }} aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: `${pixels(column)}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.key} column={column} sorting={props.sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} columns={columns.length} />
          {rows.slice(first, last).map((row, i) => (
            <tr
              key={props.keyOf(row)}
              aria-rowindex={first + i + 2}
              class={props.look?.(row) ?? ""}
              onClick={() => props.onPress?.(row)}
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  class={column.numeric ? "number" : ""}
                  title={column.whole?.(row) ?? ""}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Space rows={rows.length - last} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** The height of rows that are not made. */
function Space({ rows, columns }: { rows: number; columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="space" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}

interface HeadProps<Row> {
  column: TableColumn<Row>;
  sorting: Signal<string>;
}

function Head<Row>({ column, sorting }: HeadProps<Row>) {
  const { key, falling } = sortingOf(sorting.value);
  const way = key !== column.key ? "none" : falling ? "descending" : "ascending";
  return (
    <th scope="col" class={column.numeric ? "number" : ""} aria-sort={way}>
      <button
        type="button"
        title={column.title ?? column.name}
        onClick={() => (sorting.value = pressed(sorting.value, column.key))}
      >
        <span>{column.name}</span>
        <i class={`way ${way}`} />
      </button>
    </th>
  );
}

/** Characters that the longest of some texts has, within bounds. */
export function widest(texts: Iterable<string>, least = 5, most = 34): number {
  let found = least;
  for (const text of texts) found = Math.max(found, text.length);
  return Math.min(most, found);
}
