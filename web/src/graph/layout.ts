/**
 * Where everything is drawn. Each open module is laid out by itself, by dagre (Sugiyama's method), and
 * lies as a box in the module around it; what leads out of it ends at a chip with the other's name.
 * So dagre never sees more than some eighty vertices: it needs the square of a long chain in time, and
 * of a very long one more stack than there is.
 */

import { Graph, layout as dagre } from "@dagrejs/dagre";
import { edgesOf, endOf, type Edge } from "./edges";
import { affordable } from "./ranks";
import { blank, lay, type Box, type Chip, type Point, type Sheet } from "./sheet";
import { shortened, wiresText } from "./texts";
import { isModule, type Module, type Vertex } from "./tree";
import { blocksOf } from "./twins";

/** What is written in a vertex: its name, and a line under it. */
export type Label = (vertex: Vertex) => readonly [string, string];

const NODE_HEIGHT = 42;
export const HEADER = 26;
const PADDING = 14;
const GAP = 16;
const LINE_GAP = 6;
const RANK_GAP = 34;
export const LETTER = 7;
export const SMALL_LETTER = 5.7;
export const MOST_LETTERS = 26;
const CHIP_HEIGHT = 20;
const MOST_CHIPS = 10;

/** Sheets of modules, by what is open in them; kept, so that opening one lays out only those around it. */
export class Layouts {
  private readonly made = new Map<string, Sheet>();
  private readonly label: Label;

  constructor(label: Label) {
    this.label = label;
  }

  /** The inside of a module. */
  of(module: Module, open: Set<string>): Sheet {
    const key = JSON.stringify(openWithin(module, open));
    let sheet = this.made.get(key);
    if (!sheet) this.made.set(key, (sheet = this.laidOut(module, open)));
    return sheet;
  }

  private laidOut(module: Module, open: Set<string>): Sheet {
    const { inside, entering, leaving } = edgesOf(module);
    const isOpen = (vertex: Vertex) => isModule(vertex) && open.has(vertex.key);
    const single = new Set(module.children.filter(isOpen));
    const blocks = blocksOf(module.children, [...inside, ...entering, ...leaving], single);
    const home = new Map(blocks.flatMap((block, i) => block.map((vertex) => [vertex, `${i}`])));
    const above = chips(entering, home, true);
    const below = chips(leaving, home, false);
    const within = blocks.map((block, i): [string, Sheet] => {
      const sheets = block.map((vertex) =>
        isOpen(vertex) ? this.opened(vertex as Module, open) : closed(vertex, this.label(vertex)),
      );
      return [`${i}`, block.length > 1 ? grid(sheets) : sheets[0]!];
    });
    const links = inside.map((edge) => link(home.get(edge.from)!, home.get(edge.to)!, edge));
    return arranged(
      new Map([...above.items, ...within, ...below.items]),
      joined([...above.links, ...links, ...below.links]),
    );
  }

  /** An open module: a box around its inside. */
  private opened(module: Module, open: Set<string>): Sheet {
    const inside = this.of(module, open);
    const least = widthOf(this.label(module)) + 24;
    const width = Math.max(inside.width + 2 * PADDING, least);
    const sheet = blank(width, inside.height + HEADER + 2 * PADDING);
    const { height } = sheet;
    sheet.boxes.push({ x: 0, y: 0, width, height, vertex: module, open: true });
    lay(sheet, inside, (width - inside.width) / 2, HEADER + PADDING);
    return sheet;
  }
}

/** What is open in a module, itself first. */
function openWithin(module: Module, open: Set<string>): string[] {
  const inner = module.children.filter((child) => isModule(child) && open.has(child.key));
  return [module.key, ...inner.flatMap((child) => openWithin(child as Module, open))];
}

/** Wide enough for both lines, and beside the name for a module's sign. */
function widthOf([name, line]: readonly [string, string]): number {
  const letters = Math.min(MOST_LETTERS, name.length);
  return Math.max(84, Math.ceil(Math.max(LETTER * letters + 44, SMALL_LETTER * line.length + 24)));
}

function closed(vertex: Vertex, label: readonly [string, string]): Sheet {
  const sheet = blank(widthOf(label), NODE_HEIGHT);
  const box: Box = { x: 0, y: 0, width: sheet.width, height: NODE_HEIGHT, vertex, open: false };
  sheet.boxes.push(box);
  return sheet;
}

/** Twins in rows, in a frame. */
function grid(sheets: Sheet[]): Sheet {
  const columns = Math.ceil(Math.sqrt(sheets.length / 2.5));
  const cell = Math.max(...sheets.map((sheet) => sheet.width)) + 8;
  const rows = Math.ceil(sheets.length / columns);
  const made = blank(columns * cell + 8, rows * (NODE_HEIGHT + 8) + 8);
  made.frames.push({ x: 0, y: 0, width: made.width, height: made.height });
  sheets.forEach((sheet, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    for (const box of sheet.boxes) box.width = cell - 8;
    lay(made, sheet, 8 + column * cell, 8 + row * (NODE_HEIGHT + 8));
  });
  return made;
}

/** Edges between two items, drawn as one line. */
interface Link {
  from: string;
  to: string;
  edges: Edge[];
}

const link = (from: string, to: string, edge: Edge): Link => ({ from, to, edges: [edge] });

