import { beforeEach, expect, it, vi } from "vitest";
import { answers, paintSoon } from "../src/play/paintings";

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
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

it("paints in the next frame what no answer is awaited for", () => {
  const paint = vi.fn();
  paintSoon({}, paint);
  nextFrame();
  expect(paint).toHaveBeenCalledOnce();
});

it("waits for the answer that is under way, and paints once", () => {
  const [owner, first, second] = [{}, vi.fn(), vi.fn()];
  paintSoon(owner, vi.fn());
  nextFrame();
  answers.awaited = 1;
  paintSoon(owner, first);
  nextFrame();
  expect(first).not.toHaveBeenCalled();
  answers.awaited = 0;
  answers.count++;
  paintSoon(owner, second);
  nextFrame();
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledOnce();
});

it("waits no longer than 50 ms, and not for who has an answer to show", () => {
  const [owner, late] = [{}, vi.fn()];
  paintSoon(owner, vi.fn());
  nextFrame();
  answers.awaited = 1;
  paintSoon(owner, late);
  for (let k = 0; k < 3; k++) nextFrame();
  expect(late).not.toHaveBeenCalled();
  nextFrame();
  expect(late).toHaveBeenCalledOnce();
  answers.count++;
  paintSoon(owner, late);
  nextFrame();
  expect(late).toHaveBeenCalledTimes(2);
});
