/** A chart of one tag, with what can be done to it. */

import { computed, effect, signal, untracked, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Tag } from "../messages";
import { shortName } from "../parts/groups";
import { DownloadMenu, fileName, logged, saveBlob } from "../parts/downloads";
import { IconButton } from "../parts/icons";
import { refine, see, seriesVersion } from "../series";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { cell, Tooltip } from "./tooltip";
import { modelOf, zoomed, zoomOf, zoomText } from "./model";
import { Plot, type Hover, type Shown } from "./plot";
import { schedule, unschedule } from "../parts/schedule";
import { png } from "./png";
import { svg } from "./svg";

/** Counts every drawing, for benchmarks and tests. */
export const drawn = signal(0);

interface Props {
  tag: Tag;
  move?: (by: -1 | 1) => void;
}

export function ChartCard({ tag, move }: Props) {
  const w = words.value;
  const hover = useSignal<Hover | null>(null);
  const unplaced = useSignal(false);
  const home = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const model = useRef<Shown | null>(null);
  const full = settings.fullSize.value.includes(tag.name);
  const isPinned = settings.pinned.value.includes(tag.name);
  const log = settings.logY.value.includes(tag.name);
  const zoom = zoomText(tag.name) !== "";
  const base = store.baseRun.value;

  useEffect(() => follow(tag, home.current!, plot, model, hover, unplaced), [tag.id]);

  const toggle = (list: typeof settings.pinned) => () =>
    (list.value = settings.toggled(list.value, tag.name));
  return (
    <article class={`card${full ? " full" : ""}`} data-tag={tag.name}>
      <header>
        <h3 title={tag.name}>
          {isPinned ? tag.name : shortName(tag)}
          {base && <span class="base"> − {base.name}</span>}
        </h3>
        {zoom && <IconButton icon="fit" label={w.fit} onClick={() => zoomed(tag.name, null)} />}
        <IconButton icon="log" label={w.logY} pressed={log} onClick={toggle(settings.logY)} />
        <IconButton icon="full" label={w.fullSize} pressed={full} onClick={toggle(settings.fullSize)} />
        {move && <IconButton icon="earlier" label={w.earlier} onClick={() => move(-1)} />}
        {move && <IconButton icon="later" label={w.later} onClick={() => move(1)} />}
        <IconButton icon="pin" label={isPinned ? w.unpin : w.pin} pressed={isPinned}
          onClick={toggle(settings.pinned)} />
        <Downloads tag={tag} plot={plot} model={model} />
      </header>
      <div
        class="plot"
        ref={home}
        tabIndex={0}
        role="application"
        aria-label={`${tag.name}. ${w.chartHelp}`}
        onKeyDown={(e) => keyed(e, plot.current, tag)}
        onBlur={() => (hover.value = null)}
      >
        {unplaced.value && <p class="unplaced">{w.unplaced}</p>}
        <Marks hover={hover.value} />
        {hover.value && home.current && (
          <Tooltip hover={hover.value} home={home.current.getBoundingClientRect()}
            bands={model.current?.bands ?? []} />
        )}
      </div>
      <p class="visually-hidden" aria-live="polite">{hover.value && spokenOf(hover.value)}</p>
    </article>
  ); // prettier-ignore
}

/** Points under the cursor: of the nearest curves, where there are many. */
function Marks({ hover }: { hover: Hover | null }) {
  const near = hover ? [...hover.found].sort((a, b) => a.distance - b.distance).slice(0, 12) : [];
  return (
    <>
      {near
        .filter((h) => Number.isFinite(h.top))
        .map(({ curve, left, top }) => (
          <i key={curve.run} class="mark"
            style={{ background: curve.colour, left: `${left}px`, top: `${top}px` }} />
        ))}
    </>
  ); // prettier-ignore
}

function spokenOf(hover: Hover): string {
  return hover.found
    .slice(0, 3)
    .map(({ curve, index }) => `${curve.name}: ${cell(curve, index, "value")}`)
    .join("; ");
}

function keyed(event: KeyboardEvent, plot: Plot | null, tag: Tag): void {
  const far = event.shiftKey ? 40 : 5;
  const moves: Record<string, () => void> = {
    ArrowLeft: () => plot?.move(-far),
    ArrowRight: () => plot?.move(far),
    "+": () => plot?.magnify(2),
    "=": () => plot?.magnify(2),
    "-": () => plot?.magnify(0.5),
    "0": () => zoomed(tag.name, null),
  };
  const act = event.ctrlKey || event.metaKey ? undefined : moves[event.key];
  if (!act || event.target !== event.currentTarget) return;
  event.preventDefault();
  act();
}

