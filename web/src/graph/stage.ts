/** The graph that is shown, how it is laid out and looked at, and what can be done to it. */

import { batch, computed, signal } from "@preact/signals";
import { pattern } from "../filters";
import { words } from "./graph.words";
import * as settings from "../settings";
import { crossing } from "./edges";
import { Layouts, type Label } from "./layout";
import { allOpened, withClosed, withOpened, withRevealed } from "./open";
import type { Area, Box, Sheet } from "./sheet";
import { structures } from "./structure";
import { secondLine } from "./texts";
import { ancestors, isModule, type Module, type Tree, type Vertex, type Wire } from "./tree";
import * as views from "./view";
import { neighbour, type Direction } from "./walk";

export const tree = signal<Tree | null>(null);
/** Pixels of the window in which the drawing lies. */
export const size = signal<views.Size>({ width: 800, height: 500 });

/** What is written in a vertex. */
export const label = computed<Label>(() => {
  const { nodeShort: node, nodesShort: nodes, parametersShort: parameters } = words.value;
  const units = { node, nodes, parameters };
  return (vertex) => [vertex.name, secondLine(vertex, units)];
});
const layouts = computed(() => {
  void tree.value; // another graph, other layouts
  return new Layouts(label.value);
});
const openSet = computed(() => new Set(settings.openNodes.value));
export const sheet = computed<Sheet | null>(
  () => tree.value && layouts.value.of(tree.value.root, openSet.value),
);
export const alike = computed(() =>
  tree.value ? structures(tree.value) : new Map<Vertex, number>(),
);

export const view = computed<views.View>(() => {
  const drawing = sheet.value ?? { width: 1, height: 1 };
  const given = views.viewOf(settings.graphView.value);
  return given ? views.moved(given, 0, 0, drawing) : views.first(drawing, size.value);
});

export const chosen = computed(() => tree.value?.all.get(settings.chosenNode.value) ?? null);
/** All wires of what is chosen that lead out of it or into it. */
export const chosenWires = computed(() => {
  const { into, out } = chosen.value ? crossing(chosen.value) : { into: [], out: [] };
  return new Set<Wire>([...into, ...out]);
});

export const nodePattern = computed(() => pattern(settings.nodePattern.value));
/** Nodes that the pattern finds; none without one. */
export const hits = computed(() => {
  const { test, error } = nodePattern.value;
  if (!settings.nodePattern.value || error) return [];
  return (tree.value?.leaves ?? []).filter(({ key, node }) => test(key) || test(node.op));
});

/** The hits, and the modules around them. */
export const found = computed(
  () => new Set<Vertex>(hits.value.flatMap((leaf) => [leaf, ...ancestors(leaf)])),
);

export function look(at: views.View): void {
  settings.graphView.value = views.viewText(at);
}

export const move = (dx: number, dy: number) =>
  look(views.moved(view.value, dx, dy, sheet.value ?? size.value));
export const magnify = (by: number, at?: { x: number; y: number }) =>
  look(views.magnified(view.value, by, at));
export const fit = () => sheet.value && look(views.fitted(sheet.value, size.value));

export function choose(vertex: Vertex | null): void {
  settings.chosenNode.value = vertex?.key ?? "";
}

/** Open a module, or close it; what was clicked stays where it is, as far as all of it is seen. */
export function toggle(module: Module): void {
  if (!tree.value) return;
  const before = boxOf(module);
  const change = openSet.value.has(module.key) ? withClosed : withOpened;
  batch(() => {
    const looked = view.value;
    settings.openNodes.value = change(tree.value!, settings.openNodes.value, module);
    choose(module);
    const after = boxOf(module);
    if (before && after) {
      const [from, to] = [middle(before), middle(after)];
      look(views.turnedTo(views.kept(looked, from, to), after, size.value));
    }
  });
}

/** Choose a vertex, open what is around it, and bring it into the window. */
export function reveal(vertex: Vertex): void {
  if (!tree.value) return;
  batch(() => {
    settings.openNodes.value = withRevealed(tree.value!, settings.openNodes.value, vertex);
    choose(vertex);
    const box = boxOf(vertex);
    if (box) look(views.turnedTo(view.value, box, size.value));
  });
}

/** Open all, as far as it can be seen at once; or close all. */
export function toggleAll(open: boolean): void {
  if (!tree.value) return;
  batch(() => {
    settings.openNodes.value = open ? allOpened(tree.value!) : [];
    settings.graphView.value = "";
  });
}

/** Choose the next vertex in a direction; the first one, where none is chosen. */
export function walk(direction: Direction): void {
  const from = chosen.value && boxOf(chosen.value);
  const next = from ? neighbour(sheet.value!.boxes, from, direction) : sheet.value?.boxes[0];
  if (next) reveal(next.vertex);
}

/** Close what is chosen; where it is not open, what is around it. */
export function closeChosen(): void {
  const one = chosen.value;
  if (!one) return;
  const open = isModule(one) && openSet.value.has(one.key) ? one : one.parent;
  if (open?.parent) toggle(open);
}

export const boxOf = (vertex: Vertex): Box | undefined =>
  sheet.value?.boxes.find((box) => box.vertex === vertex);

/** The middle of a name, which an open module has on top. */
function middle(box: Area): views.View {
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height, 30) / 2, scale: 1 };
}
