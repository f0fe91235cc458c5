import { expect, test } from "vitest";
import { address, decoded } from "../src/server";

function bytes(header: object, columns: ArrayBufferView[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const size = columns.reduce((n, c) => n + Math.ceil(c.byteLength / 8) * 8, start);
  const made = new Uint8Array(size).fill(32);
  new DataView(made.buffer).setUint32(0, start - 4, true);
  made.set(text, 4);
  let at = start;
  for (const c of columns) {
    made.set(new Uint8Array(c.buffer, c.byteOffset, c.byteLength), at);
    at += Math.ceil(c.byteLength / 8) * 8;
  }
  return made.buffer;
}

test("columns come out of bytes, and equal ones are one", () => {
  const step = new Float64Array([0, 1, 2 ** 40]);
  const value = new Float32Array([1.5, NaN, -Infinity]);
  const series = {
    run: 3, tag: 4, generation: 1, total: 3, origin: 0, first: 0, whole: true,
    step: 0, wall: 0, value: 1, axis: null, smoothed: null,
  }; // prettier-ignore
  const columns = [
    { type: "f8", offset: 0, length: 3 },
    { type: "f4", offset: 24, length: 3 },
  ];
  const [one] = decoded(bytes({ columns, series: [series] }, [step, value]));
  expect(one!.series.run).toBe(3);
  expect([...one!.step]).toEqual([0, 1, 2 ** 40]);
  expect(one!.wall).toBe(one!.step);
  expect([...one!.value]).toEqual([1.5, NaN, -Infinity]);
  expect(one!.axis).toBeNull();
});

test("addresses are relative and hold lists", () => {
  expect(address("scalars", { runs: [1, 2], axis: undefined, from: 0.5 })).toBe(
    "api/scalars?runs=1,2&from=0.5",
  );
});