/** Draw whenever something changes while the chart is near the window. */
function follow(
  tag: Tag,
  home: HTMLElement,
  plot: { current: Plot | null },
  model: { current: Shown | null },
  hover: { value: Hover | null },
  unplaced: { value: boolean },
): () => void {
  const near = signal(false);
  const owner = {};
  const hearing = {
    hover: (at: Hover | null) => (hover.value = at),
    zoom: (x: [number, number], y: [number, number]) => zoomed(tag.name, { x, y }),
    fit: () => zoomed(tag.name, null),
  };
  const zoom = computed(() => zoomText(tag.name));
  const log = computed(() => settings.logY.value.includes(tag.name));
  const draw = () => {
    const made = untracked(() => modelOf(tag));
    if (plot.current && model.current && isSame(model.current, made)) return;
    model.current = made;
    if (!plot.current?.show(made)) {
      plot.current?.destroy();
      plot.current = new Plot(home, made, hearing);
    }
    const { curves } = made;
    unplaced.value = curves.length > 0 && curves.every(({ x }) => !(x[x.length - 1]! <= Infinity));
    drawn.value++;
  };
  const stopDrawing = effect(() => {
    if (!near.value) return;
    void [zoom.value, log.value, seriesVersion(tag.id)];
    modelInputs();
    schedule(owner, draw);
  });
  const stopColours = effect(() => {
    void store.isDark.value;
    requestAnimationFrame(() => plot.current?.redraw());
  });
  const stopRefining = effect(() => {
    const by = settings.axis.value;
    const found = near.value ? zoomOf(zoom.value) : null;
    refine(tag.id, found && { from: found.x[0], to: found.x[1], by });
  });
  const stopSeeing = whenNear(home, "400px", (is) => see(tag.id, is));
  const stopLooking = whenNear(home, "0px", (is) => (near.value = is));
  return () => {
    stopSeeing();
    stopLooking();
    for (const stop of [stopDrawing, stopColours, stopRefining]) stop();
    unschedule(owner);
    plot.current?.destroy();
    plot.current = null;
  };
}

/** Whether a chart would look the same: of runs that are not loaded yet, nothing is drawn. */
function isSame(a: Shown, b: Shown): boolean {
  const { curves: _, bands, x, y, ...rest } = a;
  if (bands.length || b.bands.length || a.curves.length !== b.curves.length) return false;
  if (x.join() !== b.x.join() || y.join() !== b.y.join()) return false;
  if (Object.entries(rest).some(([name, value]) => b[name as "axis"] !== value)) return false;
  return a.curves.every((curve, i) => {
    const other = b.curves[i]!;
    return (["run", "name", "colour", "x", "y"] as const).every(
      (part) => curve[part] === other[part],
    );
  });
}

/** Tell whether an element is within a margin of the window, and that it is not in the end. */
function whenNear(home: HTMLElement, margin: string, tell: (is: boolean) => void): () => void {
  let was = false;
  const say = (is: boolean) => {
    if (is !== was) tell((was = is));
  };
  const observer = new IntersectionObserver((seen) => say(seen.at(-1)!.isIntersecting), {
    rootMargin: margin,
  });
  observer.observe(home);
  return () => {
    observer.disconnect();
    say(false);
  };
}

/** What the models of all tags are made of, so that its changes are heard. */
function modelInputs(): void {
  const { axis, smoothing, groupBy, logX, ignoreOutliers } = settings;
  for (const s of [axis, smoothing, groupBy, logX, ignoreOutliers]) void s.value;
  void [store.shown.value, store.baseRun.value, store.colours.value, store.groupColours.value];
  void words.value;
}

function Downloads(props: {
  tag: Tag;
  plot: { current: Plot | null };
  model: { current: Shown | null };
}) {
  const { tag } = props;
  const file = fileName(tag.name);
  const drawn = (plot: Plot, { curves, bands }: Shown) => {
    const { color, backgroundColor } = getComputedStyle(document.body);
    return {
      ...plot.drawing(),
      title: tag.name,
      curves,
      bands,
      ink: color,
      paper: backgroundColor,
    };
  };
  const picture = (kind: "svg" | "png") => async () => {
    const [plot, model] = [props.plot.current, props.model.current];
    if (!plot || !model) return;
    const drawing = drawn(plot, model);
    const blob =
      kind === "png"
        ? await png(plot.canvas, drawing)
        : new Blob([svg(drawing)], { type: "image/svg+xml" });
    if (blob) saveBlob(blob, `${file}.${kind}`);
  };
  const offers = [
    ...logged(tag, () => store.shown.peek()),
    ["SVG", picture("svg")] as const,
    ["PNG", picture("png")] as const,
  ];
  return <DownloadMenu offers={offers} />;
}
