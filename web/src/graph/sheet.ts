/** What a drawing is made of. A sheet can lie on another: so a module's inside lies in its box. */

import type { Vertex, Wire } from "./tree";

export interface Point {
  x: number;
  y: number;
}

export interface Area extends Point {
  width: number;
  height: number;
}

/** A vertex as it is seen: a node, a module that is closed, or an open one around its inside. */
export interface Box extends Area {
  vertex: Vertex;
  open: boolean;
}

/** The name of a vertex that is elsewhere, beside what it feeds or is fed by. */
export interface Chip extends Area {
  /** null for several, which found no room. */
  vertex: Vertex | null;
  text: string;
  entering: boolean;
}

export interface Line {
  points: Point[];
  wires: Wire[];
  text: string;
  /** Not routed around the others, as there are too many: only hinted at. */
  faint: boolean;
}

export interface Sheet {
  width: number;
  height: number;
  boxes: Box[];
  chips: Chip[];
  lines: Line[];
  /** Frames around vertices that are joined alike. */
  frames: Area[];
}

export const blank = (width: number, height: number): Sheet => ({
  ...{ width, height },
  ...{ boxes: [], chips: [], lines: [], frames: [] },
});

/** Put a sheet on another. */
export function lay(on: Sheet, sheet: Sheet, x: number, y: number): void {
  const moved = <T extends Point>(one: T): T => ({ ...one, x: one.x + x, y: one.y + y });
  on.boxes.push(...sheet.boxes.map(moved));
  on.chips.push(...sheet.chips.map(moved));
  on.frames.push(...sheet.frames.map(moved));
  on.lines.push(...sheet.lines.map((line) => ({ ...line, points: line.points.map(moved) })));
}
