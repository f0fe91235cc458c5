import { describe, expect, it, test } from "vitest";
import { commandOf, quoted } from "../src/landscape/asked";
import { known, taken } from "../src/landscape/coarse";
import { COLOUR_MAPS, shadesOf } from "../src/landscape/colourmaps";
import { begun, grow } from "../src/landscape/computing";
import { linesOf, pixelsOf } from "../src/landscape/contours";
import { dropOf, lastOf, textOf, wayOf } from "../src/landscape/drops";
import { alongOf, spectrumOf, rowsOf } from "../src/landscape/facts";
import { groundOf, heightsBetween, levelsOf, mapsOf, picked, range } from "../src/landscape/ground";
import { doneOf, isAxis, landOf } from "../src/landscape/land";
import { landscapeWords } from "../src/landscape/landscape.words";
import { middleOf, slicesAt, valueAt } from "../src/landscape/slices";
import { coloursOf } from "../src/landscape/trails";
import { sceneOf } from "../src/play/model";
import type { Got, Tensor } from "../src/play/server";
import { Sheet } from "../src/play/sheet";
import type { Mesh } from "three";

const floats = (shape: number[], of: (i: number) => number): Tensor => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)),
});

/** x + 10 y over [0, 2] × [0, 1], x slowest. */
const [NX, NY] = [3, 2];
const plane = (value = (x: number, y: number) => x + 10 * y + 1, more: Partial<Got> = {}): Got => ({
  arrays: {
    axis0: floats([NX], (i) => i),
    axis1: floats([NY], (j) => j),
    map0: floats([NX, NY], (k) => value(Math.floor(k / NY), k % NY)),
    done: floats([NX, NY], () => 1),
    "path0/coordinates": floats([3, 2], (k) => [0, 0, 1, 0.5, 2, 1][k]!),
    "path0/distance": floats([3], (k) => k),
    "path0/loss": floats([3], (k) => 20 - k),
    ...more.arrays,
  },
  facts: {
    maps: ["train/loss"],
    paths: [{ label: "adam", explained: 0.5, farthest: 2 }],
    facts: { examples: { train: 9 }, range: [1, 13], holes: 0, directions: { kind: "random" } },
    ...more.facts,
  },
});
const ground = (got = plane(), log = false) => groundOf(landOf(got), "train/loss", log, []);

describe("a land", () => {
  it("has its axes, maps and paths", () => {
    const land = landOf(plane());
    expect(land.axes.map((axis) => axis.length)).toEqual([3, 2]);
    expect(doneOf(land)).toBe(6);
    expect(land.paths[0]!.label).toBe("adam");
    expect(land.paths[0]!.shown).toBeNull();
  });

  it("takes nothing that does not fit", () => {
    const wrong = landOf(plane(undefined, { arrays: { map0: floats([5], () => 1) } }));
    expect(mapsOf(wrong)).toEqual([]);
    const lost = landOf(plane(undefined, { arrays: { "path0/coordinates": floats([6], () => 1) } }));
    expect(lost.paths).toEqual([]);
    expect(landOf({ arrays: {}, facts: { maps: "x", paths: 3, facts: [] } }).maps.size).toBe(0);
  }); // prettier-ignore

  it("is drawn over axes alone that have two ends", () => {
    for (const axis of [[1], [1, 1], [0, NaN], [0, Infinity], []])
      expect(isAxis(Float64Array.from(axis))).toBe(false);
    expect(isAxis(Float64Array.of(1, -1))).toBe(true);
  });
});

