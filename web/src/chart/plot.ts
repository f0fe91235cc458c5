/** uPlot as our frame: axes, grid, zoom and cursor are its own, curves are painted by us. */

import uPlot from "uplot";
import { nearest } from "../display";
import { duration, shortNumber } from "../numbers";
import type { Axis } from "../settings";
import { logTicks } from "../ticks";
import type { BandOf, Curve } from "./curves";
import { MANY, rastered } from "./dense";
import { numberOf } from "./range";
import { paint, paintMarks, type Frame } from "./paint";
import type { Ticks } from "./svg";

export interface Shown {
  curves: Curve[];
  bands: BandOf[];
  axis: Axis;
  logX: boolean;
  logY: boolean;
  x: [number, number];
  y: [number, number];
  smoothing: number;
  language: "en" | "uk";
}

/** A curve's point under the cursor. */
export interface Hovered {
  curve: Curve;
  index: number;
  /** Pixels of the page from the plot's corner. */
  left: number;
  top: number;
  distance: number;
}

export interface Hover {
  x: number;
  left: number;
  top: number;
  found: Hovered[];
}

export interface Hearing {
  hover: (at: Hover | null) => void;
  zoom: (x: [number, number], y: [number, number]) => void;
  fit: () => void;
}

export class Plot {
  private readonly u: uPlot;
  private shown: Shown;
  private readonly ticks: { x: Ticks; y: Ticks } = {
    x: { at: [], labels: [] },
    y: { at: [], labels: [] },
  };
  private readonly observer: ResizeObserver;
  private readonly hearing: Hearing;
  /** On which many curves are put together. */
  private readonly layer = document.createElement("canvas");
  private readonly pale = document.createElement("canvas");
  private paleKey = "";

  constructor(home: HTMLElement, shown: Shown, hearing: Hearing) {
    this.shown = shown;
    this.hearing = hearing;
    this.u = this.made(home, shown);
    this.observer = new ResizeObserver(() => this.resize(home));
    this.observer.observe(home);
    home.querySelector(".u-over")!.addEventListener("dblclick", () => hearing.fit());
  }

  destroy(): void {
    this.observer.disconnect();
    this.u.destroy();
  }

  /** Show something else; true if it could be, else another plot must be made. */
  show(shown: Shown): boolean {
    const before = this.shown;
    const same = (["axis", "logX", "logY", "language"] as const).every(
      (k) => before[k] === shown[k],
    );
    if (!same) return false;
    this.shown = shown;
    this.u.setData(this.corners());
    return true;
  }

  /** Take on the colours of the page. */
  redraw(): void {
    this.u.redraw(false, true);
  }

  get canvas(): HTMLCanvasElement {
    return this.u.ctx.canvas;
  }

  /** Frame and ticks in pixels of the page, for SVG. */
  drawing(): { frame: Frame; x: Ticks; y: Ticks } {
    const { left, top, width, height } = this.u.over.getBoundingClientRect();
    const home = this.u.root.getBoundingClientRect();
    const at = { left: left - home.left, top: top - home.top + 24, width, height, ratio: 1 };
    return { frame: { ...this.frame(), ...at }, ...this.ticks };
  }

  /** Move the cursor by so many pixels, from the middle at first. */
  move(by: number): void {
    const width = this.u.over.clientWidth;
    const at = this.u.cursor.left ?? -1;
    const left = Math.max(0, Math.min(width, (at < 0 ? width / 2 : at) + by));
    this.u.setCursor({ left, top: this.u.over.clientHeight / 2 });
  }

  /** Zoom along x about the middle, or the cursor. */
  magnify(by: number): void {
    const { x, y, logX } = this.shown;
    const at = this.u.cursor.left ?? -1;
    const width = this.u.over.clientWidth;
    const share = at < 0 ? 0.5 : at / width;
    const of = logX ? Math.log : (v: number) => v;
    const back = logX ? Math.exp : (v: number) => v;
    const size = (of(x[1]) - of(x[0])) / by;
    const low = of(x[0]) + share * (of(x[1]) - of(x[0]) - size);
    this.hearing.zoom([back(low), back(low + size)], y);
  }

