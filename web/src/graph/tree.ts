/** A model's graph as a tree: modules hold what has their names before a "/". */

import type { Node } from "../messages";

/** What one node hands to another. */
export interface Wire {
  from: Leaf;
  to: Leaf;
  /** Of the result that is handed on, where it is known. */
  shape: number[] | undefined;
  /** Only an order: nothing is handed on (TensorFlow's "^name"). */
  control: boolean;
}

interface Place {
  /** Its path: of a module, and of it alone, with "/" at the end. */
  key: string;
  name: string;
  depth: number;
  parameters: number;
  flops: number;
}

export interface Leaf extends Place {
  kind: "node";
  parent: Module;
  node: Node;
  inputs: Wire[];
  outputs: Wire[];
}

export interface Module extends Place {
  /** A part is a stretch of a module that has more children than can be seen at once. */
  kind: "module" | "part";
  parent: Module | null;
  children: Vertex[];
  /** How many nodes are in it. */
  nodes: number;
}

export type Vertex = Leaf | Module;

export interface Tree {
  root: Module;
  all: Map<string, Vertex>;
  leaves: Leaf[];
}

/** Children that a module shows; of more, it is cut into parts. */
export const MOST_CHILDREN = 50;
/** Modules within modules; names that go deeper than this stay whole at its end. */
const DEEPEST = 24;
const NAMELESS = "?";

export function treeOf(nodes: Node[]): Tree {
  const root = module("/", "", null, "module");
  const all = new Map<string, Vertex>([[root.key, root]]);
  const paths = nodes.map((node) => pathOf(node.name));
  const homes = paths.map((path) => homeOf(path, root, all));
  const leaves = nodes.map((node, i) => leafOf(node, paths[i]!, homes[i]!, all));
  wire(leaves);
  for (const vertex of [...all.values()]) if (isModule(vertex)) cut(vertex, all);
  measure(root, 0);
  return { root, all, leaves };
}

export const isModule = (vertex: Vertex): vertex is Module => vertex.kind !== "node";

/** Modules around a vertex, the outermost first, without the root. */
export function ancestors(vertex: Vertex): Module[] {
  const found: Module[] = [];
  for (let m = vertex.parent; m?.parent; m = m.parent) found.unshift(m);
  return found;
}

export function* leavesOf(vertex: Vertex): Generator<Leaf> {
  if (isModule(vertex)) for (const child of vertex.children) yield* leavesOf(child);
  else yield vertex;
}

function module(key: string, name: string, parent: Module | null, kind: Module["kind"]): Module {
  return { kind, key, name, parent, depth: 0, parameters: 0, flops: 0, children: [], nodes: 0 };
}

function pathOf(name: string): string[] {
  const path = name.split("/").filter(Boolean);
  return path.length <= DEEPEST
    ? path
    : [...path.slice(0, DEEPEST - 1), path.slice(DEEPEST - 1).join("/")];
}

/** The module of a path, made where it is not there yet. */
function homeOf(path: string[], root: Module, all: Map<string, Vertex>): Module {
  let home = root;
  let key = "";
  for (const name of path.slice(0, -1)) {
    key += `${name}/`;
    let next = all.get(key) as Module | undefined;
    if (!next) all.set(key, (next = module(key, name, home, "module")));
    home = next;
  }
  return home;
}

/** Put a vertex behind its siblings: a module comes with the first node in it. */
function attach(vertex: Vertex): void {
  const home = vertex.parent;
  if (!home) return;
  if (!home.children.length) attach(home);
  home.children.push(vertex);
}

/** A node in its module: in its own, where it has the name of one (TensorFlow's "loss", "loss/tags"). */
function leafOf(node: Node, path: string[], home: Module, all: Map<string, Vertex>): Leaf {
  const plain = path.join("/") || NAMELESS;
  const parent = (all.get(`${plain}/`) as Module | undefined) ?? home;
  let key = plain;
  for (let n = 2; all.has(key); n++) key = `${plain} (${n})`;
  const { parameters, flops } = node;
  const name = path.at(-1) ?? NAMELESS;
  const leaf: Leaf = {
    ...{ kind: "node", key, name, parent, depth: 0, parameters, flops },
    ...{ node, inputs: [], outputs: [] },
  };
  all.set(key, leaf);
  attach(leaf);
  return leaf;
}

/** Join nodes by the names of their inputs; a name that nobody has joins nothing. */
function wire(leaves: Leaf[]): void {
  const named = new Map<string, Leaf>();
  for (const leaf of leaves) if (!named.has(leaf.node.name)) named.set(leaf.node.name, leaf);
  for (const to of leaves) {
    for (const input of to.node.inputs) {
      const control = input.startsWith("^") && !named.has(input);
      const { from, result } = sourceOf(control ? input.slice(1) : input, named);
      if (!from || from === to) continue;
      const one: Wire = {
        from,
        to,
        shape: control ? undefined : from.node.shapes[result],
        control,
      };
      from.outputs.push(one);
      to.inputs.push(one);
    }
  }
}

/** The node that an input names, and which of its results: "name" or "name:1". */
function sourceOf(
  input: string,
  named: Map<string, Leaf>,
): { from: Leaf | undefined; result: number } {
  const whole = named.get(input);
  const at = input.lastIndexOf(":");
  if (whole || at < 0 || !/^\d{1,6}$/.test(input.slice(at + 1))) return { from: whole, result: 0 };
  return { from: named.get(input.slice(0, at)), result: Number(input.slice(at + 1)) };
}

/** Cut a module with too many children into parts, and these again, until few are left. */
function cut(whole: Module, all: Map<string, Vertex>): void {
  let pieces: Piece[] = whole.children.map((vertex, i) => ({ vertex, first: i + 1, last: i + 1 }));
  while (pieces.length > MOST_CHILDREN) {
    const count = Math.ceil(pieces.length / MOST_CHILDREN);
    const size = Math.ceil(pieces.length / count);
    const cuts: Piece[] = [];
    for (let i = 0; i < pieces.length; i += size) {
      cuts.push(joined(whole, pieces.slice(i, i + size), all));
    }
    pieces = cuts;
  }
  whole.children = pieces.map((piece) => piece.vertex);
  for (const child of whole.children) child.parent = whole;
}

interface Piece {
  vertex: Vertex;
  first: number;
  last: number;
}

function joined(whole: Module, pieces: Piece[], all: Map<string, Vertex>): Piece {
  const [first, last] = [pieces[0]!.first, pieces.at(-1)!.last];
  const name = `${first}…${last}`;
  // No name has "//" in it: a part is taken for no module.
  const part = module(`${whole.key}/${name}/`, name, whole, "part");
  part.children = pieces.map((piece) => piece.vertex);
  for (const child of part.children) child.parent = part;
  all.set(part.key, part);
  return { vertex: part, first, last };
}

/** Depths from here down, and sums from there up. */
function measure(module: Module, depth: number): void {
  module.depth = depth;
  for (const child of module.children) {
    if (isModule(child)) measure(child, depth + 1);
    else child.depth = depth + 1;
    module.nodes += isModule(child) ? child.nodes : 1;
    module.parameters += child.parameters;
    module.flops += child.flops;
  }
}
