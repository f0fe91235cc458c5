/** What the colours of a drawing tell: which modules are built alike, or shares of a sum. */

import { isModule, type Tree, type Vertex } from "./tree";

/** Numbers of structures that several modules have: the same operations in the same order. */
export function structures(tree: Tree): Map<Vertex, number> {
  const kinds = new Map<string, number>();
  const alike = new Map<number, Vertex[]>();
  const kindOf = (vertex: Vertex): number => {
    const text = isModule(vertex) ? `[${vertex.children.map(kindOf).join()}]` : vertex.node.op;
    if (!kinds.has(text)) kinds.set(text, kinds.size);
    const kind = kinds.get(text)!;
    if (isModule(vertex)) alike.set(kind, [...(alike.get(kind) ?? []), vertex]);
    return kind;
  };
  kindOf(tree.root);
  const several = [...alike.values()].filter((vertices) => vertices.length > 1).reverse();
  return new Map(several.flatMap((vertices, i) => vertices.map((vertex) => [vertex, i] as const)));
}

/** The share of a vertex in the parameters, or the FLOPs, of what it is in; 0 where there are none. */
export function share(vertex: Vertex, of: "parameters" | "flops", whole: Vertex): number {
  return whole[of] ? vertex[of] / whole[of] : 0;
}
