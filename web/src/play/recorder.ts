/** Pictures and films of a scene, made of all its canvases as they lie on the page. */

import { GIFEncoder, applyPalette, quantize } from "gifenc";
import { saveBlob } from "../parts/downloads";
import { clock } from "./clock";

/** Pixels of a film's longer side, frames a second, and frames at most. */
const LARGEST = 900;
const PER_SECOND = 20;
const MOST_FRAMES = 400;

/** All pictures of an element on one canvas, `scale` times as large. */
function composed(home: HTMLElement, scale: number): HTMLCanvasElement {
  const canvases = [...home.querySelectorAll("canvas")].filter((c) => c.width && c.clientWidth);
  const boxes = canvases.map((c) => c.getBoundingClientRect());
  const left = Math.min(...boxes.map((b) => b.left)) - 8;
  const top = Math.min(...boxes.map((b) => b.top)) - 8;
  const width = Math.max(...boxes.map((b) => b.right)) + 8 - left;
  const height = Math.max(...boxes.map((b) => b.bottom)) + 8 - top;
  const whole = document.createElement("canvas");
  whole.width = Math.max(1, Math.round(width * scale));
  whole.height = Math.max(1, Math.round(height * scale));
  const pen = whole.getContext("2d", { willReadFrequently: true })!;
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
  pen.fillRect(0, 0, whole.width, whole.height);
  pen.scale(scale, scale);
  for (const [i, canvas] of canvases.entries()) {
    const { left: x, top: y, width: w, height: h } = boxes[i]!;
    pen.drawImage(canvas, x - left, y - top, w, h);
  }
  return whole;
}

export function savePicture(home: HTMLElement, name: string): void {
  composed(home, devicePixelRatio || 1).toBlob((blob) => blob && saveBlob(blob, `${name}.png`));
}

/**
 * Play the scene from its start and save what is seen as a GIF; until it ends, is paused, or is long enough.
 */
export async function saveFilm(home: HTMLElement, name: string): Promise<void> {
  const { width, height } = home.getBoundingClientRect();
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  const gif = GIFEncoder();
  clock.peek()?.to(0);
  clock.peek()?.play();
  let size: [number, number] | null = null;
  for (let n = 0; n < MOST_FRAMES; n++) {
    await new Promise((done) => setTimeout(done, 1000 / PER_SECOND));
    const canvas = composed(home, scale);
    size ??= [canvas.width, canvas.height];
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, ...size);
    const palette = quantize(data, 128);
    gif.writeFrame(applyPalette(data, palette), ...size, { palette, delay: 1000 / PER_SECOND });
    if (!clock.peek()?.playing) break;
  }
  gif.finish();
  saveBlob(new Blob([new Uint8Array(gif.bytes())], { type: "image/gif" }), `${name}.gif`);
}
