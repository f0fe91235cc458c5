/** The network playground: points out of files, and where units and weights lie. */

import { describe, expect, test } from "vitest";
import { pointsOf } from "../src/play/scenes/network.csv";
import { along, layoutOf, offsetsOf, under } from "../src/play/scenes/network.layout";

const rows = (line: (i: number) => string, count = 12) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

describe("points of one's own", () => {
  test("are read with or without a header, whatever parts them", () => {
    const plain = pointsOf(rows((i) => `${i},${5 - i},${i % 2}`));
    expect(plain).toEqual({
      rows: Array.from({ length: 12 }, (_, i) => [i, 5 - i, i % 2]),
      labels: ["0", "1"],
    });
    expect(pointsOf(`\ufeffx, y, class\r\n${rows((i) => `${i}, ${5 - i} ,${i % 2}`)}\r\n\r\n`)).toEqual(plain);
    expect(pointsOf(rows((i) => `${i}\t${5 - i}\t${i % 2}`))).toEqual(plain);
  }); // prettier-ignore

  test("have two words for labels, in their order, and decimal commas beside semicolons", () => {
    const found = pointsOf(rows((i) => `${i},5;"0,123456789";${i % 2 ? "кіт" : "пес"}`));
    expect(found).toMatchObject({ labels: ["кіт", "пес"] });
    expect("rows" in found && found.rows.slice(0, 2)).toEqual([
      [0.5, 0.1234568, 1],
      [1.5, 0.1234568, 0],
    ]);
  });

  test.each([
    ["", "csv-empty", 0],
    ["1,2\n", "csv-columns", 1],
    [`x,y,label\n${rows((i) => `${i},1,${i % 2}`)}\n1,2,3,4`, "csv-columns", 14],
    [`${rows((i) => `${i},1,${i % 2}`)}\n\nabc,2,1`, "csv-number", 14],
    [`${rows((i) => `${i},1,${i % 2}`)}\n,2,1`, "csv-number", 13],
    [rows((i) => `${i},1,${i % 2}`, 301), "csv-many", 301],
    [rows((i) => `${i},1,${i % 2}`, 11), "csv-few", 11],
    [rows((i) => `${i},1,${i % 3}`), "csv-labels", 3],
    [rows((i) => `${i},1,a`), "csv-labels", 1],
  ])("that are none are refused: %#", (text, wrong, at) => {
    expect(pointsOf(text)).toEqual({ wrong, at });
  });
});

describe("the diagram", () => {
  test.each([700, 350])("has all units inside, apart from one another, %s pixels wide", (width) => {
    const { columns } = layoutOf([7, 8, 8, 8, 8, 8, 8, 1], width, 400);
    for (const boxes of columns) {
      for (const [i, { x, y, size }] of boxes.entries()) {
        expect(x - size / 2).toBeGreaterThan(0);
        expect(x + size / 2).toBeLessThan(width);
        expect(y - size / 2).toBeGreaterThan(0);
        expect(y + size / 2).toBeLessThanOrEqual(400);
        if (i) expect(y - boxes[i - 1]!.y).toBeGreaterThanOrEqual(size);
      }
    }
  });

  test("finds units and weights under a place", () => {
    const layout = layoutOf([7, 3, 1], 600, 350);
    const used = [1, 4];
    const unit = layout.columns[1]![2]!;
    expect(under(layout, used, unit.x + 3, unit.y - 3)).toEqual({ column: 1, index: 2 });
    const [x, y] = along(layout.columns[0]![4]!, unit, 0.5);
    expect(under(layout, used, x, y)).toEqual({ column: 1, index: 2, from: 1 });
    expect(under(layout, used, 599, 349)).toBeNull();
    const [x0, y0] = along(layout.columns[0]![4]!, unit, 0);
    expect([x0, y0]).toEqual([layout.columns[0]![4]!.x + unit.size / 2, layout.columns[0]![4]!.y]);
  });

  test("knows where weights and biases begin", () => {
    expect(offsetsOf([2, 4, 1])).toEqual([
      { weights: 0, biases: 8 },
      { weights: 12, biases: 16 },
    ]);
  });
});
