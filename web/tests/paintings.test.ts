import { beforeEach, expect, it, vi } from "vitest";
import { answers, painted, paintSoon, rendered } from "../src/play/paintings";

/** Frames of the browser, one after another, 16 ms each. */
let frames: (() => void)[] = [];
let now = 0;
const nextFrame = () => {
  now += 16;
  for (const frame of frames.splice(0)) frame();
};

beforeEach(() => {
  [frames, now, answers.awaited] = [[], 0, 0];
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

it("waits for the answer that is under way, and paints once, before the next frame", () => {
  const [owner, first, second] = [{}, vi.fn(), vi.fn()];
  answers.awaited = 1;
  paintSoon(owner, first);
  nextFrame();
  painted();
  expect(first).not.toHaveBeenCalled();
  answers.awaited = 0;
  paintSoon(owner, second);
  painted();
  expect(second).toHaveBeenCalledOnce();
  nextFrame();
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledOnce();
});

it("waits no longer than 50 ms", () => {
  const late = vi.fn();
  answers.awaited = 1;
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
