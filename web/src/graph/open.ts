/** Which modules are open. In the address they are a list, those opened first in front. */

import { ancestors, isModule, type Module, type Tree, type Vertex } from "./tree";

/** Vertices that are drawn at once. */
export const MOST_SEEN = 200;

/** The vertices that are seen with these modules open. */
export function seen(tree: Tree, open: Set<string>): Vertex[] {
  const found: Vertex[] = [];
  const look = (module: Module) => {
    for (const child of module.children) {
      found.push(child);
      if (isModule(child) && open.has(child.key)) look(child);
    }
  };
  look(tree.root);
  return found;
}

/**
 * The list with a module, and those around it, opened. Where too much would be seen, those opened
 * first are closed again.
 */
export function withOpened(tree: Tree, list: string[], module: Module): string[] {
  const needed = [...ancestors(module), module].map((m) => m.key);
  let others = list.filter((key) => tree.all.has(key) && !needed.includes(key));
  while (others.length && seen(tree, new Set([...others, ...needed])).length > MOST_SEEN) {
    others = others.slice(1);
  }
  return [...others, ...needed];
}

/** The list without a module and those in it, so that it opens closed inside. */
export function withClosed(tree: Tree, list: string[], module: Module): string[] {
  return list.filter((key) => {
    const vertex = tree.all.get(key);
    return vertex && vertex !== module && !ancestors(vertex).includes(module);
  });
}

/** The list with all modules around a vertex open, so that it is seen. */
export function withRevealed(tree: Tree, list: string[], vertex: Vertex): string[] {
  const around = ancestors(vertex).at(-1);
  return around ? withOpened(tree, list, around) : list;
}

/** All modules, outer ones first; as many as may be seen. */
export function allOpened(tree: Tree): string[] {
  const list: string[] = [];
  let count = tree.root.children.length;
  const queue: Vertex[] = [...tree.root.children];
  for (const vertex of queue) {
    if (!isModule(vertex) || count + vertex.children.length > MOST_SEEN) continue;
    count += vertex.children.length;
    list.push(vertex.key);
    queue.push(...vertex.children);
  }
  return list;
}
