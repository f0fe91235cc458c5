/** What the network's pictures are painted with: maps of two colours, and the diagram. */

import type { Look } from "../plot";
import type { Numbers } from "../server";
import type { Plain } from "../plain";
import { along, offsetsOf, type Box, type Layout, type Pointed } from "./network.layout";

type Rgb = [number, number, number];

/** Class 0, between the classes, class 1; no red beside green. */
const COLOURS: Record<"light" | "dark", [Rgb, Rgb, Rgb]> = {
  light: [[232, 134, 42], [246, 247, 249], [38, 116, 190]],
  dark: [[226, 138, 56], [32, 38, 48], [78, 152, 232]],
}; // prettier-ignore

const of = (dark: boolean) => COLOURS[dark ? "dark" : "light"];

/** The colour of a class, and of a weight's sign. */
export const colourOf = (first: boolean, dark: boolean): string =>
  `rgb(${of(dark)[first ? 2 : 0].join(",")})`;

/** A number from −1 to 1 as red, green and blue. */
function mixed(share: number, dark: boolean): Rgb {
  const [low, middle, high] = of(dark);
  const end = share < 0 ? low : high;
  // Paler than the points, which lie on it.
  const by = Math.min(1, Math.abs(share)) * (dark ? 0.6 : 0.72);
  return middle.map((m, k) => Math.round(m + by * (end[k]! - m))) as Rgb;
}

const STEPS = 255;
const tables = new Map<boolean, Uint8ClampedArray>();

function tableOf(dark: boolean): Uint8ClampedArray {
  const kept = tables.get(dark);
  if (kept) return kept;
  const made = new Uint8ClampedArray(4 * STEPS);
  for (let i = 0; i < STEPS; i++) made.set([...mixed((2 * i) / (STEPS - 1) - 1, dark), 255], 4 * i);
  tables.set(dark, made);
  return made;
}

const sheets = new Map<number, HTMLCanvasElement>();

/**
 * A map of n × n numbers from the low ends, as a picture; `middle` lies between the colours, `reach` away
 * from it is the whole colour. The canvas serves the next map too.
 */
export function mapOf(
  values: Numbers,
  from: number,
  n: number,
  middle: number,
  reach: number,
  dark: boolean,
): HTMLCanvasElement {
  const canvas = sheets.get(n) ?? document.createElement("canvas");
  sheets.set(n, canvas);
  canvas.width = canvas.height = n;
  const pen = canvas.getContext("2d")!;
  const picture = pen.createImageData(n, n);
  const table = tableOf(dark);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const share = (values[from + (n - 1 - j) * n + i]! - middle) / reach;
      const step = Math.round(((Math.max(-1, Math.min(1, share)) + 1) / 2) * (STEPS - 1));
      const at = 4 * (Number.isNaN(step) ? (STEPS - 1) / 2 : step);
      for (let k = 0; k < 4; k++) picture.data[4 * (j * n + i) + k] = table[at + k]!;
    }
  }
  pen.putImageData(picture, 0, 0);
  return canvas;
} // prettier-ignore

/** How far from 0 a map goes; 1 where it is 0 everywhere. */
export function reachOf(values: Numbers, from: number, count: number): number {
  let most = 0;
  for (let i = from; i < from + count; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most || 1;
}

export interface Diagram {
  layout: Layout;
  sizes: number[];
  /** Rows of the features that the network has. */
  used: number[];
  weights: Numbers;
  /** Draws the map of a unit into a box. */
  map: (column: number, index: number, box: Box) => void;
  names: string[];
  pointed: Pointed | null;
}

export function diagram({ pen, look }: Plain, drawn: Diagram): void {
  lines(pen, look, drawn);
  const { layout, used, names, pointed } = drawn;
  for (const [column, boxes] of layout.columns.entries()) {
    for (const [index, box] of boxes.entries()) {
      const here = pointed?.column === column && pointed.index === index && pointed.from == null;
      const idle = column === 0 && !used.includes(index);
      pen.globalAlpha = idle ? 0.35 : 1;
      drawn.map(column, index, box);
      pen.strokeStyle = here ? look.accent : look.soft;
      pen.lineWidth = here ? 2.5 : 1;
      pen.strokeRect(box.x - box.size / 2, box.y - box.size / 2, box.size, box.size);
      if (column === 0) named(pen, look, names[index]!, box);
      pen.globalAlpha = 1;
    }
  }
}

function named(pen: CanvasRenderingContext2D, look: Look, name: string, box: Box): void {
  pen.font = "italic 12.5px system-ui, sans-serif";
  pen.fillStyle = look.ink;
  pen.textAlign = "right";
  pen.fillText(name, box.x - box.size / 2 - 5, box.y + 4);
  pen.textAlign = "left";
}

function lines(pen: CanvasRenderingContext2D, look: Look, drawn: Diagram): void {
  const { layout, sizes, used, weights, pointed } = drawn;
  for (const [l, { weights: at }] of offsetsOf(sizes).entries()) {
    const column = l + 1;
    for (let to = 0; to < sizes[column]!; to++) {
      for (let from = 0; from < sizes[l]!; from++) {
        const weight = weights[at + to * sizes[l]! + from]!;
        const mine = pointed?.column === column && pointed.index === to;
        const chosen = mine && (pointed.from == null || pointed.from === from);
        const start = layout.columns[l]![l ? from : used[from]!]!;
        pen.strokeStyle = chosen && pointed.from != null ? look.ink : colourOf(weight > 0, look.dark);
        pen.lineWidth = widthOf(weight, start.size) + (chosen ? 1 : 0);
        pen.globalAlpha = pointed && !chosen ? 0.25 : Math.min(0.95, 0.35 + Math.abs(weight) / 2);
        curve(pen, start, layout.columns[column]![to]!);
      }
    }
  }
  pen.globalAlpha = 1;
} // prettier-ignore

/** How wide a weight is drawn, at most a sixth of a unit: widths grow with the root of large ones. */
export const widthOf = (weight: number, size: number): number => {
  const share = Math.sqrt(Math.abs(weight)) / 3;
  return Math.max(0.4, (Math.min(1, share * Math.min(1, 2 * share)) * size) / 6);
};

function curve(pen: CanvasRenderingContext2D, a: Box, b: Box): void {
  const [[x0, y0], [x1, y1]] = [along(a, b, 0), along(a, b, 1)];
  const bend = (x1 - x0) / 2;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  pen.stroke();
}
