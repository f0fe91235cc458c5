/** When the view of a surface is painted: at once and coarsely while it moves, and sharply when it rests. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { coarse, schedule, unschedule } from "../parts/schedule";
import { paintings, paintSoon } from "./paintings";
import type { Size } from "./plot";
import type { Shown } from "./surface3d";
import type { View } from "./surface3d.gl";

/** Milliseconds without a change after which it rests: what is painted then may keep the page busy for a tenth of a
 * second where there is no graphics processor, which must not come between two of a drag. */
const REST = 300;

class Painter {
  view: View | null = null;
  size: Size = { width: 0, height: 0 };
  shown: (() => Shown) | null = null;
  /** Called when it rests. */
  rests: (() => void) | null = null;
  private kept: Shown | null = null;
  private timer = 0;
  private isCoarse = false;

  /** It is seen from elsewhere; called by whom the view tells, thus a function of its own. */
  readonly moved = (): void => {
    clearTimeout(this.timer);
    this.note(true);
    paintSoon(this, () => {
      this.paint(true);
      this.timer = window.setTimeout(() => {
        schedule(this, () => this.paint(false));
        this.note(false);
      }, REST);
    });
  };

  /** Note whether it is coarse. */
  private note(now: boolean): void {
    if (now !== this.isCoarse) coarse.value += now ? 1 : -1;
    this.isCoarse = now;
  }

  /** Something else is seen. */
  changed(): void {
    this.kept = null;
    this.moved();
  }

  private paint(moves: boolean): void {
    if (!this.view || !this.size.width || !this.shown) return;
    this.kept ??= this.shown();
    this.view.paint(this.size, this.kept, moves);
    paintings.count++;
    if (!moves) this.rests?.();
  }

  stop(): void {
    this.view = null;
    clearTimeout(this.timer);
    this.note(false);
    unschedule(this);
  }
}

/** Whoever paints a view, again whenever the component is rendered. */
export function usePainter(
  view: View | null,
  size: Size,
  shown: () => Shown,
  rests: () => void,
): Painter {
  const painter = useRef<Painter | null>(null);
  const own = (painter.current ??= new Painter());
  useLayoutEffect(() => {
    Object.assign(own, { view, size, shown, rests });
    if (view && size.width) own.changed();
  });
  useEffect(() => () => own.stop(), []);
  return own;
}
