/** From node to node by the arrow keys. */

import type { Box } from "./sheet";

export type Direction = "up" | "down" | "left" | "right";

/** The box to which one comes from another in a direction: near, and more ahead than aside. */
export function neighbour(boxes: Box[], from: Box, direction: Direction): Box | undefined {
  const [ax, ay] = anchor(from);
  let best: Box | undefined;
  let least = Infinity;
  for (const box of boxes) {
    const [x, y] = anchor(box);
    const [right, down] = [x - ax, y - ay];
    const upright = direction === "up" || direction === "down";
    const back = direction === "up" || direction === "left";
    const ahead = (upright ? down : right) * (back ? -1 : 1);
    const aside = Math.abs(upright ? right : down);
    if (box === from || ahead < 1) continue;
    const cost = ahead + (upright ? 1 : 3) * aside + (aside > 4 * ahead ? 1e6 : 0);
    if (cost < least) [best, least] = [box, cost];
  }
  return best;
}

/** The middle of a name. */
function anchor(box: Box): [number, number] {
  return [box.x + box.width / 2, box.y + Math.min(20, box.height / 2)];
}
