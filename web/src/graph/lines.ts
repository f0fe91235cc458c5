/** Lines of a drawing as curves, and where something can be written on them. */

import { HEADER } from "./layout";
import type { Area, Line, Point, Sheet } from "./sheet";

const round = (v: number) => Math.round(10 * v) / 10;
const pair = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A path that is led by points, and goes straight at both ends. */
export function path(points: Point[]): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  if (points.length < 3) return `M${pair(first)}L${pair(last)}`;
  const bends = points.slice(1, -1).map((point, i) => {
    const after = points[i + 2]!;
    return `Q${pair(point)} ${pair(middle(point, after))}`;
  });
  return `M${pair(first)}L${pair(middle(first, points[1]!))}${bends.join("")}L${pair(last)}`;
}

/** The point of such a path about halfway. */
export function halfway(points: Point[]): Point {
  if (points.length < 3) return middle(points[0]!, points.at(-1)!);
  const i = Math.floor((points.length - 1) / 2) || 1;
  const [a, b, c] = [points[i - 1]!, points[i]!, points[i + 1]!];
  return middle(b, middle(middle(a, b), middle(b, c)));
}

interface Written extends Area {
  text: string;
}

const LETTER = 5.6;
const HEIGHT = 13;

/** Texts of lines, where they hide neither a box nor each other. */
export function written({ lines, boxes, chips }: Sheet): Written[] {
  const found: Written[] = [];
  const full: Area[] = [...chips, ...boxes.map((b) => (b.open ? { ...b, height: HEADER } : b))];
  for (const line of lines) {
    const made = textOf(line);
    if (!made || full.some((area) => overlap(area, made))) continue;
    found.push(made);
    full.push(made);
  }
  return found;
}

function textOf({ text, points }: Line): Written | null {
  if (!text) return null;
  const { x, y } = halfway(points);
  const width = LETTER * text.length + 6;
  return { text, x: x - width / 2, y: y - HEIGHT / 2, width, height: HEIGHT };
}

function overlap(a: Area, b: Area): boolean {
  const apart =
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  return !apart;
}
