/** A pen that writes SVG, and a whole chart in it. */

import type { BandOf, Curve } from "./curves";
import { paint, scale, type Frame, type Pen } from "./paint";

class SvgPen implements Pen {
  strokeStyle: string | CanvasGradient | CanvasPattern = "#000";
  fillStyle: string | CanvasGradient | CanvasPattern = "#000";
  lineWidth = 1;
  globalAlpha = 1;
  readonly elements: string[] = [];
  private path: string[] = [];

  beginPath(): void {
    this.path = [];
  }
  moveTo(x: number, y: number): void {
    this.path.push(`M${short(x)} ${short(y)}`);
  }
  lineTo(x: number, y: number): void {
    this.path.push(`L${short(x)} ${short(y)}`);
  }
  closePath(): void {
    this.path.push("Z");
  }
  stroke(): void {
    this.element(
      `fill="none" stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}"`,
    );
  }
  fill(): void {
    this.element(`fill="${this.fillStyle}"`);
  }
  private element(look: string): void {
    if (!this.path.length) return;
    const pale = this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : "";
    this.elements.push(`<path d="${this.path.join("")}" ${look}${pale}/>`);
  }
}

const short = (v: number) => String(Math.round(v * 100) / 100);

export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (c) => names[c]!);
}

/** Ticks of an axis: where, and what is written there. */
export interface Ticks {
  at: number[];
  labels: string[];
}

export interface Drawing {
  title: string;
  frame: Frame;
  curves: Curve[];
  bands: BandOf[];
  x: Ticks;
  y: Ticks;
  ink: string;
  paper: string;
}

const MOST_NAMES = 12;
const LINE = 16;
/** Pixels of a letter, about. */
const LETTER = 6.6;

/** As much of a name's end as there is room for: there runs differ. */
function fitting(name: string, width: number): string {
  const most = Math.max(4, Math.floor(width / LETTER));
  return name.length > most ? `…${name.slice(1 - most)}` : name;
}

/** Where a file's texts beside the axes stand, and how large it is. */
export function layout({ title, frame, curves, bands }: Drawing) {
  const { left, top } = frame;
  const bottom = top + frame.height;
  const named = (bands.length ? bands : curves).slice(0, MOST_NAMES);
  return {
    title: { x: left, y: top - 10, text: title },
    legend: named.map(({ name, colour }, i) => ({
      colour,
      square: { x: left, y: bottom + 30 + LINE * i, size: 10 },
      name: { x: left + 16, y: bottom + 39 + LINE * i, text: fitting(name, frame.width) },
    })),
    width: left + frame.width + 20,
    height: bottom + 36 + LINE * named.length,
  };
}

/** A chart as an SVG file, with its title and a legend. */
export function svg(drawing: Drawing): string {
  const { frame, curves, bands, x, y, ink, paper } = drawing;
  const { title, legend, width: w, height: h } = layout(drawing);
  const pen = new SvgPen();
  paint(pen, frame, curves, bands, true);
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const atX = scale(frame.x, frame.logX, left, width);
  const atY = scale(frame.y, frame.logY, bottom, -height);
  const lines = [
    ...x.at.map((v) => `M${short(atX(v))} ${top}V${bottom}`),
    ...y.at.map((v) => `M${left} ${short(atY(v))}H${left + width}`),
  ];
  const texts = [
    ...x.at.map((v, i) => label(atX(v), bottom + 16, "middle", x.labels[i] ?? "")),
    ...y.at.map((v, i) => label(left - 6, atY(v) + 4, "end", y.labels[i] ?? "")),
    label(title.x, title.y, "start", title.text),
    ...legend.map(
      ({ colour, square: { x, y, size }, name }) =>
        `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="${colour}"/>` +
        label(name.x, name.y, "start", name.text),
    ),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="${ink}">` +
    `<rect width="100%" height="100%" fill="${paper}"/>` +
    `<path d="${lines.join("")}" stroke="${ink}" stroke-opacity=".15" fill="none"/>` +
    `<clipPath id="frame"><rect x="${left}" y="${top}" width="${width}" height="${height}"/></clipPath>` +
    `<g clip-path="url(#frame)">${pen.elements.join("")}</g>${texts.join("")}</svg>`
  );
}

function label(x: number, y: number, anchor: string, text: string): string {
  return text
    ? `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}">${escaped(text)}</text>`
    : "";
}
