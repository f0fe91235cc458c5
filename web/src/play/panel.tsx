/** A picture on a canvas with axes, and points on it that are dragged by mouse, touch or keyboard. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { unschedule } from "../parts/schedule";
import * as store from "../store";
import { paintings, paintSoon } from "./paintings";
import { plotOf, type Axis, type Look, type Plot, type Size } from "./plot";

/** A point that is dragged. */
export interface Handle {
  label: string;
  at: readonly [number, number];
  colour?: string;
  move: (x: number, y: number) => void;
  /** How far an arrow key moves it, in shares of the axes; .02 unless given. */
  by?: number;
  /** Enter on it. */
  act?: () => void;
}

interface Props {
  /** What is seen, for those who don't see it. */
  label: string;
  title?: string;
  x: Axis;
  y: Axis;
  /** Draw; called again whenever what it reads has changed. */
  paint: (plot: Plot) => void;
  handles?: Handle[];
  /** Height over width; .75 unless given. */
  ratio?: number;
  /** A press on the picture that hits no handle. */
  press?: (x: number, y: number) => void;
  /** Where the mouse is, in the axes' numbers; null when it leaves. */
  hover?: (at: [number, number] | null) => void;
  children?: ComponentChildren;
}

export function Panel(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const plot = useRef<Plot | null>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const ratio = props.ratio ?? 0.75;
  useEffect(() => followSize(canvas.current!, size), []);
  usePainting(canvas, plot, size.value, props);
  const pressed = (event: PointerEvent) => {
    if (!plot.current || !props.press || event.button) return;
    props.press(...placeOf(event, plot.current));
  };
  const hovered = (event: PointerEvent) => {
    if (plot.current) props.hover?.(placeOf(event, plot.current));
  };
  return (
    <figure class="panel">
      {props.title && <figcaption>{props.title}</figcaption>}
      <div class="picture" style={{ aspectRatio: `${1 / ratio}` }}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={props.label}
          onPointerDown={pressed}
          onPointerMove={hovered}
          onPointerLeave={() => props.hover?.(null)}
        />
        {size.value.width > 0 &&
          props.handles?.map((handle) => (
            <Grip key={handle.label} handle={handle} plot={plot} axes={[props.x, props.y]} />
          ))}
      </div>
      {props.children}
    </figure>
  ); // prettier-ignore
}

/** The numbers under a pointer. */
function placeOf(event: PointerEvent, plot: Plot): [number, number] {
  const { left, top } = plot.pen.canvas.getBoundingClientRect();
  return plot.at(event.clientX - left, event.clientY - top);
}

function Grip(props: { handle: Handle; plot: { current: Plot | null }; axes: [Axis, Axis] }) {
  const { handle, plot } = props;
  const home = useRef<HTMLButtonElement>(null);
  const [x, y] = props.axes;
  const dragged = (event: PointerEvent) => {
    if (!home.current?.hasPointerCapture(event.pointerId) || !plot.current) return;
    const [px, py] = placeOf(event, plot.current);
    handle.move(within(px, x), within(py, y));
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && handle.act) {
      event.preventDefault();
      return handle.act();
    }
    const by = ARROWS[event.key];
    if (!by || !plot.current) return;
    event.preventDefault();
    const share = (handle.by ?? 0.02) * (event.shiftKey ? 0.1 : 1);
    const { left, right, top, bottom } = plot.current;
    const [px, py] = [plot.current.x(handle.at[0]), plot.current.y(handle.at[1])];
    const to = plot.current.at(
      px + by[0] * share * (right - left),
      py - by[1] * share * (bottom - top),
    );
    handle.move(within(to[0], x), within(to[1], y));
  };
  return (
    <button
      ref={home}
      type="button"
      class="grip"
      style={handle.colour ? { "--grip": handle.colour } : {}}
      aria-label={handle.label}
      title={handle.label}
      onPointerDown={(e) => home.current!.setPointerCapture(e.pointerId)}
      onPointerMove={dragged}
      onKeyDown={keyed}
    />
  );
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** A number between an axis's ends, with as many digits as a pixel needs. */
function within(value: number, { ends: [low, high], scale }: Axis): number {
  const kept = Math.min(Math.max(low, high), Math.max(Math.min(low, high), value));
  if (scale === "log") return Number(kept.toPrecision(3));
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(high - low) || 1)));
  return Number(kept.toFixed(Math.min(12, digits)));
}

function place(grip: HTMLElement, plot: Plot, [x, y]: readonly [number, number]): void {
  const [px, py] = [plot.x(x), plot.y(y)];
  const seen = px >= plot.left - 1 && px <= plot.right + 1 && py >= plot.top - 1 && py <= plot.bottom + 1;
  grip.style.transform = `translate(${px}px, ${py}px)`;
  grip.hidden = !seen;
} // prettier-ignore

export function followSize(canvas: HTMLCanvasElement, size: { value: Size }): () => void {
  const home = canvas.parentElement!;
  const observer = new ResizeObserver(() => {
    size.value = { width: home.clientWidth, height: home.clientHeight };
  });
  observer.observe(home);
  return () => observer.disconnect();
}

function usePainting(
  canvas: { current: HTMLCanvasElement | null },
  plot: { current: Plot | null },
  size: Size,
  { x, y, paint, handles = [] }: Props,
): void {
  const dark = store.isDark.value;
  useLayoutEffect(() => {
    if (!canvas.current || !size.width) return;
    const home = canvas.current;
    paintSoon(canvas, () => {
      plot.current = plotOf(penOf(home, size), size, lookOf(home, dark), x, y);
      paint(plot.current);
      const grips = home.parentElement!.querySelectorAll<HTMLElement>(".grip");
      for (const [i, { at }] of handles.entries()) place(grips[i]!, plot.current, at);
      paintings.count++;
    });
  });
  useEffect(() => () => unschedule(canvas), []);
}

/** An empty canvas of this size, sharp on any screen. */
export function penOf(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const pen = canvas.getContext("2d")!;
  pen.scale(ratio, ratio);
  return pen;
}

/** The page's colours of now. */
export function lookOf(canvas: HTMLElement, dark: boolean): Look {
  const style = getComputedStyle(canvas);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: of("--ink"), soft: of("--soft"), line: of("--line"), card: of("--card"),
    accent: of("--accent"), bad: of("--bad"), good: of("--good"), dark,
  }; // prettier-ignore
}