describe("a ground", () => {
  it("lies as contours have it: y upward, x to the right", () => {
    expect([...ground().values.data]).toEqual([1, 2, 3, 11, 12, 13]);
  });

  it("is turned round where an axis falls", () => {
    const falling = plane(undefined, { arrays: { axis0: floats([3], (i) => 2 - i) } });
    expect([...ground(falling).values.data]).toEqual([3, 2, 1, 13, 12, 11]);
    expect(ground(falling).x).toEqual([0, 2]);
  });

  it("is thinned, both ends kept", () => {
    for (const n of [2, 3, 401, 402, 1234, 4_000_000]) {
      const found = picked(Float64Array.from({ length: n }, (_, i) => i));
      expect(found.length).toBeLessThanOrEqual(401);
      expect([found[0], found.at(-1)]).toEqual([0, n - 1]);
    }
  });

  it("is as high as its values or their logarithms, if they have some", () => {
    expect(ground(plane((x) => 10 ** x), true).heights.of(10)).toBeCloseTo(0.5, 12);
    expect(ground(plane((x) => 10 ** x), false).heights.of(10)).toBeCloseTo(1 / 11, 12);
    expect(ground(plane((x) => x - 1), true).log).toBe(false);
    const { of, valueAt } = heightsBetween(1e-3, 10, true);
    for (const v of [1e-3, 0.5, 10]) expect(valueAt(of(v))).toBeCloseTo(v, 12);
    expect(heightsBetween(3, 3, false).of(3)).toBeGreaterThan(0);
    expect(heightsBetween(NaN, NaN, true).of(1)).toBeGreaterThan(0);
  }); // prettier-ignore

  it("makes room for values beyond its own", () => {
    const { heights } = groundOf(landOf(plane()), "train/loss", false, [-11, NaN, Infinity, 25]);
    expect([heights.of(-11), heights.of(7), heights.of(25)]).toEqual([0, 0.5, 1]);
  });

  it("has levels that rise between its ends, and none where it is flat", () => {
    const levels = levelsOf(ground(), 4);
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(range(levels)[0]).toBeGreaterThan(1);
    expect(levelsOf(ground(plane(() => NaN)), 9)).toEqual([]);
    expect(levelsOf(ground(plane(() => 7)), 9)).toEqual([]);
  });

  it("knows the ratio of the eigenvalues, after all losses", () => {
    const both = plane(() => -2, {
      arrays: { map1: floats([NX, NY], () => 8), map2: floats([NX, NY], () => 1) },
      facts: { maps: ["eigenvalue/bottom", "eigenvalue/top", "train/loss"] },
    });
    const land = landOf(both);
    expect(mapsOf(land)).toEqual(["train/loss", "eigenvalue/bottom", "eigenvalue/top", "ratio"]);
    expect(groundOf(land, "ratio", false, []).values.data[0]).toBe(0.25);
  });
});

describe("holes", () => {
  const holed = plane((x, y) => (x === 1 && y === 0 ? NaN : x + 10 * y + 1));
  const sheet = new Sheet(ground(holed));

  it("have no triangle, no pixel and no line", () => {
    expect(sheet.triangles()).toEqual([2, 5, 4]);
    const skin = { colours: shadesOf("viridis"), ends: [0, 1] as [number, number], sun: 0 };
    const pixels = pixelsOf(sheet, skin, 30, 20);
    expect(pixels[4 * (19 * 30 + 15) + 3]).toBe(0); // below, in the middle
    expect(pixels[4 * (2 * 30 + 28) + 3]).toBe(255); // above, at the right
    const lines = linesOf(sheet, ground(holed), levelsOf(ground(holed), 10));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(Number.isFinite)).toBe(true);
  });

  it("have no value, though their neighbours have one", () => {
    expect(valueAt(ground(holed), [1, 0])).toBeNaN();
    expect(valueAt(ground(holed), [0.5, 0])).toBeNaN();
    expect(valueAt(ground(holed), [2, 0])).toBe(3);
    expect(valueAt(ground(holed), [0, 1])).toBe(11);
  });

  it("break paths", () => {
    const over = { shape: [2, 2], data: Float64Array.of(0, 0, 2, 0) };
    expect(sheet.draped(over, 1, 0)).toEqual([]);
  });
});

describe("what lies under a point", () => {
  it("is between its neighbours, and nothing beyond the ground", () => {
    expect(valueAt(ground(), [0.5, 0.5])).toBeCloseTo(6.5, 12);
    expect(valueAt(ground(), [2, 1])).toBe(13);
    expect(valueAt(ground(), [2.1, 1])).toBeNaN();
  });

  it("are two curves that meet there", () => {
    const [x, y] = slicesAt(ground(), [1, 0.5]);
    expect([...x.values]).toEqual([6, 7, 8]);
    expect([...y.values]).toEqual([2, 12]);
  });

  it("is the centre at first, where that is on the ground", () => {
    expect(middleOf(ground())).toEqual([0, 0]);
    const far = plane(undefined, { arrays: { axis0: floats([3], (i) => 5 + i) } });
    expect(middleOf(ground(far))).toEqual([6, 0]);
  });
});