  private made(home: HTMLElement, shown: Shown): uPlot {
    const ink = () => getComputedStyle(home).color;
    const faint = () => getComputedStyle(home).getPropertyValue("--line").trim() || "#8884";
    const axis = { stroke: ink, grid: { stroke: faint, width: 1 }, ticks: { show: false } };
    const font = "11.5px system-ui, sans-serif";
    const kept =
      (name: "x" | "y", format: (v: number[]) => string[]) => (_: uPlot, at: number[]) => {
        const labels = format(at);
        this.ticks[name] = { at, labels };
        return labels;
      };
    return new uPlot(
      {
        width: Math.max(80, home.clientWidth),
        height: Math.max(80, home.clientHeight),
        legend: { show: false },
        padding: [8, 12, 0, 0],
        scales: {
          x: { time: false, distr: shown.logX ? 3 : 1, range: () => this.shown.x },
          y: { distr: shown.logY ? 3 : 1, range: () => this.shown.y },
        },
        series: [{}, { paths: () => null, points: { show: false } }],
        axes: [
          {
            ...axis,
            font,
            size: 26,
            gap: 3,
            space: shown.axis === "wall" ? 80 : 56,
            incrs: shown.axis === "epoch" ? EVEN : IS_TIME.has(shown.axis) ? SECONDS : WHOLE,
            ...(shown.logX ? { splits: powers, filter: all } : {}),
            values: kept("x", (at) => xLabels(at, shown)),
          },
          {
            ...axis,
            font,
            gap: 4,
            size: (_, values) => 14 + Math.max(26, ...(values ?? []).map((v) => 6.6 * v.length)),
            space: 30,
            ...(shown.logY ? { splits: powers, filter: all } : {}),
            values: kept("y", (at) => at.map((v) => (v === null ? "" : shortNumber(v)))),
          },
        ],
        cursor: {
          drag: { x: true, y: true, uni: 30, setScale: false },
          points: { show: false },
        },
        hooks: {
          draw: [() => this.paint()],
          setCursor: [() => this.hovered()],
          setSelect: [() => this.selected()],
        },
      },
      this.corners(),
      home,
    );
  }

  private corners(): uPlot.AlignedData {
    return [this.shown.x, this.shown.y];
  }

  private resize(home: HTMLElement): void {
    const [width, height] = [home.clientWidth, home.clientHeight];
    if (width && height && (width !== this.u.width || height !== this.u.height)) {
      this.u.setSize({ width, height });
    }
  }

  private frame(): Frame {
    const { left, top, width, height } = this.u.bbox;
    const { x, y, logX, logY } = this.shown;
    return { left, top, width, height, x, y, logX, logY, ratio: uPlot.pxRatio };
  }

  private paint(): void {
    const { ctx } = this.u;
    const frame = this.frame();
    ctx.save();
    ctx.beginPath();
    ctx.rect(frame.left, frame.top, frame.width, frame.height);
    ctx.clip();
    ctx.lineJoin = "round";
    const { curves, bands } = this.shown;
    if (curves.length > MANY && !bands.length) {
      this.paintMany(frame);
      paintMarks(ctx, frame, curves);
    } else {
      paint(ctx, frame, curves, bands, true);
    }
    ctx.restore();
  }

  /** Values as they are pale behind smoothed ones, as with few curves; they are kept, since smoothing
   * changes nothing of them. */
  private paintMany(frame: Frame): void {
    const { ctx } = this.u;
    const { curves } = this.shown;
    const [left, top] = [Math.round(frame.left), Math.round(frame.top)];
    if (this.shown.smoothing > 0) {
      const key = [
        ...Object.values(frame),
        ...curves.flatMap((c) => [numberOf(c.x), numberOf(c.y), c.colour]),
      ].join();
      if (key !== this.paleKey) fill(this.pale, frame, rastered(frame, curves, raw));
      this.paleKey = key;
      ctx.globalAlpha = 0.22;
      ctx.drawImage(this.pale, left, top);
      ctx.globalAlpha = 1;
    }
    fill(this.layer, frame, rastered(frame, curves, smoothed));
    ctx.drawImage(this.layer, left, top);
  }

