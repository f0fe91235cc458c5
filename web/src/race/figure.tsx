/** A line chart of entrants: medians, bands of quartiles, and what diverged at the upper edge. */

import { signal, useSignal } from "@preact/signals";
import { scale } from "../chart/paint";
import { category } from "../colours";
import { firstFrom, nearest } from "../display";
import { shortNumber } from "../numbers";
import { beside } from "../parts/beside";
import { useWidth } from "../parts/size";
import { raceWords } from "./race.words";
import * as store from "../store";
import { linearTicks, logTicks } from "../ticks";
import type { Line } from "./figures";

/** Entrants are told apart by the kind of their line too. */
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];
const HEIGHT = 290;
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 12, 20, 40];

/** Pixels between the first and last points and the edges. */
const AIR = 10;

/** The entrant that alone is seen in full, while its name is pointed at, or after a press. */
export const pointed = signal<number | null>(null);
export const kept = signal<number | null>(null);

export const lookOf = (place: number) => ({
  stroke: category(place, store.isDark.value),
  "stroke-dasharray": DASHES[Math.floor(place / 2) % DASHES.length]!,
});

function faded(place: number): string {
  const alone = pointed.value ?? kept.value;
  return alone !== null && alone !== place ? "faded" : "";
}

interface FigureProps {
  title: string;
  across: string;
  up: string;
  lines: Line[];
  logX?: boolean;
  /** Ticks at whole numbers alone, where there are some. */
  whole?: boolean;
  y: [number, number];
  logY: boolean;
}

interface Frame {
  x: [number, number];
  right: number;
  bottom: number;
  atX: (v: number) => number;
  atY: (v: number) => number;
}

function frameOf({ lines, logX = false, y, logY }: FigureProps, width: number): Frame {
  const xs = lines.flatMap(({ band }) => [...band.x].filter((v) => !logX || v > 0));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const x: [number, number] =
    first < last ? [first, last] : logX ? [first / 2, first * 2] : [first - 0.5, first + 0.5];
  const [right, bottom] = [width - RIGHT, HEIGHT - BOTTOM];
  return {
    x,
    right,
    bottom,
    atX: scale(x, logX, LEFT + AIR, right - LEFT - 2 * AIR),
    atY: scale(y, logY, bottom, TOP - bottom),
  };
}

export function Figure(props: FigureProps) {
  const { home, width } = useWidth<HTMLDivElement>();
  const at = useSignal<number | null>(null);
  const { title, lines, logX = false } = props;
  const frame = width && lines.length ? frameOf(props, width) : null;
  const places = [...new Set(lines.flatMap(({ band }) => [...band.x]))]
    .filter((v) => !logX || v > 0)
    .sort((a, b) => a - b);
  const point = (left: number) => {
    if (!frame) return;
    const pixels = Float64Array.from(places, frame.atX);
    at.value = places[nearest(pixels, left)] ?? null;
  };
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const now = at.value === null ? (by > 0 ? -1 : places.length) : places.indexOf(at.value);
    at.value = places[Math.max(0, Math.min(places.length - 1, now + by))] ?? null;
  };
  return (
    <figure class="card">
      <figcaption>{title}</figcaption>
      <div class="drawing" ref={home} tabIndex={0} role="application"
        aria-label={`${title}. ${raceWords.value.figureHelp}`}
        onPointerMove={(e) => point(e.clientX - e.currentTarget.getBoundingClientRect().left)}
        onPointerLeave={() => (at.value = null)}
        onBlur={() => (at.value = null)}
        onKeyDown={move}>
        {frame ? <Drawing {...props} frame={frame} width={width} at={at.value} /> : (
          <p class="nothing">{lines.length ? "" : raceWords.value.nothingYet}</p>
        )}
        {frame && at.value !== null && <Said {...props} frame={frame} width={width} at={at.value} />}
      </div>
    </figure>
  ); // prettier-ignore
}

interface DrawingProps extends FigureProps {
  frame: Frame;
  width: number;
  at: number | null;
}

function Drawing(props: DrawingProps) {
  const { lines, frame, width, at } = props;
  const { right, bottom } = frame;
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      <Grid {...props} />
      <svg x={LEFT} y={TOP} width={right - LEFT} height={bottom - TOP}
        viewBox={`${LEFT} ${TOP} ${right - LEFT} ${bottom - TOP}`}>
        {at !== null && <line class="cursor" x1={frame.atX(at)} x2={frame.atX(at)} y1={TOP} y2={bottom} />}
        {lines.map((line) => <Curve key={line.place} line={line} frame={frame} />)}
      </svg>
      {lines.map((line, i) => <Lost key={line.place} line={line} frame={frame} row={i} of={lines.length} />)}
    </svg>
  ); // prettier-ignore
}