describe("a ground that is computed", () => {
  it("is as the nearest known point", () => {
    const values = Float32Array.of(1, 0, 0, 0, 0, 9);
    const done = Uint8Array.of(1, 0, 0, 0, 0, 1);
    expect([...known(values, done, 2, 3)]).toEqual([1, 1, 9, 1, 9, 9]);
    expect([...known(values, new Uint8Array(6), 2, 3)].every(Number.isNaN)).toBe(true);
    values[5] = NaN;
    expect(known(values, done, 2, 3)[4]).toBeNaN();
  });

  it("grows by answers, and leaves out what lies beside it", () => {
    const first: Got = {
      arrays: {
        axis0: floats([2], (i) => i),
        axis1: floats([2], (i) => i),
        places: { shape: [2], data: Int32Array.of(0, 3) },
        values0: floats([2], (i) => i + 1),
      },
      facts: { maps: ["train/loss"] },
    };
    const growing = begun(first);
    grow(growing, first);
    expect(doneOf(growing.land)).toBe(2);
    expect([...growing.land.maps.get("train/loss")!]).toEqual([1, NaN, NaN, 2]);
    taken(growing.into, Int32Array.of(-1, 4, 1), [Float32Array.of(7, 7, 7)]);
    expect([...growing.into.done]).toEqual([1, 1, 0, 1]);
  });
});

describe("colours", () => {
  it("of maps are brighter the higher", () => {
    for (const name of COLOUR_MAPS) {
      const shades = shadesOf(name);
      expect(shades.length).toBe(3 * 256);
      const light = (i: number) =>
        0.2126 * shades[3 * i]! + 0.7152 * shades[3 * i + 1]! + 0.0722 * shades[3 * i + 2]!;
      for (let i = 16; i < 256; i += 16) expect(light(i)).toBeGreaterThan(light(i - 16));
    }
  });

  it("of paths are their rules', all different", () => {
    const found = coloursOf(["adam", "adam@1", "gd", "what"], undefined, false);
    expect(new Set(found).size).toBe(4);
    expect(coloursOf(["my run"], "adam", false)).toEqual([found[0]]);
  });
});

