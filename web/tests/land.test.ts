import { geoArea, geoContains } from "d3-geo";
import { describe, expect, it } from "vitest";
import { CITIES, LAND } from "../src/play/land";

describe("the hand-drawn Earth", () => {
  const polygons = LAND.map((ring) => ({ type: "Polygon" as const, coordinates: [ring] }));

  it("has rings that enclose land, and not all the rest of the globe", () => {
    for (const polygon of polygons) expect(geoArea(polygon)).toBeLessThan(Math.PI);
  });

  it("is about as much land as there is", () => {
    const share = polygons.map(geoArea).reduce((a, b) => a + b) / (4 * Math.PI);
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.33);
  });

  it("has inland cities on it", () => {
    for (const { at, en } of CITIES.filter((c) => ["Kyiv", "Delhi", "Nairobi"].includes(c.en))) {
      expect(polygons.some((p) => geoContains(p, at)), en).toBe(true); // prettier-ignore
    }
  });
});