function Grid({ frame, logX = false, whole = false, y, logY, across, up }: DrawingProps) {
  const { x, right, bottom, atX, atY } = frame;
  const found = (logX ? logTicks : linearTicks)(...x, Math.max(3, Math.round((right - LEFT) / 48)));
  const wholes = found.filter(Number.isInteger);
  const xs = whole && wholes.length > 1 ? wholes : found;
  const ys = (logY ? logTicks : linearTicks)(...y, 5);
  return (
    <g class="frame">
      {xs.map((v) => (
        <g key={v} transform={`translate(${atX(v)} 0)`}>
          <line y1={TOP} y2={bottom} />
          <text y={bottom + 15} text-anchor="middle">{shortNumber(v)}</text>
        </g>
      ))}
      {ys.map((v) => (
        <g key={v} transform={`translate(0 ${atY(v)})`}>
          <line x1={LEFT} x2={right} />
          <text x={LEFT - 7} y={4} text-anchor="end">{shortNumber(v)}</text>
        </g>
      ))}
      <text class="title" x={(LEFT + right) / 2} y={bottom + 32} text-anchor="middle">{across}</text>
      <text class="title" x={4} y={TOP - 8}>{up}</text>
    </g>
  ); // prettier-ignore
}

const FAR = 1e4;

function Curve({ line, frame }: { line: Line; frame: Frame }) {
  const { band, place, best } = line;
  const { atX, atY } = frame;
  const down = (v: number) => Math.max(-FAR, Math.min(FAR, v === Infinity ? -FAR : atY(v)));
  const known = [...band.x.keys()].filter(
    (i) => Number.isFinite(atX(band.x[i]!)) && [band.low[i], band.high[i]].some(Number.isFinite),
  );
  const corner = (i: number, v: number) => `${atX(band.x[i]!).toFixed(1)} ${down(v).toFixed(1)}`;
  const area = [
    ...known.map((i) => corner(i, band.high[i]!)),
    ...known.toReversed().map((i) => corner(i, band.low[i]!)),
  ];
  const middle = known.filter((i) => Number.isFinite(band.middle[i]!));
  const colour = lookOf(place).stroke;
  const at = best === undefined ? -1 : firstFrom(band.x, best);
  return (
    <g class={faded(place)}>
      {known.length > 1 && <path class="area" d={`M${area.join("L")}Z`} fill={colour} />}
      <path class="middle" d={middle.map((i, n) => `${n ? "L" : "M"}${corner(i, band.middle[i]!)}`).join("")}
        {...lookOf(place)} />
      {middle.length <= 40 && middle.map((i) => (
        <circle key={i} cx={atX(band.x[i]!)} cy={down(band.middle[i]!)} r={2.4} fill={colour} />
      ))}
      {at >= 0 && Number.isFinite(band.middle[at]!) && (
        <circle class="best" cx={atX(best!)} cy={down(band.middle[at]!)} r={6} stroke={colour} />
      )}
    </g>
  ); // prettier-ignore
}

/** Triangles at the upper edge, the fuller the more lanes diverged there. */
function Lost({ line, frame, row, of }: { line: Line; frame: Frame; row: number; of: number }) {
  const shift = (row - (of - 1) / 2) * 9;
  return (
    <g class={faded(line.place)} fill={lookOf(line.place).stroke}>
      {line.lost?.map(({ x, count, of: all }) => {
        const left = frame.atX(x) + shift;
        return (
          <path key={x} d={`M${left - 4} ${TOP + 7}h8l-4 -7z`} stroke={lookOf(line.place).stroke}
            fill-opacity={count / all} />
        );
      })}
    </g>
  ); // prettier-ignore
}

function Said({ lines, frame, width, at, across }: DrawingProps & { at: number }) {
  const r = raceWords.value;
  const rows = lines.flatMap((line) => {
    const i = firstFrom(line.band.x, at);
    if (line.band.x[i] !== at) return [];
    return [{ line, i, lost: line.lost?.find((l) => l.x === at) }];
  });
  return (
    <div class="tooltip" style={{ ...beside(frame.atX(at), width), top: "30px" }}>
      <b>{across} {shortNumber(at)}</b>
      <table>
        <tbody>
          {rows.map(({ line: { place, name, band }, i, lost }) => (
            <tr key={place}>
              <td><Swatch place={place} /></td>
              <td class="name">{name}</td>
              <td class="number">{shortNumber(band.middle[i]!)}</td>
              <td>{shortNumber(band.low[i]!)} … {shortNumber(band.high[i]!)}</td>
              <td>{lost && `${lost.count} / ${lost.of} ${r.divergedShort}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ); // prettier-ignore
}

/** A stretch of an entrant's line. */
export function Swatch({ place }: { place: number }) {
  return (
    <svg class="swatch" width="26" height="10" aria-hidden="true">
      <line x1="1" x2="25" y1="5" y2="5" {...lookOf(place)} />
    </svg>
  );
}