describe("figures", () => {
  const w = landscapeWords.value;
  const value = (name: string, got = plane()) =>
    Object.fromEntries(rowsOf(landOf(got), ground(got), w))[name];

  it("say what there is, and that nothing is known", () => {
    expect(value(w.directions)).toBe("random");
    expect(value(w.points)).toBe("3 × 2, 6 / 6");
    expect(value(w.holes)).toBe(w.noHoles);
    expect(value(w.curvature)).toBe(w.unknown);
    expect(value(`${w.path} adam`)).toBe(`50 % ${w.inPlane}, 2 ${w.away}`);
  });

  it("say the threshold, none, or that the state was lost", () => {
    const curvature = {
      top: [
        [3, 0.01],
        [2, 0],
      ],
      bottom: [[-1, 0]],
      trace: [9, 1],
    };
    const sharp = (sharpness: unknown) =>
      value(w.scaled, plane(undefined, { facts: { facts: { measured: { curvature: { ...curvature, sharpness } } } } })); // prettier-ignore
    expect(sharp({ value: [3, 0.01], threshold: 20 })).toBe(`3 ± 0.01; ${w.threshold}: 20`);
    expect(sharp({ value: [3, 0.01], threshold: null })).toContain(w.noThreshold);
    expect(sharp(null)).toBe(w.noState);
    const facts = { facts: { measured: { curvature } } };
    expect(value(w.largest, plane(undefined, { facts }))).toBe("3 ± 0.01; 2");
  });

  it("know how the eigenvalues are spread", () => {
    const density = { ends: [-1, 3], values: [0.1, 0, 0.9], small: 0.9 };
    const of = (curvature: unknown) => spectrumOf({ measured: { curvature } });
    const found = of({ top: [[3, 0.01], ["x"]], bottom: [[-1, 0], 7], density })!;
    expect(found).toEqual({ x: [-1, 1, 3], density: [0.1, 0, 0.9], found: [3, -1], small: 0.9 });
    const wild = { ends: [0, 1], values: [0.5, null, "x", 1e999], small: "x" };
    expect(of({ top: [[1e300, 0]], density: wild })).toMatchObject({
      density: [0.5, 0, 0, 0],
      found: [],
    });
    expect(of({ density: { ends: [-1e308, 1e308], values: [1, 2] } })).toBeNull();
    for (const odd of [
      null,
      {},
      { ends: [1, 1], values: [1, 2] },
      { ends: [0, 1], values: ["x", null] },
    ])
      expect(of({ density: odd })).toBeNull();
  });

  it("are read from anything", () => {
    const odd = [null, [], "x", 7, { measured: 3, directions: [], examples: null, range: "x" }];
    for (const facts of odd) {
      const land = landOf(plane(undefined, { facts: { facts } }));
      for (const [, text] of rowsOf(land, null, w)) expect(text.length).toBeLessThan(400);
    }
    const long = plane(undefined, { facts: { paths: [{ label: "<b>".repeat(9999) }] } });
    for (const [name] of rowsOf(landOf(long), null, w)) expect(name.length).toBeLessThan(100);
  });

  it("know the sharpness along a path, with a threshold at each step", () => {
    const along = { label: "adam", points: [[0, 5, 0.1, 20], [9, 7, null, null], ["x", 1], 3], threshold: null }; // prettier-ignore
    const found = alongOf({ measured: { curvature: { along } } })!;
    expect(found.steps).toEqual([0, 9]);
    expect(found.thresholds).toEqual([20, null]);
    expect(found.errors).toEqual([0.1, 0]);
    expect(alongOf({ measured: null })).toBeNull();
  });
});

describe("particles", () => {
  const drop = { x: 1, y: -2, rule: "adam", set: { lr: 0.1 }, batch: 32, steps: 9, mode: "free" as const }; // prettier-ignore

  it("come back from the address", () => {
    expect(dropOf(textOf(drop))).toEqual(drop);
    for (const text of ["", "{}", "null", "[]", '[1,2,"adam",3,4,"up",{}]', '[1,2,"a",3,4,"free",0]'])
      expect(dropOf(text)).toBeNull();
  }); // prettier-ignore

  it("end where they diverge", () => {
    const way = (died: unknown) =>
      wayOf({
        arrays: { coordinates: floats([5, 2], (i) => i), distance: floats([5], () => 0), loss: floats([5], () => 1) },
        facts: { died },
      })!; // prettier-ignore
    expect(lastOf(way(null))).toBe(4);
    expect(lastOf(way(2))).toBe(2);
    expect(wayOf({ arrays: {}, facts: {} })).toBeNull();
  });
});

test("the command that keeps a ground is one a shell takes", () => {
  expect(commandOf("runs/it's", { directions: "random", seed: "3" }, null)).toBe(
    "uzviz landscape 'runs/it'\\''s' --directions random --size 51 --seed 3",
  );
  expect(quoted("runs/a_b-1.0")).toBe("runs/a_b-1.0");
});

test("a model holds the surface and its paths", () => {
  const relief = ground();
  const skin = { colours: shadesOf("grey"), ends: [0, 1] as [number, number], sun: 90 };
  const { coordinates: w } = landOf(plane()).paths[0]!;
  const tracks = [{ w, upTo: 2, colour: "#123456", faded: false }];
  const scene = sceneOf({ relief, levels: [], crosses: [], tracks, look: null!, skin });
  expect(scene.children.map(({ name }) => name)).toEqual(["ground", "path 0"]);
  const [mesh] = scene.children as Mesh[];
  expect(mesh!.geometry.attributes["position"]!.count).toBe(6);
  expect(mesh!.geometry.index!.count).toBe(12);
});
