/** A chart as pixels: those on the screen, with the title and the legend of its SVG. */

import { layout, type Drawing } from "./svg";

/** The room that a drawing leaves above the chart, for the title. */
const TOP = 24;

/** `shown` is the canvas on the screen, which lies where the frame of the drawing says. */
export function png(shown: HTMLCanvasElement, drawing: Drawing): Promise<Blob | null> {
  const { title, legend, width, height } = layout(drawing);
  const ratio = shown.width / shown.clientWidth;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d")!;
  pen.scale(ratio, ratio);
  pen.fillStyle = drawing.paper;
  pen.fillRect(0, 0, width, height);
  pen.drawImage(shown, 0, TOP, shown.clientWidth, shown.clientHeight);
  pen.font = "12px system-ui, sans-serif";
  const write = ({ x, y, text }: { x: number; y: number; text: string }) => {
    pen.fillStyle = drawing.ink;
    pen.fillText(text, x, y);
  };
  write(title);
  for (const { colour, square, name } of legend) {
    pen.fillStyle = colour;
    pen.fillRect(square.x, square.y, square.size, square.size);
    write(name);
  }
  return new Promise((done) => canvas.toBlob(done));
}
