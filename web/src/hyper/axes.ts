/** A column as an axis: numbers in line or in log, or categories, and colours along it. */

import { scale } from "../chart/paint";
import { category, shade } from "../colours";
import { fullRange } from "../display";
import { shortNumber } from "../numbers";
import { byName } from "../store";
import type { Cell } from "../parts/sorting";
import { linearTicks, logTicks } from "../ticks";
import type { Column } from "./columns";

export interface Axis {
  key: string;
  name: string;
  numeric: boolean;
  log: boolean;
  /** Whether it could be logarithmic. */
  positive: boolean;
  low: number;
  high: number;
  categories: string[];
  /** Where a cell lies, from 0 to 1; NaN of what has no place. */
  share: (cell: Cell) => number;
  ticks: { share: number; label: string }[];
}

/** From the lowest to the highest, so many times, an axis is logarithmic unless asked otherwise. */
const DECADES = 50;

/** `rescaled` turns the scale to the other one. */
export function axisOf(column: Column, rescaled = false): Axis {
  return column.numeric ? numbers(column, rescaled) : categories(column);
}

function numbers({ key, name, cells }: Column, rescaled: boolean): Axis {
  const values = Float64Array.from(cells.map((v) => (typeof v === "number" ? v : NaN)));
  const [low, high] = fullRange([values]);
  const positive = low > 0;
  const log = positive && high / low >= DECADES !== rescaled;
  const at = low < high ? scale([low, high], log, 0, 1) : () => 0.5;
  const share = (v: Cell) => (typeof v === "number" && Number.isFinite(v) ? at(v) : NaN);
  const found = low <= high ? (log ? logTicks : linearTicks)(low, high, 5) : [];
  const ticks = found.map((v) => ({ share: share(v), label: shortNumber(v) }));
  return { key, name, numeric: true, log, positive, low, high, categories: [], share, ticks };
}

function categories({ key, name, cells }: Column): Axis {
  const there = cells.filter((v) => v !== null && v !== undefined);
  const all = [...new Set(there.map(String))].sort(byName);
  const places = new Map(all.map((text, i) => [text, (i + 0.5) / all.length]));
  const share = (v: Cell) => (v === null || v === undefined ? NaN : (places.get(String(v)) ?? NaN));
  const ticks = all.map((label) => ({ share: places.get(label)!, label }));
  return {
    key, name, numeric: false, log: false, positive: false, low: 0, high: 1,
    categories: all, share, ticks,
  }; // prettier-ignore
}

/** The number at a place of an axis. */
export function numberAt({ low, high, log }: Axis, share: number): number {
  const value = log ? low * (high / low) ** share : low + share * (high - low);
  return Number(value.toPrecision(4));
}

/** The colour of a cell: a shade of numbers, one of its own of a category; null where there is none. */
export function tintOf(axis: Axis, cell: Cell, dark: boolean): string | null {
  const share = axis.share(cell);
  if (Number.isNaN(share)) return null;
  return axis.numeric ? shade(share, dark) : category(axis.categories.indexOf(String(cell)), dark);
}
