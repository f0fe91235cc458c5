/** A surface in three dimensions that is turned by mouse, touch and keyboard, with paths on it. One at a time:
 * it holds a WebGL context, and gives it back when it is left. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { schedule, unschedule } from "../parts/schedule";
import * as store from "../store";
import { dictionary } from "../words";
import { paintings } from "./paintings";
import { followSize, lookOf } from "./panel";
import type { Look, Size } from "./plot";
import type { Tensor } from "./server";
import type { Relief } from "./sheet";
import type { View } from "./surface3d.gl";

/** A path on the surface. */
export interface Track {
  /** [steps + 1, 2] */
  w: Tensor;
  upTo: number;
  colour: string;
  /** Whether it is to stand back behind others. */
  faded: boolean;
}

/** What is seen. */
export interface Shown {
  relief: Relief;
  /** Values of the contours that lie on it. */
  levels: number[];
  /** Points that are marked. */
  crosses: [number, number][];
  tracks: Track[];
  look: Look;
}

interface Props extends Omit<Shown, "look"> {
  label: string;
  title: string;
  /** Height over width; .75 unless given. */
  ratio?: number;
}

const words = dictionary(
  {
    reset: "Reset the view",
    top: "From above",
    nearer: "Nearer",
    farther: "Farther",
    keys: "Turned by dragging or the arrow keys; nearer and farther by + and −, or the wheel after a press.",
    missing:
      "This browser gives no WebGL, so that the surface cannot be shown in three dimensions: the contours show the same.",
  },
  {
    reset: "Початковий вигляд",
    top: "Згори",
    nearer: "Ближче",
    farther: "Далі",
    keys: "Повертають перетягуванням або стрілками; ближче й далі — клавішами + і −, або колесом після натискання.",
    missing:
      "Цей браузер не має WebGL, тому поверхню не можна показати у трьох вимірах: те саме видно на лініях рівня.",
  },
);

/** Pictures and films copy what is drawn at any time, so that it is kept. */
const ATTRIBUTES = { antialias: true, preserveDrawingBuffer: true };

export function Surface3d(props: Props) {
  const w = words.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<View | null>(null);
  const missing = useSignal(false);
  const turned = useSignal(0);
  const size = useSignal<Size>({ width: 0, height: 0 });
  useEffect(() => followSize(canvas.current!, size), []);
  useEffect(() => {
    const context = canvas.current!.getContext(
      "webgl2",
      ATTRIBUTES,
    ) as WebGL2RenderingContext | null;
    if (!context) return void (missing.value = true);
    let left = false;
    void import("./surface3d.gl").then((gl) => {
      if (!left) view.value = new gl.View(context, () => turned.value++);
    });
    return () => {
      left = true;
      view.peek()?.dispose();
      context.getExtension("WEBGL_lose_context")?.loseContext();
    };
  }, []);
  usePainting(canvas, view.value, size.value, props, turned.value);
  return (
    <figure class="panel">
      <figcaption>{props.title}</figcaption>
      {missing.value && <p class="missing">{w.missing}</p>}
      <div class="picture" hidden={missing.value} style={{ aspectRatio: `${1 / (props.ratio ?? 0.75)}` }}>
        <canvas ref={canvas} role="application" tabIndex={0} aria-label={`${props.label}. ${w.keys}`}
          title={w.keys} class="turned"
          onPointerDown={(e) => { e.currentTarget.focus(); view.value?.zooms(true); }}
          onBlur={() => view.value?.zooms(false)}
          onKeyDown={(e) => view.value && keyed(e, view.value)} />
        {view.value && <Buttons view={view.value} />}
      </div>
    </figure>
  ); // prettier-ignore
}

function Buttons({ view }: { view: View }) {
  const w = words.value;
  return (
    <p class="view-buttons">
      <button type="button" onClick={() => view.reset()}>{w.reset}</button>
      <button type="button" onClick={() => view.top()}>{w.top}</button>
      <button type="button" aria-label={w.nearer} title={w.nearer} onClick={() => view.zoom(1)}>+</button>
      <button type="button" aria-label={w.farther} title={w.farther} onClick={() => view.zoom(-1)}>−</button>
    </p>
  ); // prettier-ignore
}

const KEYS: Record<string, (view: View) => void> = {
  ArrowLeft: (view) => view.turn(-1, 0),
  ArrowRight: (view) => view.turn(1, 0),
  ArrowUp: (view) => view.turn(0, 1),
  ArrowDown: (view) => view.turn(0, -1),
  "+": (view) => view.zoom(1),
  "=": (view) => view.zoom(1),
  "-": (view) => view.zoom(-1),
  "0": (view) => view.reset(),
  t: (view) => view.top(),
};

function keyed(event: KeyboardEvent, view: View): void {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation(); // arrows are the clock's elsewhere
  act(view);
}

function usePainting(
  canvas: { current: HTMLCanvasElement | null },
  view: View | null,
  size: Size,
  props: Props,
  turned: number,
): void {
  const dark = store.isDark.value;
  useEffect(() => {
    if (!view || !size.width) return;
    schedule(canvas, () => {
      view.paint(size, { ...props, look: lookOf(canvas.current!, dark) });
      paintings.count++;
    });
  }, [view, size, props, dark, turned]);
  useEffect(() => () => unschedule(canvas), []);
}
