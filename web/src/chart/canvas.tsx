/** A plot on a canvas: painted anew with its size, the theme and what it shows; with a cursor. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { beside } from "../parts/beside";
import { schedule, unschedule } from "../parts/schedule";
import * as store from "../store";
import type { Look, Size } from "./axes";

/** What a plot is made of; a spot is what lies under its cursor. */
interface Props<Spot> {
  label: string;
  colour: string;
  paint: (pen: CanvasRenderingContext2D, size: Size, look: Look, spot: Spot | null) => void;
  /** Whether a spot is still there, after what is shown has changed. */
  has: (spot: Spot) => boolean;
  find: (size: Size, x: number, y: number) => Spot | null;
  /** Where an arrow key leads. */
  move: (spot: Spot | null, key: string) => Spot | null;
  /** Pixels from the left, where the tooltip belongs. */
  place: (size: Size, spot: Spot) => number;
  say: (spot: Spot) => [string, string][];
}

export function CanvasPlot<Spot>(props: Props<Spot>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const under = useSignal<{ spot: Spot | null }>({ spot: null });
  const { spot: last } = under.value;
  const spot = last !== null && props.has(last) ? last : null;
  useEffect(() => follow(canvas.current!, size), []);
  usePainting(canvas, size.value, props, spot);
  const set = (found: Spot | null) => (under.value = { spot: found });
  const keyed = (event: KeyboardEvent) => {
    if (!event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    set(props.move(spot, event.key));
  };
  const rows = spot === null ? [] : props.say(spot);
  return (
    <div
      class="plot"
      tabIndex={0}
      role="application"
      aria-label={props.label}
      onPointerMove={(e) => set(props.find(size.value, ...placeOf(e)))}
      onPointerDown={(e) => set(props.find(size.value, ...placeOf(e)))}
      onPointerLeave={(e) => e.pointerType === "mouse" && set(null)}
      onBlur={() => set(null)}
      onKeyDown={keyed}
    >
      <canvas ref={canvas} aria-hidden="true" />
      {spot !== null && (
        <Rows rows={rows} left={props.place(size.value, spot)} width={size.value.width} />
      )}
      <p class="visually-hidden" aria-live="polite">
        {rows.map((row) => row.join(" ")).join(", ")}
      </p>
    </div>
  );
}

function placeOf(event: PointerEvent): [number, number] {
  const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** Keep the size of a canvas that of its home. */
function follow(canvas: HTMLCanvasElement, size: { value: Size }): () => void {
  const home = canvas.parentElement!;
  const observer = new ResizeObserver(() => {
    size.value = { width: home.clientWidth, height: home.clientHeight };
  });
  observer.observe(home);
  return () => observer.disconnect();
}

function usePainting<Spot>(
  canvas: { current: HTMLCanvasElement | null },
  size: Size,
  { paint, colour }: Props<Spot>,
  spot: Spot | null,
): void {
  void store.isDark.value;
  useEffect(() => {
    const element = canvas.current;
    if (!element || !size.width) return;
    schedule(canvas, () => paint(penOf(element, size), size, lookOf(element, colour), spot));
  });
  useEffect(() => () => unschedule(canvas), []);
}

/** An empty canvas of this size, sharp on any screen. */
function penOf(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const pen = canvas.getContext("2d")!;
  pen.scale(ratio, ratio);
  return pen;
}

/** The page's colours of now. */
function lookOf(canvas: HTMLCanvasElement, colour: string): Look {
  const style = getComputedStyle(canvas);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), soft: of("--soft"), line: of("--line"), card: of("--card"), colour };
}

function Rows(props: { rows: [string, string][]; left: number; width: number }) {
  const { rows, left, width } = props;
  return (
    <div class="tooltip inside" style={beside(left, width)}>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
