/** Dragging with a mouse or a finger, pinching with two, and the wheel. */

import type { Point } from "./sheet";

export interface Hearing {
  move: (dx: number, dy: number) => void;
  /** Magnify about a point, given in pixels from the middle. */
  magnify: (by: number, at: Point) => void;
}

/** A press that moves less than this is a click. */
const SLACK = 4;

/** Hear what hands do on an element, until the function returned is called. */
export function hear(home: Element, { move, magnify }: Hearing): () => void {
  const pressed = new Map<number, Point>();
  let begun: Point | null = null;
  let dragged = false;

  const fromMiddle = ({ x, y }: Point): Point => {
    const { left, top, width, height } = home.getBoundingClientRect();
    return { x: x - left - width / 2, y: y - top - height / 2 };
  };
  const down = (event: PointerEvent) => {
    if (event.button) return;
    if (!pressed.size) [begun, dragged] = [at(event), false];
    pressed.set(event.pointerId, at(event));
  };
  const drag = (event: PointerEvent) => {
    const before = pressed.get(event.pointerId);
    if (!before) return;
    if (!dragged && distance(at(event), begun!) < SLACK && pressed.size < 2) return;
    if (!dragged) home.setPointerCapture(event.pointerId);
    dragged = true;
    const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
    pressed.set(event.pointerId, at(event));
    const share = other ? 0.5 : 1;
    move(share * (event.clientX - before.x), share * (event.clientY - before.y));
    if (!other) return;
    const by = distance(at(event), other) / Math.max(1, distance(before, other));
    magnify(by, fromMiddle(between(at(event), other)));
  };
  const up = (event: PointerEvent) => pressed.delete(event.pointerId);
  const click = (event: Event) => {
    if (dragged) event.stopPropagation();
    dragged = false;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    const by = Math.exp(-Math.max(-120, Math.min(120, lines * event.deltaY)) / 400);
    magnify(by, fromMiddle(at(event)));
  };

  const until = new AbortController();
  const options = { signal: until.signal };
  home.addEventListener("pointerdown", down as EventListener, options);
  home.addEventListener("pointermove", drag as EventListener, options);
  for (const end of ["pointerup", "pointercancel"]) {
    home.addEventListener(end, up as unknown as EventListener, options);
  }
  home.addEventListener("click", click, { ...options, capture: true });
  home.addEventListener("wheel", wheel as EventListener, { ...options, passive: false });
  return () => until.abort();
}

const at = (event: MouseEvent): Point => ({ x: event.clientX, y: event.clientY });
const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
