/** Edges between what a module shows: the wires of all nodes inside, put together. */

import { isModule, leavesOf, type Leaf, type Module, type Vertex, type Wire } from "./tree";

/** All wires from one vertex to another. At most one of the two is outside the module. */
export interface Edge {
  from: Vertex;
  to: Vertex;
  wires: Wire[];
}

export interface Edges {
  inside: Edge[];
  /** From outside into the module, and out of it. */
  entering: Edge[];
  leaving: Edge[];
}

const known = new WeakMap<Module, Edges>();

export function edgesOf(module: Module): Edges {
  let found = known.get(module);
  if (!found) known.set(module, (found = collected(module)));
  return found;
}

function collected(module: Module): Edges {
  const inside = new Collection();
  const entering = new Collection();
  const leaving = new Collection();
  for (const leaf of leavesOf(module)) {
    const own = within(leaf, module)!;
    for (const wire of leaf.inputs) {
      const from = within(wire.from, module);
      if (!from) entering.add(beside(wire.from, module), own, wire);
      else if (from !== own) inside.add(from, own, wire);
    }
    for (const wire of leaf.outputs) {
      if (!within(wire.to, module)) leaving.add(own, beside(wire.to, module), wire);
    }
  }
  return { inside: inside.edges, entering: entering.edges, leaving: leaving.edges };
}

class Collection {
  readonly edges: Edge[] = [];
  private readonly byEnds = new Map<Vertex, Map<Vertex, Edge>>();

  add(from: Vertex, to: Vertex, wire: Wire): void {
    let row = this.byEnds.get(from);
    if (!row) this.byEnds.set(from, (row = new Map()));
    const before = row.get(to);
    if (before) {
      before.wires.push(wire);
      return;
    }
    const made = { from, to, wires: [wire] };
    row.set(to, made);
    this.edges.push(made);
  }
}

/** The child of a module in which a node is; undefined outside. */
function within(leaf: Leaf, module: Module): Vertex | undefined {
  let at: Vertex = leaf;
  while (at.depth > module.depth + 1) at = at.parent!;
  return at.parent === module ? at : undefined;
}

/** The vertex around a node outside that is as large as can be without the module in it. */
function beside(leaf: Leaf, module: Module): Vertex {
  let at: Vertex = leaf;
  let other: Vertex = module;
  while (at.depth > other.depth) at = at.parent!;
  while (other.depth > at.depth) other = other.parent!;
  while (at.parent !== other.parent) [at, other] = [at.parent!, other.parent!];
  return at;
}

/** All wires that lead into a vertex, and out of it. */
export function crossing(vertex: Vertex): { into: Wire[]; out: Wire[] } {
  const own = new Set(leavesOf(vertex));
  const into = [...own].flatMap((leaf) => leaf.inputs.filter(({ from }) => !own.has(from)));
  const out = [...own].flatMap((leaf) => leaf.outputs.filter(({ to }) => !own.has(to)));
  return { into, out };
}

/** A node at the far end of some wires. */
export interface End {
  end: Leaf;
  wires: Wire[];
}

export function endsOf(wires: Wire[], far: "from" | "to"): End[] {
  const found = new Map<Leaf, Wire[]>();
  for (const wire of wires) {
    if (!found.has(wire[far])) found.set(wire[far], []);
    found.get(wire[far])!.push(wire);
  }
  return [...found].map(([end, own]) => ({ end, wires: own }));
}

/** How often each operation is in a vertex, the most frequent first. */
export function operationsOf(vertex: Vertex): [string, number][] {
  const counts = new Map<string, number>();
  for (const { node } of leavesOf(vertex)) counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** The node from which, or to which, all wires of an edge go; else the vertex around them. */
export function endOf(edge: Edge, end: "from" | "to"): Vertex {
  const first = edge.wires[0]![end];
  const alone = isModule(edge[end]) && edge.wires.every((wire) => wire[end] === first);
  return alone ? first : edge[end];
}
