/** The rules' colours: each of ten its own, as far apart as the palette lets ten be; the others' near by differ. */

import { expect, test } from "vitest";
import { category } from "../src/colours";
import { RULES, ruleColour, rules, ruleWord } from "../src/play/rules";

/** A colour in Oklab, where distances are those that are seen. */
function seen(hex: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const part = parseInt(hex.slice(i, i + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How far apart the two of these colours are that are nearest, in light and in dark. */
function nearest(colours: (dark: boolean) => string[]): number {
  const apart = [false, true].flatMap((dark) => {
    const all = colours(dark).map(seen);
    return all.flatMap((a, i) =>
      all.slice(0, i).map((b) => Math.hypot(...a.map((v, k) => v - b[k]!))),
    );
  });
  return Math.min(...apart);
}

/** Those of the lecture, and their nearest relatives. */
const TEN = [
  "gd", "momentum", "nesterov", "sam", "adagrad", "rmsprop", "adam-uncorrected", "adam", "amsgrad", "adamw",
]; // prettier-ignore

const PALETTE = Array.from({ length: 12 }, (_, i) => i);

test("any other ten colours of the palette have two that are nearer", () => {
  const ours = nearest((dark) => TEN.map((name) => ruleColour(name, dark)));
  for (const i of PALETTE) {
    for (const j of PALETTE.slice(i + 1)) {
      const rest = PALETTE.filter((k) => k !== i && k !== j);
      expect(nearest((dark) => rest.map((k) => category(k, dark)))).toBeLessThanOrEqual(ours);
    }
  }
});

test("each of the ten rules has a colour of its own, which an unknown one shares with none", () => {
  for (const dark of [false, true]) {
    const colours = [...TEN, "own"].map((name) => ruleColour(name, dark));
    expect(new Set(colours).size).toBe(11);
  }
});

test("no rule has the colour of one of the three before it", () => {
  RULES.forEach((name, i) => {
    const before = RULES.slice(Math.max(0, i - 3), i).map((other) => ruleColour(other, false));
    expect(before).not.toContain(ruleColour(name, false));
  });
});

test("each has a name in both languages; an unknown one keeps its own", () => {
  for (const words of Object.values(rules))
    expect(Object.keys(words).sort()).toEqual([...RULES].sort());
  expect(ruleWord("adam-uncorrected")).toBe("Adam without correction");
  expect(ruleWord("own")).toBe("own");
});
