/** Parts of a scene that are asked for together. */

import { beforeEach, expect, test, vi } from "vitest";
import { awaited } from "../src/play/paintings";
import { frame } from "../src/play/server";
import { Refusal } from "../src/server";

/** A header with its length before it, then bytes, all of it a multiple of eight. */
function packed(header: object, behind: Uint8Array[] = []): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const made = new Uint8Array(start + behind.reduce((n, b) => n + b.length, 0)).fill(32);
  new DataView(made.buffer).setUint32(0, start - 4, true);
  made.set(text, 4);
  let at = start;
  for (const bytes of behind) {
    made.set(bytes, at);
    at += bytes.length;
  }
  return made;
}

const numbers = (...x: number[]) => {
  const array = { type: "f8", offset: 0, shape: [x.length] };
  return packed({ arrays: { x: array }, facts: { n: x.length } }, [
    new Uint8Array(new Float64Array(x).buffer),
  ]);
};

let asked: URL[] = [];
const refused = new Set<string>();

beforeEach(() => {
  asked = [];
  refused.clear();
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  vi.stubGlobal("fetch", (address: string) => {
    const url = new URL(address, "http://here/");
    asked.push(url);
    const parts = Object.keys(JSON.parse(url.searchParams.get("parts")!) as object);
    const frames = parts.map((part) => (refused.has(part) ? part : numbers(part.length, 7)));
    const header = frames.map((f) => (typeof f === "string" ? { refused: `no ${f}` } : { size: f.length })); // prettier-ignore
    const all = frames.filter((f) => typeof f !== "string");
    return Promise.resolve(new Response(packed({ frames: header }, all).buffer as ArrayBuffer));
  });
});

const said = (url: URL, name: string) => JSON.parse(url.searchParams.get(name)!) as unknown;

test("parts of a scene that are asked for at once are one question", async () => {
  const both = Promise.all([
    frame("s", "one", { a: 1, b: 2 }, 0, 0),
    frame("s", "three", { b: 2, c: 3 }, 5, 9),
  ]);
  expect(awaited.count).toBe(1);
  const [one, three] = await both;
  expect(asked.length).toBe(1);
  expect(said(asked[0]!, "parts")).toEqual({ one: [0, 0], three: [5, 9] });
  expect(said(asked[0]!, "settings")).toEqual({ a: 1, b: 2, c: 3 });
  expect([...one.arrays["x"]!.data]).toEqual([3, 7]);
  expect([...three.arrays["x"]!.data]).toEqual([5, 7]);
  expect(awaited.count).toBe(0);
});

test("what is refused is refused alone", async () => {
  refused.add("one");
  const [one, three] = await Promise.allSettled([
    frame("s", "one", {}, 0, 0),
    frame("s", "three", {}, 0, 0),
  ]);
  expect(one).toEqual({ status: "rejected", reason: new Refusal("no one") });
  expect(three.status).toBe("fulfilled");
});

test("another scene, the same part and another value are questions of their own", async () => {
  await Promise.all([
    frame("s", "one", { a: 1 }, 0, 0),
    frame("t", "one", { a: 1 }, 0, 0),
    frame("t", "one", { a: 1 }, 0, 1),
    frame("t", "two", { a: 2 }, 0, 0),
  ]);
  expect(asked.map((url) => said(url, "settings"))).toEqual([
    { a: 1 },
    { a: 1 },
    { a: 1 },
    { a: 2 },
  ]);
  await frame("s", "one", {}, 0, 0);
  expect(asked.length).toBe(5);
});
