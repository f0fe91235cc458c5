/** Vertices that are joined to the same others: laid out as one block, they take little room. */

import type { Edge } from "./edges";
import type { Vertex } from "./tree";

const FEWEST = 4;

/** Blocks of vertices: twins together, all others alone. Those in `single` have no twins. */
export function blocksOf(vertices: Vertex[], edges: Edge[], single: Set<Vertex>): Vertex[][] {
  const number = new Map<Vertex, number>();
  const of = (vertex: Vertex) => {
    if (!number.has(vertex)) number.set(vertex, number.size);
    return number.get(vertex)!;
  };
  const joints = new Map<Vertex, string[]>(vertices.map((vertex) => [vertex, []]));
  for (const { from, to } of edges) {
    joints.get(from)?.push(`>${of(to)}`);
    joints.get(to)?.push(`<${of(from)}`);
  }
  const blocks = new Map<string, Vertex[]>();
  for (const vertex of vertices) {
    const key = single.has(vertex) ? `=${of(vertex)}` : joints.get(vertex)!.sort().join();
    const block = blocks.get(key);
    if (block) block.push(vertex);
    else blocks.set(key, [vertex]);
  }
  return [...blocks.values()].flatMap((block) =>
    block.length < FEWEST ? block.map((vertex) => [vertex]) : [block],
  );
}