/** Links of the same two items as one. */
function joined(links: Link[]): Link[] {
  const found = new Map<string, Link>();
  for (const one of links) {
    const key = `${one.from}>${one.to}`;
    const before = found.get(key);
    if (before) before.edges.push(...one.edges);
    else found.set(key, one);
  }
  return [...found.values()];
}

/** A chip for each vertex outside, with its links; one for all that are too many. */
function chips(
  edges: Edge[],
  home: Map<Vertex, string>,
  entering: boolean,
): { items: [string, Sheet][]; links: Link[] } {
  const [far, near] = entering ? (["from", "to"] as const) : (["to", "from"] as const);
  const byEnd = new Map<Vertex, Edge[]>();
  for (const edge of edges) {
    const end = endOf(edge, far);
    if (!byEnd.has(end)) byEnd.set(end, []);
    byEnd.get(end)!.push(edge);
  }
  const ends = [...byEnd].sort((a, b) => b[1].length - a[1].length);
  const few = ends.length > MOST_CHIPS ? ends.slice(0, MOST_CHIPS - 1) : ends;
  const rest = ends.slice(few.length);
  const others = rest.flatMap(([, its]) => its);
  const items: [string, Sheet][] = [];
  const links: Link[] = [];
  const add = (vertex: Vertex | null, text: string, its: Edge[]) => {
    const id = `${entering ? "in" : "out"}${items.length}`;
    items.push([id, chip(vertex, text, entering)]);
    for (const edge of its) {
      const own = home.get(edge[near])!;
      links.push(entering ? link(id, own, edge) : link(own, id, edge));
    }
  };
  for (const [vertex, its] of few) add(vertex, shortened(vertex.key, 24), its);
  if (others.length) add(null, `+ ${rest.length}`, others);
  return { items, links };
}

function chip(vertex: Vertex | null, text: string, entering: boolean): Sheet {
  const sheet = blank(Math.ceil(SMALL_LETTER * text.length + 30), CHIP_HEIGHT);
  const { width, height } = sheet;
  const made: Chip = { x: 0, y: 0, width, height, vertex, text, entering };
  sheet.chips.push(made);
  return sheet;
}

/** Items where dagre puts them, and their links as lines. */
function arranged(items: Map<string, Sheet>, links: Link[]): Sheet {
  const graph = new Graph();
  graph.setGraph({ ranksep: RANK_GAP, nodesep: GAP, edgesep: 10 });
  for (const [id, { width, height }] of items) graph.setNode(id, { width, height });
  const routed = new Set(affordable([...items.keys()], links));
  for (const { from, to, edges } of routed) {
    graph.setEdge(from, to, { weight: Math.min(4, edges.length) });
  }
  dagre(graph);
  const place = (id: string) => graph.node(id) as Sheet & Point;
  const sheet = blank(0, 0);
  for (const [id, item] of items) {
    const { x, y } = place(id);
    lay(sheet, item, x - item.width / 2, y - item.height / 2);
  }
  const heights = rankHeights([...items.keys()].map(place));
  for (const one of links) {
    const faint = !routed.has(one);
    const points = faint
      ? straight(place(one.from), place(one.to))
      : around((graph.edge(one.from, one.to) as { points: Point[] }).points, heights);
    const wires = one.edges.flatMap((edge) => edge.wires);
    sheet.lines.push({ points, wires, faint, text: faint ? "" : wiresText(wires) });
  }
  return trimmed(sheet, [...items.keys()].map(place));
}

/** A sheet as large as what is on it: items, given by their middles, and lines, which may lead around all. */
function trimmed(sheet: Sheet, places: (Sheet & Point)[]): Sheet {
  if (!places.length) return sheet;
  const points = sheet.lines.flatMap((line) => line.points);
  const beside = points.flatMap(({ x }) => [x - LINE_GAP, x + LINE_GAP]);
  const across = [...beside, ...places.flatMap(({ x, width }) => [x - width / 2, x + width / 2])];
  const down = places.flatMap(({ y, height }) => [y - height / 2, y + height / 2]);
  const [left, top] = [Math.min(...across), Math.min(...down)];
  const made = blank(Math.max(...across) - left, Math.max(...down) - top);
  lay(made, sheet, -left, -top);
  return made;
}

/** From below one item to above another, both given by their middles. */
function straight(from: Sheet & Point, to: Sheet & Point): Point[] {
  return [
    { x: from.x, y: from.y + from.height / 2 },
    { x: to.x, y: to.y - to.height / 2 },
  ];
}

/** How high each rank is, by the height of its middle. */
function rankHeights(places: (Sheet & Point)[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { y, height } of places) {
    found.set(Math.round(y), Math.max(height, found.get(Math.round(y)) ?? 0));
  }
  return found;
}

/** Dagre bends a line in the middle of a rank: upright through all of it, it meets no high neighbour. */
function around(points: Point[], ranks: Map<number, number>): Point[] {
  return points.flatMap(({ x, y }, i) => {
    const half = (ranks.get(Math.round(y)) ?? 0) / 2;
    const isEnd = i === 0 || i === points.length - 1;
    const heights = isEnd || !half ? [y] : [y - half, y, y + half];
    return heights.map((height) => ({ x, y: height }));
  });
}
