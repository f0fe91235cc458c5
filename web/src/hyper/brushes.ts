/** Ranges that are chosen on axes, and the runs that lie in all of them. */

import type { Cell } from "../parts/sorting";
import { encoded } from "../settings";
import { numberAt, type Axis } from "./axes";
import type { Column } from "./columns";

export interface Brush {
  key: string;
  /** From the first to the second number, both in it; or some categories. */
  range: [number, number] | string[];
  numeric: boolean;
}

/** The range from a share of an axis to another; null of no category. */
export function brushOf(axis: Axis, low: number, high: number): Brush | null {
  const { key, numeric } = axis;
  if (!numeric) {
    const range = axis.categories.filter((text) => {
      const share = axis.share(text);
      return share >= low && share <= high;
    });
    return range.length ? { key, range, numeric } : null;
  }
  const from = low <= 0 ? axis.low : numberAt(axis, low);
  const to = high >= 1 ? axis.high : numberAt(axis, high);
  return { key, range: [from, to], numeric };
}

/** A brush as it stands in the address: "lr:0.01:0.1", "rule:=adam:=gd". */
export function written({ key, range, numeric }: Brush): string {
  const parts = numeric ? range : range.map((text) => `=${encoded(String(text))}`);
  return [encoded(key), ...parts].join(":");
}

/** What stands in the address; null of what makes no sense. */
export function read(text: string): Brush | null {
  try {
    const [key = "", ...parts] = text.split(":");
    if (!parts.length) return null;
    if (parts.every((p) => p.startsWith("="))) {
      const range = parts.map((p) => decodeURIComponent(p.slice(1)));
      return { key: decodeURIComponent(key), range, numeric: false };
    }
    const [low = NaN, high = NaN] = parts.map(Number);
    if (parts.length !== 2 || !(low <= high)) return null;
    return { key: decodeURIComponent(key), range: [low, high], numeric: true };
  } catch {
    return null; // not percent-encoded as we do it
  }
}

export function readAll(texts: string[]): Brush[] {
  return texts.map(read).filter((brush) => brush !== null);
}

/** The brushes with another range for a column; without one for null. */
export function changed(texts: string[], key: string, brush: Brush | null): string[] {
  const rest = texts.filter((text) => read(text)?.key !== key);
  return brush ? [...rest, written(brush)] : rest;
}

function passes(cell: Cell, { range, numeric }: Brush): boolean {
  if (!numeric) return (range as string[]).includes(String(cell ?? ""));
  const [low, high] = range as [number, number];
  return typeof cell === "number" && cell >= low && cell <= high;
}

/** Of each row, whether it lies in all ranges; ranges of columns that are not there do not count. */
export function inside(columns: Column[], rows: number, brushes: Brush[]): boolean[] {
  const known = brushes.flatMap((brush) => {
    const column = columns.find((c) => c.key === brush.key);
    return column ? [{ brush, column }] : [];
  });
  return Array.from({ length: rows }, (_, i) =>
    known.every(({ brush, column }) => passes(column.cells[i], brush)),
  );
}
