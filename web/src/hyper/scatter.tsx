/** Two columns against each other: a point a run, coloured by a third. */

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { hyperWords } from "./hyperparameters.words";
import { beside } from "../parts/beside";
import { Choice, Nothing } from "../parts/controls";
import { openCurves } from "../parts/links";
import { useWidth } from "../parts/size";
import * as settings from "../settings";
import { axisOf, type Axis } from "./axes";
import { resultKey, tinting, type Column, type Sheet, type ViewProps } from "./columns";
import { nearestPoint, nextPoint, placed, type Box, type Point } from "./points";
import { textOf } from "./table";

const [LEFT, RIGHT, TOP, BOTTOM] = [76, 18, 16, 46];
/** Pixels between the points and the edge. */
const AIR = 14;
/** Pixels from which a point is still meant. */
const REACH = 14;

/** The columns of both axes: as asked, else the step size and the result that colours. */
function axesOf(sheet: Sheet): [Column | undefined, Column | undefined] {
  const all = sheet.columns.filter((c) => c.differs);
  const [x, y] = settings.scatterAxes.value.map((key) => all.find((c) => c.key === key));
  const given = all.filter((c) => !c.result && c.numeric);
  return [
    x ?? given.find((c) => c.key === "lr") ?? given[0] ?? all[0],
    y ?? tinting(all, resultKey("test/loss")) ?? all[1],
  ];
}

export function ScatterChoice({ sheet }: { sheet: Sheet }) {
  const h = hyperWords.value;
  const chosen = axesOf(sheet);
  const options = sheet.columns.filter((c) => c.differs).map((c) => [c.key, c.name] as const);
  const [x, y] = chosen;
  if (!x || !y) return null;
  const bound = (n: 0 | 1) => ({
    get value() {
      return chosen[n]!.key;
    },
    set value(key: string) {
      settings.scatterAxes.value = n === 0 ? [key, y.key] : [x.key, key];
    },
  });
  return (
    <>
      <Choice label={h.horizontal} value={bound(0)} options={options} />
      <Choice label={h.vertical} value={bound(1)} options={options} />
      <LogBox column={x} label={h.logX} />
      <LogBox column={y} label={h.logY} />
    </>
  );
}

function LogBox({ column, label }: { column: Column; label: string }) {
  const { rescaled } = settings;
  const axis = axisOf(column, rescaled.value.includes(column.key));
  return (
    <label class="check">
      <input type="checkbox" checked={axis.log} disabled={!axis.positive}
        onChange={() => (rescaled.value = settings.toggled(rescaled.value, column.key))} />
      <span>{label}</span>
    </label>
  ); // prettier-ignore
}

export function Scatter({ sheet, colour }: ViewProps) {
  const h = hyperWords.value;
  const [x, y] = axesOf(sheet);
  const { home, width } = useWidth<HTMLDivElement>();
  const at = useSignal<number | null>(null);
  if (!x || !y) return <Nothing>{h.oneColumn}</Nothing>;
  const rescaled = (c: Column) => settings.rescaled.value.includes(c.key);
  const [across, up] = [axisOf(x, rescaled(x)), axisOf(y, rescaled(y))];
  const height = Math.max(300, Math.min(620, 0.6 * width));
  const frame = {
    left: LEFT,
    top: TOP,
    width: width - LEFT - RIGHT,
    height: height - TOP - BOTTOM,
  };
  const points = placed(across, up, x.cells, y.cells, inner(frame));
  const open = (point: Point | undefined) => point && openCurves([sheet.runs[point.row]!.name]);
  const find = (e: MouseEvent & { currentTarget: Element }) => {
    const box = e.currentTarget.getBoundingClientRect();
    return nearestPoint(points, e.clientX - box.left, e.clientY - box.top, REACH);
  };
  const current = points.find((p) => p.row === at.value);
  const left = sheet.runs.length - points.length;
  return (
    <div class="card scatter">
      <div class="plotted" ref={home} tabIndex={0} role="application"
        aria-label={`${x.name}, ${y.name}. ${h.points}`}
        onPointerMove={(e) => (at.value = find(e)?.row ?? null)}
        onPointerLeave={() => (at.value = null)}
        onBlur={() => (at.value = null)}
        onClick={(e) => open(find(e))}
        onKeyDown={(e) => keyed(e, points, at, () => open(current))}>
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            <Frame across={across} up={up} frame={frame} />
            <Points points={points} colour={colour} />
            {current && <circle class="hovered" cx={current.x} cy={current.y} r={7} />}
          </svg>
        )}
        {current && <Said sheet={sheet} columns={[x, y]} point={current} width={width} />}
      </div>
      <p class="visually-hidden" aria-live="polite">{current && sheet.runs[current.row]!.name}</p>
      {left > 0 && <p class="hint">{h.noPlace}: {left}</p>}
    </div>
  ); // prettier-ignore
}

function keyed(
  event: KeyboardEvent,
  points: Point[],
  at: { value: number | null },
  open: () => void,
) {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (event.key === "Enter") return open();
  if (!by) return;
  event.preventDefault();
  at.value = nextPoint(points, at.value, by);
}

/** Where points may lie: not on the edge. */
function inner({ left, top, width, height }: Box): Box {
  return { left: left + AIR, top: top + AIR, width: width - 2 * AIR, height: height - 2 * AIR };
}

function Frame({ across, up, frame }: { across: Axis; up: Axis; frame: Box }) {
  const { left, top, width, height } = frame;
  const box = inner(frame);
  const bottom = top + height;
  return (
    <g class="frame">
      {across.ticks.map(({ share, label }) => (
        <g key={label} transform={`translate(${box.left + share * box.width} 0)`}>
          <line y1={top} y2={bottom} />
          <text y={bottom + 16} text-anchor="middle">{label}</text>
        </g>
      ))}
      {up.ticks.map(({ share, label }) => (
        <g key={label} transform={`translate(0 ${box.top + (1 - share) * box.height})`}>
          <line x1={left} x2={left + width} />
          <text x={left - 8} y={4} text-anchor="end">{label}</text>
        </g>
      ))}
      <text class="title" x={left + width / 2} y={bottom + 38} text-anchor="middle">{across.name}</text>
      <text class="title" text-anchor="middle"
        transform={`translate(14 ${top + height / 2}) rotate(-90)`}>{up.name}</text>
    </g>
  ); // prettier-ignore
}

function Points({ points, colour }: { points: Point[]; colour: (row: number) => string | null }) {
  return useMemo(
    () => (
      <g class="points">
        {points.map(({ row, x, y }) => (
          <circle key={row} cx={x} cy={y} r={4.5} fill={colour(row) ?? "var(--edge)"} />
        ))}
      </g>
    ),
    [points.map((p) => `${p.x} ${p.y}`).join(), colour],
  );
}

interface SaidProps {
  sheet: Sheet;
  columns: Column[];
  point: Point;
  width: number;
}

function Said({ sheet, columns, point, width }: SaidProps) {
  const tint = tinting(sheet.columns, settings.tint.value);
  const all = tint && !columns.includes(tint) ? [...columns, tint] : columns;
  return (
    <div class="tooltip" style={{ ...beside(point.x, width), top: `${point.y - 10}px` }}>
      <b>{sheet.runs[point.row]!.name}</b>
      <table>
        <tbody>
          {all.map((column) => (
            <tr key={column.key}>
              <th scope="row">{column.name}</th>
              <td>{textOf(column.cells[point.row])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
