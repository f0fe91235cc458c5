/** How far the links of a layout go, before it is made: dagre's time grows with it. */

export interface Ends {
  from: string;
  to: string;
}

/** Ranks that all links together may lead over: some 100 ms of dagre. */
const MOST_STEPS = 130;

/** The links that dagre shall route: the shortest, as long as they do not lead over too many ranks. */
export function affordable<T extends Ends>(ids: string[], links: T[]): T[] {
  const rank = ranksOf(ids, links);
  const steps = ({ from, to }: T) => Math.max(1, Math.abs(rank.get(to)! - rank.get(from)!));
  let left = MOST_STEPS;
  return [...links].sort((a, b) => steps(a) - steps(b)).filter((one) => (left -= steps(one)) >= 0);
}

/** About the ranks that dagre will find: below all that feeds an item, and near to what it feeds. */
function ranksOf(ids: string[], links: Ends[]): Map<string, number> {
  const rank = new Map(ids.map((id) => [id, 0]));
  const place = new Map(ids.map((id, i) => [id, i]));
  const above = new Map<string, string[]>(ids.map((id) => [id, []]));
  const below = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of links) {
    if (place.get(from)! > place.get(to)!) continue; // the way back of a loop
    above.get(to)!.push(from);
    below.get(from)!.push(to);
  }
  for (const id of ids) rank.set(id, Math.max(0, ...above.get(id)!.map((a) => rank.get(a)! + 1)));
  for (const id of ids.toReversed()) {
    const next = below.get(id)!;
    if (!next.length || next.length < above.get(id)!.length) continue;
    rank.set(id, Math.max(rank.get(id)!, Math.min(...next.map((b) => rank.get(b)! - 1))));
  }
  return rank;
}
