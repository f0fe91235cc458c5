/** Where a tooltip stands: on that side of a place which has more room. */

export function beside(x: number, width: number, gap = 14): { left: string } | { right: string } {
  return x > width / 2 ? { right: `${width - x + gap}px` } : { left: `${x + gap}px` };
}
