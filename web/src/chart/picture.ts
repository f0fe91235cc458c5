/**
 * A picture that is painted from the front to the back: each pixel is coloured once, and what lies behind
 * coloured ones is passed over.
 */

import type { Frame } from "./paint";

/** Parts of a row that count as its edge, where rounding may err. */
const EDGE = 0.01;

export class Picture {
  readonly columns: number;
  /** [height, width], each the bytes red, green, blue, alpha. */
  readonly pixels: Uint32Array<ArrayBuffer>;
  private readonly width: number;
  private readonly height: number;
  private readonly log: boolean;
  private readonly bottom: number;
  /** Rows of a value, or of its logarithm. */
  private readonly per: number;
  /** Column by column: the row itself where it is free, else one further down, all before it coloured. */
  private readonly next: Uint32Array;
  /** Of each column the widest known stretch of coloured rows, one past its last, and its values. */
  private readonly top: Int32Array;
  private readonly end: Int32Array;
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(
    frame: Frame,
    readonly grain: number,
  ) {
    this.width = Math.round(frame.width);
    this.height = Math.round(frame.height);
    this.columns = Math.ceil(this.width / grain);
    this.pixels = new Uint32Array(this.width * this.height);
    this.log = frame.logY;
    const [bottom, top] = frame.logY ? frame.y.map(Math.log) : frame.y;
    this.bottom = bottom!;
    this.per = -this.height / (top! - bottom!);
    this.next = new Uint32Array(this.columns * this.height);
    for (let n = 0; n < this.next.length; n++) this.next[n] = n;
    this.top = new Int32Array(this.columns);
    this.end = new Int32Array(this.columns);
    this.low = new Float64Array(this.columns).fill(Infinity);
    this.high = new Float64Array(this.columns).fill(-Infinity);
  }

  /** Whether a value has a row. */
  has(value: number): boolean {
    return value - value === 0 && !(this.log && value < 0);
  }

  /** The row of a value, −1 above the picture and its height below. */
  row(value: number): number {
    const row = this.height + ((this.log ? Math.log(value) : value) - this.bottom) * this.per;
    return row < 0 ? -1 : row > this.height ? this.height : row | 0;
  }

  /** Whether some values all lie where a column is coloured already; none that has no row does. */
  hides(column: number, y: Float32Array, from: number, to: number): boolean {
    if (column < 0 || column >= this.columns) return false;
    const low = this.low[column]!;
    const high = this.high[column]!;
    for (let i = from; i < to; i++) {
      const value = y[i]!;
      if (!(value >= low && value <= high)) return false;
    }
    return true;
  }

  /** Colour those rows of a column, from one to another, that are free. */
  cover(column: number, from: number, to: number, colour: number): void {
    if (column < 0 || column >= this.columns) return;
    const { next, pixels, width } = this;
    const left = column * this.grain;
    const wide = Math.min(this.grain, width - left);
    const base = column * this.height;
    const first = base + Math.max(0, from);
    const last = base + Math.min(this.height - 1, to);
    if (first > last) return;
    let n = first;
    for (; n <= last; n = next[n]!) {
      if (next[n] !== n) continue;
      next[n] = n + 1;
      const at = (n - base) * width + left;
      for (let beside = 0; beside < wide; beside++) pixels[at + beside] = colour;
    }
    next[first] = n;
    this.widen(column, first - base, n - base);
  }

  /** These rows are coloured: join them with those known, or take the more. */
  private widen(column: number, from: number, to: number): void {
    let top = this.top[column]!;
    let end = this.end[column]!;
    if (from >= top && to <= end) return;
    const touches = from <= end && to >= top;
    if (!touches && to - from <= end - top) return;
    top = touches ? Math.min(top, from) : from;
    end = touches ? Math.max(end, to) : to;
    this.top[column] = top;
    this.end[column] = end;
    // What is above or below the picture is hidden as well, once its border is.
    this.high[column] = top ? this.value(top + EDGE) : Number.MAX_VALUE;
    this.low[column] =
      end < this.height ? this.value(end - EDGE) : this.log ? 0 : -Number.MAX_VALUE;
  }

  private value(row: number): number {
    const value = this.bottom + (row - this.height) / this.per;
    return this.log ? Math.exp(value) : value;
  }
}
