/** Colour maps that the colour-blind read too: each is brighter the higher. */

/** After Smith and van der Walt (viridis) and Nuñez, Anderton and Renslow (cividis), at even steps. */
const STOPS = {
  viridis: ["440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725"],
  cividis: ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"],
  grey: ["262626", "f2f2f2"],
} as const; // prettier-ignore

export type ColourMap = keyof typeof STOPS;
export const COLOUR_MAPS = Object.keys(STOPS) as ColourMap[];

/** Colours told apart. */
const SHADES = 256;

const kept = new Map<ColourMap, Uint8Array>();

/** Red, green and blue of heights from 0 to 1 in 256 even steps. */
export function shadesOf(name: ColourMap): Uint8Array {
  const found = kept.get(name) ?? made(STOPS[name]);
  kept.set(name, found);
  return found;
}

function made(stops: readonly string[]): Uint8Array {
  const parts = stops.map((stop) => [0, 2, 4].map((k) => parseInt(stop.slice(k, k + 2), 16)));
  const shades = new Uint8Array(3 * SHADES);
  for (let i = 0; i < SHADES; i++) {
    const at = (i / (SHADES - 1)) * (parts.length - 1);
    const low = Math.min(parts.length - 2, Math.floor(at));
    for (let k = 0; k < 3; k++) {
      const [from, to] = [parts[low]![k]!, parts[low + 1]![k]!];
      shades[3 * i + k] = Math.round(from + (at - low) * (to - from));
    }
  }
  return shades;
}
