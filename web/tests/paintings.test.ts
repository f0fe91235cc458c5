import { beforeEach, expect, it, vi } from "vitest";
import { answered, awaited, paintSoon, rendered } from "../src/play/paintings";

/** Frames of the browser, one after another, 16 ms each. */
let frames: (() => void)[] = [];
let now = 0;
const nextFrame = () => {
  now += 16;
  for (const frame of frames.splice(0)) frame();
};

beforeEach(() => {
  [frames, now, awaited.count] = [[], 0, 0];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", (number: number) => frames.splice(number - 1, 1));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

it("paints in the next frame what no answer is awaited for", () => {
  const paint = vi.fn();
  paintSoon({}, paint);
  expect(paint).not.toHaveBeenCalled();
  nextFrame();
  expect(paint).toHaveBeenCalledOnce();
});

it("waits for the answer that is under way, and paints once, before the next frame", async () => {
  const [owner, first, second] = [{}, vi.fn(), vi.fn()];
  awaited.count = 1;
  paintSoon(owner, first);
  nextFrame();
  expect(first).not.toHaveBeenCalled();
  awaited.count = 0;
  paintSoon(owner, second);
  await answered();
  expect(second).toHaveBeenCalledOnce();
  nextFrame();
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledOnce();
});

it("paints each answer of a drag, whose next question is under way by then", async () => {
  for (let k = 0; k < 3; k++) {
    const paint = vi.fn();
    awaited.count = 1;
    paintSoon({}, paint);
    await answered();
    expect(paint).toHaveBeenCalledOnce();
  }
});

it("waits no longer than 50 ms", () => {
  const late = vi.fn();
  awaited.count = 1;
  paintSoon({}, late);
  for (let k = 0; k < 3; k++) nextFrame();
  expect(late).not.toHaveBeenCalled();
  nextFrame();
  expect(late).toHaveBeenCalledOnce();
});

it("lets what is set be rendered first", async () => {
  const told: string[] = [];
  const later = rendered().then(() => told.push("painted"));
  await Promise.resolve().then(() => told.push("rendered"));
  await later;
  expect(told).toEqual(["rendered", "painted"]);
});
