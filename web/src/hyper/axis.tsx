/** One axis of parallel coordinates: its name, its ticks, and the range that is dragged along it. */

import { useSignal } from "@preact/signals";
import { hyperWords } from "./hyperparameters.words";
import * as settings from "../settings";
import type { Axis } from "./axes";
import { brushOf, changed, readAll } from "./brushes";
import type { Grid } from "./lines";

/** Pixels beside an axis that belong to it. */
const REACH = 14;
/** Ticks of categories, at most. */
const MOST_NAMES = 16;

export function AxisHead({ axis, x, width }: { axis: Axis; x: number; width: number }) {
  const h = hyperWords.value;
  const { rescaled } = settings;
  return (
    <div class="axis-head" style={{ left: `${x - width / 2}px`, width: `${width}px` }}>
      <span title={axis.name}>{axis.name}</span>
      {axis.positive && axis.low < axis.high && (
        <button type="button" aria-pressed={axis.log} aria-label={`${axis.name}: ${h.log}`} title={h.scale}
          onClick={(e) => {
            e.stopPropagation();
            rescaled.value = settings.toggled(rescaled.value, axis.key);
          }}>{h.log}</button>
      )}
    </div>
  ); // prettier-ignore
}

export function AxisDrawing({ axis, x, grid }: { axis: Axis; x: number; grid: Grid }) {
  const { top, bottom } = grid;
  const height = bottom - top;
  const started = useSignal<number | null>(null);
  const shareAt = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top - REACH / 2) / height));
  };
  const brushed = (share: number) => {
    const [low, high] = [started.value!, share].sort((a, b) => a - b);
    const brush = high! - low! < 4 / height ? null : brushOf(axis, low!, high!);
    settings.brushes.value = changed(settings.brushes.value, axis.key, brush);
  };
  const every = Math.ceil(axis.ticks.length / MOST_NAMES);
  return (
    <g class="axis" transform={`translate(${x} 0)`}>
      <line y1={top} y2={bottom} />
      <Chosen axis={axis} grid={grid} />
      {axis.ticks.map(({ share, label }, i) => (
        i % every === 0 && <g key={label} transform={`translate(0 ${bottom - share * height})`}>
          <line x1={-4} x2={4} />
          <text x={8} y={4}>{label.length > 14 ? `${label.slice(0, 13)}…` : label}</text>
        </g>
      ))}
      <rect class="brushing" x={-REACH} width={2 * REACH} y={top - REACH / 2} height={height + REACH}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          started.value = shareAt(e);
        }}
        onPointerMove={(e) => started.value !== null && brushed(shareAt(e))}
        onPointerUp={(e) => {
          brushed(shareAt(e));
          started.value = null;
        }}
        onPointerCancel={() => (started.value = null)}
        onClick={(e) => e.stopPropagation()} />
    </g>
  ); // prettier-ignore
}

/** The range chosen, as a bar along the axis. */
function Chosen({ axis, grid }: { axis: Axis; grid: Grid }) {
  const brush = readAll(settings.brushes.value).find((b) => b.key === axis.key);
  if (!brush || brush.numeric !== axis.numeric) return null;
  const height = grid.bottom - grid.top;
  const half = axis.numeric ? 0 : 0.4 / Math.max(1, axis.categories.length);
  const bars = axis.numeric ? [brush.range] : brush.range.map((text) => [text, text]);
  return (
    <>
      {bars.map(([from, to]) => {
        const clamped = (v: string | number | undefined) => clamp(axis, v);
        const [low, high] = [clamped(from) - half, clamped(to) + half];
        if (!(high >= low)) return null;
        return (
          <rect key={String(from)} class="brushed" x={-6} width={12}
            y={grid.bottom - high * height} height={Math.max(3, (high - low) * height)} />
        );
      })}
    </>
  ); // prettier-ignore
}

/** Where a number of a range lies, no further out than the axis reaches. */
function clamp(axis: Axis, value: string | number | undefined): number {
  if (typeof value !== "number") return axis.share(value);
  return axis.share(Math.min(axis.high, Math.max(axis.low, value)));
}
