/** A surface in three dimensions that is turned by mouse, touch and keyboard, with paths on it. One at a time:
 * it holds a WebGL context, and gives it back when it is left. */

import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import * as store from "../store";
import { dictionary } from "../words";
import { followSize, lookOf } from "./panel";
import type { Look, Size } from "./plot";
import type { Numbers, Tensor } from "./server";
import type { Pair, Relief } from "./sheet";
import type { Skin } from "./skin";
import type { View } from "./surface3d.gl";
import { usePainter } from "./surface3d.painter";

/** A path on the surface. */
export interface Track {
  /** [steps + 1, 2] */
  w: Tensor;
  upTo: number;
  colour: string;
  /** Whether it is to stand back behind others. */
  faded: boolean;
  /** The colour around it, where it is to be told from any ground. */
  edge?: string;
  /** What its points are worth themselves, [steps + 1], shown by a post from the ground; */
  losses?: Numbers;
  /** and whether the path itself is as high as that. */
  lifted?: boolean;
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
  /** How it is coloured; as scenes colour their grounds without. */
  skin?: Skin;
}

interface Props extends Omit<Shown, "look"> {
  label: string;
  title: string;
  /** Height over width; .75 unless given. */
  ratio?: number;
  /** The place that the mouse points at; null when there is none. */
  hover?: (at: Pair | null) => void;
  /** A press on the surface, which turns nothing. */
  press?: (at: Pair) => void;
  /** From where it is seen, kept as a text. */
  from?: Signal<string>;
  /** Told of the view, which other files can be made of. */
  ready?: (view: View | null) => void;
  children?: ComponentChildren;
}

export const words = dictionary(
  {
    reset: "Reset the view",
    top: "From above",
    nearer: "Nearer",
    farther: "Farther",
    keys: "Turned by dragging or the arrow keys; nearer and farther by + and −, or the wheel after a press; 0 resets, t looks from above.",
    missing:
      "This browser gives no WebGL, so that the surface cannot be shown in three dimensions: the contours show the same.",
  },
  {
    reset: "Початковий вигляд",
    top: "Згори",
    nearer: "Ближче",
    farther: "Далі",
    keys: "Повертають перетягуванням або стрілками; ближче й далі — клавішами + і −, або колесом після натискання; 0 — початковий вигляд, t — згори.",
    missing:
      "Цей браузер не має WebGL, тому поверхню не можна показати у трьох вимірах: те саме видно на лініях рівня.",
  },
);

/** Pictures and films copy what is drawn at any time, so that it is kept. */
const ATTRIBUTES = { antialias: false, preserveDrawingBuffer: true };

export function Surface3d(props: Props) {
  const w = words.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<View | null>(null);
  const missing = useSignal(false);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const dark = store.isDark.value;
  const shown = () => ({ ...props, look: lookOf(canvas.current!, dark) });
  const painter = usePainter(view.value, size.value, shown, () => {
    if (props.from && view.value) props.from.value = view.value.seen;
  });
  useEffect(() => followSize(canvas.current!, size), []);
  useEffect(() => {
    const context = canvas.current!.getContext(
      "webgl2",
      ATTRIBUTES,
    ) as WebGL2RenderingContext | null;
    if (!context) return void (missing.value = true);
    let left = false;
    void import("./surface3d.gl").then((gl) => {
      if (left) return;
      view.value = new gl.View(context, painter.moved);
      if (props.from?.peek()) view.value.see(props.from.peek());
      props.ready?.(view.value);
    });
    return () => {
      left = true;
      props.ready?.(null);
      view.peek()?.dispose();
      context.getExtension("WEBGL_lose_context")?.loseContext();
    };
  }, []);
  const mouse = pointing(view.value, props);
  return (
    <figure class="panel">
      <figcaption>{props.title}</figcaption>
      {missing.value && <p class="missing">{w.missing}</p>}
      <div class="picture" hidden={missing.value} style={{ aspectRatio: `${1 / (props.ratio ?? 0.75)}` }}>
        <canvas ref={canvas} role="application" tabIndex={0} aria-label={`${props.label}. ${w.keys}`}
          title={w.keys} class="turned" {...mouse}
          onBlur={() => view.value?.zooms(false)}
          onKeyDown={(e) => view.value && keyed(e, view.value)} />
        {view.value && <Buttons view={view.value} />}
      </div>
      {props.children}
    </figure>
  ); // prettier-ignore
}

/** Pixels that a press may slip by. */
const SLIP = 4;
let pressed: [number, number] = [NaN, NaN];

/** What the mouse does beside turning. */
function pointing(view: View | null, { hover, press }: Props) {
  const at = (event: PointerEvent) => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return (
      view?.at(
        (2 * (event.clientX - left)) / width - 1,
        1 - (2 * (event.clientY - top)) / height,
      ) ?? null
    );
  };
  return {
    onPointerDown(event: PointerEvent) {
      (event.currentTarget as HTMLElement).focus();
      view?.zooms(true);
      pressed = [event.clientX, event.clientY];
    },
    onPointerMove: (event: PointerEvent) => event.buttons || hover?.(at(event)),
    onPointerLeave: () => hover?.(null),
    onPointerUp(event: PointerEvent) {
      const slip = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
      const place = press && slip < SLIP && !event.button ? at(event) : null;
      if (place) press!(place);
    },
  };
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
