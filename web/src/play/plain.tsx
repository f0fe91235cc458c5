/** A picture on a canvas without axes, with elements of the page on it. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { unschedule } from "../parts/schedule";
import * as store from "../store";
import { paintings, paintSoon } from "./paintings";
import { followSize, lookOf, penOf } from "./panel";
import type { Look, Size } from "./plot";

export interface Plain {
  pen: CanvasRenderingContext2D;
  look: Look;
  size: Size;
}

interface Props {
  /** What is seen, for those who don't see it. */
  label: string;
  title?: string;
  /** Gives the picture its shape. */
  kind: string;
  paint: (sheet: Plain) => void;
  /** Where the mouse is, in pixels; null when it leaves. */
  hover?: (at: [number, number] | null, size: Size) => void;
  /** What lies on the picture, placed for its size. */
  over?: (size: Size) => ComponentChildren;
  children?: ComponentChildren;
}

export function PlainPanel({ label, title, kind, paint, hover, over, children }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const dark = store.isDark.value;
  const seen = size.value;
  useEffect(() => followSize(canvas.current!, size), []);
  useLayoutEffect(() => {
    if (!seen.width) return;
    paintSoon(canvas, () => {
      const home = canvas.current!;
      paint({ pen: penOf(home, seen), look: lookOf(home, dark), size: seen });
      paintings.count++;
    });
  });
  useEffect(() => () => unschedule(canvas), []);
  const moved = (event: PointerEvent) => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    hover?.([event.clientX - left, event.clientY - top], seen);
  };
  return (
    <figure class="panel">
      {title && <figcaption>{title}</figcaption>}
      <div class={`picture ${kind}`} onPointerMove={moved} onPointerLeave={() => hover?.(null, seen)}>
        <canvas ref={canvas} role="img" aria-label={label} />
        {seen.width > 0 && over?.(seen)}
      </div>
      {children}
    </figure>
  ); // prettier-ignore
}