  private selected(): void {
    const { left, top, width, height } = this.u.select;
    if (width < 3 && height < 3) return;
    const { x, y } = this.shown;
    const at = (value: number, name: string) => this.u.posToVal(value, name);
    this.u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.hearing.zoom(
      width < 3 ? x : [at(left, "x"), at(left + width, "x")],
      height < 3 || height >= this.u.over.clientHeight - 1
        ? y
        : [at(top + height, "y"), at(top, "y")],
    );
  }

  private hovered(): void {
    const { left = -1, top = -1 } = this.u.cursor;
    if (left < 0 || top < 0) return this.hearing.hover(null);
    const x = this.u.posToVal(left, "x");
    const found: Hovered[] = [];
    const { offsetLeft, offsetTop } = this.u.over;
    const [low, high] = this.shown.x;
    for (const curve of this.shown.bands.length ? [] : this.shown.curves) {
      const index = nearest(curve.x, x);
      const place = curve.x[index];
      if (place === undefined || place < low || place > high) continue;
      const right = this.u.valToPos(place, "x");
      const value = curve.smooth[index]!;
      const down = Number.isFinite(value) ? this.u.valToPos(value, "y") : NaN;
      const distance = Math.abs((Number.isFinite(down) ? down : 1e6) - top);
      found.push({ curve, index, left: right + offsetLeft, top: down + offsetTop, distance });
    }
    this.hearing.hover({ x, left: left + offsetLeft, top: top + offsetTop, found });
  }
}

/** Where a logarithmic axis has its ticks. */
const powers = (_: uPlot, __: number, low: number, high: number) => logTicks(low, high);

const all = (_: uPlot, splits: number[]) => splits;

/** 1, 2 and 5 times powers of ten. */
const round = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    [1, 2, 5].map((n) => Number(`${n}e${from + i}`)),
  ).flat();
const EVEN = round(-12, 19);
/** Steps, gradients and examples are whole. */
const WHOLE = round(0, 19);
const IS_TIME = new Set<Axis>(["wall", "relative"]);

const raw = (curve: Curve) => curve.y;
const smoothed = (curve: Curve) => curve.smoothForNow();

function fill(layer: HTMLCanvasElement, frame: Frame, pixels: Uint32Array<ArrayBuffer>): void {
  const [width, height] = [Math.round(frame.width), Math.round(frame.height)];
  layer.width = width;
  layer.height = height;
  const bytes = new Uint8ClampedArray(pixels.buffer);
  layer.getContext("2d")!.putImageData(new ImageData(bytes, width, height), 0, 0);
}

const SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600,
  1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 864000, 2592000, 7776000,
  31536000,
];

function xLabels(at: number[], shown: Shown): string[] {
  const span = shown.x[1] - shown.x[0];
  if (shown.axis === "relative")
    return at.map((v) => (v === null ? "" : v ? duration(v, shown.language) : "0"));
  if (shown.axis === "wall")
    return at.map((v) => (v === null ? "" : clock(v, span, shown.language)));
  return at.map((v) => (v === null ? "" : thousands(v)));
}

function clock(seconds: number, span: number, language: string): string {
  const day = { day: "numeric", month: "short" } as const;
  const hour = { hour: "2-digit", minute: "2-digit" } as const;
  const form = span > 2 * 86400 ? day : span > 300 ? hour : { ...hour, second: "2-digit" as const };
  return new Intl.DateTimeFormat(language, { ...form, hour12: false }).format(1000 * seconds);
}

/** Steps are whole: 1500, 20k, 3M. */
function thousands(v: number): string {
  const size = Math.abs(v);
  if (size >= 1e9 || size < 1000) return shortNumber(v);
  if (size >= 1e6) return `${shortNumber(v / 1e6)}M`;
  return size >= 1e4 ? `${shortNumber(v / 1e3)}k` : shortNumber(v);
}
