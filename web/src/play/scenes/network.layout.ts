/** Where a network's units and weights lie: in its picture, and in the server's list of numbers. */

/** A place of the diagram's: of column 0 the features, of the last the output. */
export interface Unit {
  column: number;
  index: number;
}

export type Pointed = Unit & {
  /** Of a weight, the unit of the column before that it comes from. */
  from?: number;
};

export interface Box {
  x: number;
  y: number;
  size: number;
}

export interface Layout {
  columns: Box[][];
  /** Distance between rows. */
  row: number;
}

/** Rows that there is room for: the most units of a layer, and the features. */
const ROWS = 8;
const BESIDE = 34;
/** Room for the buttons of the layers; where a picture is narrow, they stand one above another. */
const aboveOf = (width: number): number => (width < NARROW ? 76 : 34);
export const NARROW = 520;

/** Boxes by their middles: `counts` units a column, features first, in a picture of this size. */
export function layoutOf(counts: number[], width: number, height: number): Layout {
  const above = aboveOf(width);
  const row = (height - above - 8) / ROWS;
  const across = (width - BESIDE) / counts.length;
  const size = Math.max(8, Math.min(46, row * 0.82, across * 0.62));
  const columns = counts.map((count, c) =>
    Array.from({ length: count }, (_, i) => ({
      x: BESIDE + across * (c + 0.5) - (c === 0 ? across * 0.12 : 0),
      y: above + row * (i + 0.5 + (ROWS - count) / 2),
      size: c === counts.length - 1 ? size * 1.35 : size,
    })),
  );
  return { columns, row };
}

/** Where the weights and the biases of each layer begin among all numbers. */
export function offsetsOf(sizes: number[]): { weights: number; biases: number }[] {
  let at = 0;
  return sizes.slice(1).map((out, l) => {
    const weights = at;
    const biases = at + out * sizes[l]!;
    at = biases + out;
    return { weights, biases };
  });
}

/** A point of a line between two boxes, `t` from 0 to 1. */
export function along(a: Box, b: Box, t: number): [number, number] {
  const [x0, x1] = [a.x + a.size / 2, b.x - b.size / 2];
  const bend = (x1 - x0) / 2;
  const s = 1 - t;
  const [near, far] = [3 * s * s * t, 3 * s * t * t];
  return [
    s ** 3 * x0 + near * (x0 + bend) + far * (x1 - bend) + t ** 3 * x1,
    (s ** 3 + near) * a.y + (far + t ** 3) * b.y,
  ];
}

/**
 * What lies under a place: a unit, or else the nearest weight within 6 pixels. `used` are the features that
 * the network has, by their rows: lines come from them alone.
 */
export function under(layout: Layout, used: number[], x: number, y: number): Pointed | null {
  for (const [column, boxes] of layout.columns.entries()) {
    const index = boxes.findIndex(
      (b) => Math.abs(x - b.x) <= b.size / 2 && Math.abs(y - b.y) <= b.size / 2,
    );
    if (index >= 0) return { column, index };
  }
  let best: Pointed | null = null;
  let near = 6;
  for (let column = 1; column < layout.columns.length; column++) {
    const before = layout.columns[column - 1]!;
    const froms = column === 1 ? used : before.map((_, i) => i);
    for (const [from, place] of froms.entries()) {
      for (const [index, b] of layout.columns[column]!.entries()) {
        for (let t = 0.05; t < 1; t += 0.05) {
          const [px, py] = along(before[place]!, b, t);
          const away = Math.hypot(px - x, py - y);
          if (away < near) [near, best] = [away, { column, index, from }];
        }
      }
    }
  }
  return best;
}
