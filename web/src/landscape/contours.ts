/** The ground from above: each pixel in its height's colour, a hole in none, and the lines of equal height. */

import { isolines } from "../play/isolines";
import { Sheet } from "../play/sheet";
import { shadeOf, type Skin } from "../play/skin";
import type { Ground } from "./ground";

/** A picture's pixels, the first row on top: red, green, blue and how much of them. */
export function pixelsOf(sheet: Sheet, skin: Skin, width: number, height: number) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let py = 0, at = 0; py < height; py++) {
    const v = (1 - (py + 0.5) / height) * (sheet.rows - 1);
    for (let px = 0; px < width; px++, at += 4) {
      const high = sheet.heightAt(((px + 0.5) / width) * (sheet.columns - 1), v);
      if (Number.isNaN(high)) continue;
      const from = 3 * shadeOf(skin, high);
      for (let k = 0; k < 3; k++) pixels[at + k] = skin.colours[from + k]!;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** Pieces of lines of equal height in shares of the picture from its upper left: x, y, x, y of each. */
export function linesOf(sheet: Sheet, ground: Ground, levels: readonly number[]): Float32Array {
  const pieces = isolines(sheet, levels.map(ground.heights.of)); // prettier-ignore
  const found = new Float32Array((pieces.length / 3) * 2);
  for (let k = 0, at = 0; k < pieces.length; k += 3) {
    found[at++] = pieces[k]! / (sheet.columns - 1);
    found[at++] = 1 - pieces[k + 1]! / (sheet.rows - 1);
  }
  return found;
}
