/** A surface's corners and their colours with light and shadow in them, so that nothing is left to a fragment:
 * where there is no graphics processor, that is what takes time. */

import { HIGH, type Pair, type Sheet } from "./sheet";

/** How a surface is coloured. */
export interface Skin {
  /** Red, green and blue from 0 to 255, of heights in even steps between two of them. */
  colours: Uint8Array;
  ends: Pair;
  /** From where the sun shines: degrees from the right towards who looks. */
  sun: number;
}

/** The sun's height, in degrees. */
const RISEN = 38;
/** The share of light that is there in the shadow too. */
const AMBIENT = 0.62;
/** How much steeper slopes look than they are. */
const STEEPER = 1.4;

/** Places of all the grid's points, in space. */
export function positionsOf(sheet: Sheet): Float32Array {
  const { columns, rows, heights } = sheet;
  const [width, depth] = sheet.sides;
  const found = new Float32Array(3 * columns * rows);
  for (let j = 0, at = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++, at++) {
      found[3 * at] = (i / (columns - 1) - 0.5) * width;
      found[3 * at + 1] = HIGH * (Number.isNaN(heights[at]!) ? 0 : heights[at]!);
      found[3 * at + 2] = (0.5 - j / (rows - 1)) * depth;
    }
  }
  return found;
}

/** Colours of all the grid's points, as bytes. */
export function coloursOf(sheet: Sheet, skin: Skin): Uint8Array {
  const { colours, sun } = skin;
  const { columns, rows, heights } = sheet;
  const found = new Uint8Array(3 * columns * rows);
  const light = lightOf(sun);
  for (let j = 0, at = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++, at++) {
      const height = heights[at]!;
      if (Number.isNaN(height)) continue;
      const shade = light(...slopeAt(sheet, i, j));
      const from = 3 * shadeOf(skin, height);
      for (let k = 0; k < 3; k++) found[3 * at + k] = Math.min(255, colours[from + k]! * shade);
    }
  }
  return found;
}

/** Which of the colours a height has. */
export function shadeOf({ colours, ends: [low, high] }: Skin, height: number): number {
  const share = high > low ? (height - low) / (high - low) : 0.5;
  return Math.round(Math.min(1, Math.max(0, share)) * (colours.length / 3 - 1));
}

/** How bright ground is that rises by so much along x and y. */
function lightOf(sun: number): (dx: number, dy: number) => number {
  const [turn, up] = [(sun * Math.PI) / 180, (RISEN * Math.PI) / 180];
  const [x, y, z] = [
    Math.cos(turn) * Math.cos(up),
    -Math.sin(turn) * Math.cos(up),
    Math.sin(up),
  ] as const;
  return (dx, dy) => {
    const facing = (z - dx * x - dy * y) / Math.hypot(dx, dy, 1);
    return AMBIENT + (1.06 - AMBIENT) * Math.max(0, facing) ** 0.8 * (1 / z) ** 0.6;
  };
}

/** How the surface rises at a point along x and y, from one neighbour to the other; where one is a hole, from
 * the point itself. */
function slopeAt({ columns, rows, heights, sides }: Sheet, i: number, j: number): [number, number] {
  const at = j * columns + i;
  const along = (before: number, after: number, cell: number) => {
    const [a, b] = [known(heights, before, at), known(heights, after, at)];
    return (STEEPER * HIGH * (heights[b]! - heights[a]!)) / (cell * (before < after ? 2 : 1));
  };
  const dx = along(i > 0 ? at - 1 : at, i < columns - 1 ? at + 1 : at, sides[0] / (columns - 1));
  const dy = along(
    j > 0 ? at - columns : at,
    j < rows - 1 ? at + columns : at,
    sides[1] / (rows - 1),
  );
  return [dx, dy];
}

const known = (heights: Float32Array, at: number, own: number): number =>
  Number.isNaN(heights[at]!) ? own : at;
