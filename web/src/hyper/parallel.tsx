/** Parallel coordinates: a line a run, from axis to axis; ranges of axes pick some of them. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { beside } from "../parts/beside";
import { Nothing } from "../parts/controls";
import { openCurves } from "../parts/links";
import { schedule, unschedule } from "../parts/schedule";
import { useWidth } from "../parts/size";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { AxisDrawing, AxisHead } from "./axis";
import { axisOf, type Axis } from "./axes";
import { inside, readAll } from "./brushes";
import type { Column, Sheet, ViewProps } from "./columns";
import { hyperWords } from "./hyperparameters.words";
import { heights, nearestLine, type Grid } from "./lines";
import { everyRow, RunTable, textOf } from "./table";

const HEIGHT = 380;
const [TOP, BOTTOM, SIDE] = [14, 40, 56];
/** Pixels between two axes, at least. */
const LEAST = 104;
/** Pixels from which a line is still meant. */
const REACH = 8;

export function Parallel({ sheet, columns, colour }: ViewProps) {
  const h = hyperWords.value;
  const { brushes, rescaled } = settings;
  if (columns.length < 2) return <Nothing>{h.oneColumn}</Nothing>;
  const axes = columns.map((c) => axisOf(c, rescaled.value.includes(c.key)));
  const within = inside(columns, sheet.runs.length, readAll(brushes.value));
  const rows = everyRow(sheet).filter((row) => within[row]);
  return (
    <>
      <p class="hint">
        {rows.length < sheet.runs.length ? `${h.inside}: ${rows.length} / ${sheet.runs.length}` : h.all}
      </p>
      <Picture sheet={sheet} columns={columns} colour={colour} axes={axes} rows={rows} />
      <RunTable sheet={sheet} columns={columns} rows={rows} colour={colour} />
    </>
  ); // prettier-ignore
}

interface PictureProps extends ViewProps {
  axes: Axis[];
  /** Those in all ranges. */
  rows: number[];
}

function Picture({ sheet, columns, colour, axes, rows }: PictureProps) {
  const { home, width: seen } = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const hovered = useSignal<{ row: number; x: number } | null>(null);
  const width = Math.max(seen, 2 * SIDE + LEAST * (axes.length - 1));
  const gap = (width - 2 * SIDE) / (axes.length - 1);
  const grid: Grid = {
    x: axes.map((_, i) => SIDE + i * gap),
    top: TOP,
    bottom: HEIGHT - BOTTOM,
    missing: HEIGHT - 12,
  };
  const scales = axes.map((a) => `${a.key} ${a.log}`).join();
  const ys = useMemo(
    () => heights(axes, columns.map((c) => c.cells), sheet.runs.length, grid),
    [sheet, scales],
  ); // prettier-ignore
  useDrawing(canvas, { ys, grid, width, rows, colour, all: sheet.runs.length });
  const find = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const row = nearestLine(ys, grid, rows, [x, y], REACH);
    return row === null ? null : { row, x };
  };
  const at = hovered.value;
  return (
    <div class="card parallel" ref={home}>
      <div class={at ? "lines over" : "lines"} style={{ width: `${width}px` }}
        onPointerMove={(e) => (hovered.value = e.buttons ? null : find(e))}
        onPointerLeave={() => (hovered.value = null)}
        onClick={(e) => {
          const found = find(e);
          if (found) openCurves([sheet.runs[found.row]!.name]);
        }}>
        <div class="axis-heads">
          {axes.map((axis, i) => <AxisHead key={axis.key} axis={axis} x={grid.x[i]!} width={gap} />)}
        </div>
        <div class="drawn">
          <canvas ref={canvas} width={width} height={HEIGHT} />
          <svg width={width} height={HEIGHT} role="img" aria-label={hyperWords.value.picture}>
            {at && <path class="hovered" d={path(ys, grid, at.row)} stroke={colour(at.row) ?? ""} />}
            {ys.includes(grid.missing) && <text class="none" x={4} y={grid.missing + 4}>{words.value.none}</text>}
            {axes.map((axis, i) => (
              <AxisDrawing key={axis.key} axis={axis} x={grid.x[i]!} grid={grid} />
            ))}
          </svg>
          {at && <Said sheet={sheet} columns={columns} {...at} width={width} />}
        </div>
      </div>
    </div>
  ); // prettier-ignore
}

function path(ys: Float32Array, { x }: Grid, row: number): string {
  return x.map((at, i) => `${i ? "L" : "M"}${at} ${ys[row * x.length + i]}`).join("");
}

interface SaidProps {
  sheet: Sheet;
  columns: Column[];
  row: number;
  x: number;
  width: number;
}

function Said({ sheet, columns, row, x, width }: SaidProps) {
  return (
    <div class="tooltip" style={{ ...beside(x, width, 16), top: "6px" }}>
      <b>{sheet.runs[row]!.name}</b>
      <table>
        <tbody>
          {columns.slice(0, 16).map((column) => (
            <tr key={column.key}>
              <th scope="row">{column.name}</th>
              <td>{textOf(column.cells[row])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Drawing {
  ys: Float32Array;
  grid: Grid;
  width: number;
  rows: number[];
  /** How many lines there are. */
  all: number;
  colour: (row: number) => string | null;
}

/** Lines are drawn on a canvas: a thousand of them as paths would be slow. */
function useDrawing(canvas: { current: HTMLCanvasElement | null }, drawing: Drawing): void {
  const dark = store.isDark.value;
  const { ys, width, rows, colour } = drawing;
  const owner = useMemo(() => ({}), []);
  useEffect(() => {
    schedule(owner, () => canvas.current && draw(canvas.current, drawing, dark));
  }, [ys, width, rows.length, rows.join(), colour, dark]);
  useEffect(() => () => unschedule(owner), []);
}

function draw(canvas: HTMLCanvasElement, { ys, grid, width, rows, colour, all }: Drawing, dark: boolean) {
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  const chosen = new Set(rows);
  const line = (row: number) => {
    pen.beginPath();
    grid.x.forEach((x, i) => pen.lineTo(x, ys[row * grid.x.length + i]!));
    pen.stroke();
  };
  pen.lineJoin = "round";
  pen.lineWidth = 1;
  pen.strokeStyle = dark ? "#2c3541" : "#e2e6ec"; // opaque: a thousand pale lines would be black
  for (let row = 0; row < all; row++) if (!chosen.has(row)) line(row);
  pen.globalAlpha = rows.length > 200 ? 0.5 : 0.85;
  pen.lineWidth = rows.length > 200 ? 1 : 1.4;
  for (const row of rows) {
    pen.strokeStyle = colour(row) ?? (dark ? "#777" : "#aaa");
    line(row);
  }
} // prettier-ignore
