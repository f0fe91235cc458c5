import { beforeEach, expect, test, vi } from "vitest";
import type { RunLine, Runs } from "../src/messages";
import type { Sent, Wanted } from "../src/server";

vi.stubGlobal("window", globalThis);

/** A board of runs with points 0, 1, 2 … by run and tag; long series are sent in part. */
const board = {
  points: new Map<string, number>(),
  generation: 1,
  asked: [] as Wanted[],
  refused: new Set<number>(),
  answer: Promise.resolve(),
  news: [] as Runs[],
};
const WHOLE = 1000;

vi.mock("../src/server", async (original) => ({
  ...(await original<typeof import("../src/server")>()),
  runs: async () => board.news.shift() ?? line([]),
  follow: (changed: () => void) => changed(),
  scalars: async (wanted: Wanted) => {
    const { Refusal } = await import("../src/server");
    board.asked.push(wanted);
    if (wanted.tags.some((tag) => board.refused.has(tag))) throw new Refusal("Too many.");
    const found = wanted.runs.flatMap((run, i) =>
      wanted.tags.flatMap((tag, j) => sent(wanted, run, tag, i * wanted.tags.length + j)),
    );
    await board.answer;
    return found;
  },
}));

function sent(wanted: Wanted, run: number, tag: number, at: number): Sent[] {
  const total = board.points.get(`${run}:${tag}`);
  if (total === undefined) return [];
  const whole = total <= WHOLE;
  const has = wanted.generations?.[at] === board.generation ? (wanted.have?.[at] ?? 0) : 0;
  const first = whole ? has : Math.max(0, wanted.from ?? 0);
  const last = whole ? total : Math.min(total, (wanted.to ?? total) + 1);
  const stride = whole || wanted.to !== undefined ? 1 : 100;
  const places = Array.from(
    { length: Math.ceil((last - first) / stride) },
    (_, i) => first + i * stride,
  );
  const step = Float64Array.from(places);
  const series = {
    run, tag, total, whole, first, generation: board.generation, origin: 0,
    step: 0, wall: 0, value: 0, axis: null, smoothed: null,
  }; // prettier-ignore
  const value = Float32Array.from(places);
  return [{ series, step, wall: step, value, axis: null, smoothed: whole ? null : value }];
}

function line(runs: RunLine[]): Runs {
  return {
    server: 1, cursor: 1, folder: "", version: "", known: true, gone: [],
    reading: { done: 1, total: 1 },
    tags: [1, 2].map((id) => ({ id, name: `tag${id}`, kind: "scalars" as const })),
    runs,
  }; // prettier-ignore
}

function run(id: number, tags: number[]): RunLine {
  return {
    id, name: `run${id}`, read: true, status: "running", hyperparameters: {}, tags,
    began: 0, written: 0, damage: 0, race: false, graph: false, landscape: false,
  }; // prettier-ignore
}

const calm = () => new Promise((done) => setTimeout(done, 20));

async function opened(...runs: RunLine[]) {
  vi.resetModules();
  const settings = await import("../src/settings");
  const store = await import("../src/store");
  const series = await import("../src/series");
  board.news = [line(runs)];
  series.startLoading();
  store.start();
  await calm();
  const change = async (...changed: RunLine[]) => {
    board.news = [line(changed)];
    store.start();
    await calm();
  };
  return { settings, store, series, change };
}

beforeEach(() => {
  board.points.clear();
  board.asked = [];
  board.answer = Promise.resolve();
});

test("a run that grows sends what is new alone", async () => {
  board.points.set("1:1", 5);
  const { series, change } = await opened(run(1, [1]));
  series.see(1, true);
  await calm();
  expect(series.seriesOf(1).get(1)!.value.length).toBe(5);
  board.points.set("1:1", 8);
  await change(run(1, [1]));
  expect(board.asked.at(-1)!.have).toEqual([5]);
  expect([...series.seriesOf(1).get(1)!.step]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("points of another generation replace those before", async () => {
  board.points.set("1:1", 5);
  const { series, change } = await opened(run(1, [1]));
  series.see(1, true);
  await calm();
  board.generation = 2;
  board.points.set("1:1", 3);
  await change(run(1, [1]));
  expect(series.seriesOf(1).get(1)!.value.length).toBe(3);
});

test("a run without one of the tags asked for stops nothing", async () => {
  board.points.set("1:1", 5).set("2:2", 5);
  const { series, change } = await opened(run(1, [1]), run(2, [2]));
  series.see(1, true);
  series.see(2, true);
  await calm();
  board.points.set("1:1", 6);
  await change(run(1, [1]), run(2, [2]));
  for (const { generations } of board.asked) {
    for (const one of generations ?? []) expect(one).toBeGreaterThanOrEqual(0);
  }
  expect(series.seriesOf(1).get(1)!.value.length).toBe(6);
  expect(series.seriesOf(1).has(2)).toBe(false);
});

test("what the board does not send is not asked for again and again", async () => {
  const { series, settings } = await opened(run(1, [1]));
  series.see(1, true);
  await calm();
  settings.axis.value = "epoch";
  await calm();
  expect(board.asked.length).toBe(2);
});

test("a window is looked at closer, however early it was chosen", async () => {
  board.points.set("1:1", 100_000);
  const { series } = await opened(run(1, [1]));
  series.refine(1, { from: 500, to: 600, by: "step" });
  series.see(1, true);
  await calm();
  const { step } = series.seriesOf(1).get(1)!;
  expect([step[0], step.length]).toEqual([500, 101]);
});

test("a late answer for a window that was left is not shown", async () => {
  board.points.set("1:1", 100_000);
  const { series } = await opened(run(1, [1]));
  series.see(1, true);
  await calm();
  let answer = () => {};
  board.answer = new Promise((done) => (answer = done));
  series.refine(1, { from: 500, to: 600, by: "step" });
  await calm();
  series.refine(1, null);
  answer();
  await calm();
  expect(series.seriesOf(1).get(1)!.step[0]).toBe(0);
});

test("a window follows smoothing and growth", async () => {
  board.points.set("1:1", 100_000);
  const { series, settings, change } = await opened(run(1, [1]));
  series.see(1, true);
  series.refine(1, { from: 500, to: 600, by: "step" });
  await calm();
  const windows = () => board.asked.filter((wanted) => wanted.from === 500);
  expect(windows().map((wanted) => wanted.smooth)).toEqual([0.6]);
  settings.smoothing.value = 0.9;
  await calm();
  expect(windows().map((wanted) => wanted.smooth)).toEqual([0.6, 0.9]);
  await change(run(1, [1]));
  expect(windows().length).toBe(3);
});

test("runs that are hidden are not asked for, but the base is", async () => {
  board.points.set("1:1", 5).set("2:1", 5);
  const { series, settings, store } = await opened(run(1, [1]), run(2, [1]));
  store.tickOnly(["run1"]);
  series.see(1, true);
  await calm();
  expect([...series.seriesOf(1).keys()]).toEqual([1]);
  settings.baseRun.value = "run2";
  await calm();
  expect([...series.seriesOf(1).keys()]).toEqual([1, 2]);
});

test("a tag that is refused stands in no other's way, and is asked for again", async () => {
  for (const tag of [1, 2]) board.points.set(`1:${tag}`, 3);
  board.refused.add(1);
  const { series } = await opened(run(1, [1, 2]));
  const points = (tag: number) => series.seriesOf(tag).get(1)?.value.length;
  series.see(1, true);
  series.see(2, true);
  await vi.waitFor(() => expect(series.failure.value).toBe("Too many."));
  expect([points(1), points(2)]).toEqual([undefined, 3]);
  board.refused.clear();
  await vi.waitFor(() => expect(points(1)).toBe(3), 10_000);
  await vi.waitFor(() => expect(series.failure.value).toBe(""));
}, 15_000);

test("of tags that are refused in company, each is asked for alone", async () => {
  for (const tag of [1, 2, 3]) board.points.set(`1:${tag}`, 3);
  const { series } = await opened(run(1, [1, 2, 3]));
  series.see(1, true);
  await vi.waitFor(() => expect(series.seriesOf(1).size).toBe(1));
  board.refused.add(3);
  series.see(2, true);
  series.see(3, true);
  await vi.waitFor(() => expect(series.failure.value).toBe("Too many."));
  expect(series.seriesOf(2).get(1)?.value.length).toBe(3);
  board.refused.clear();
});

test("while the board reads, series are asked for once and then when all are there", async () => {
  for (const id of [1, 2, 3]) board.points.set(`${id}:1`, 5);
  const { series, change } = await opened();
  const unread = { ...run(3, []), read: false };
  series.see(1, true);
  const reading = async (done: number, ...runs: RunLine[]) => {
    const news = { ...line(runs), reading: { done, total: 3 } };
    board.news = [news, { ...news, runs: [] }]; // it asks at first, and as it is told
    (await import("../src/store")).start();
    await calm();
  };
  await reading(0, { ...run(1, []), read: false }, { ...run(2, []), read: false }, unread);
  expect(board.asked).toEqual([]);
  await reading(1, run(1, [1]));
  expect(board.asked.map((wanted) => wanted.runs)).toEqual([[1]]);
  await reading(2, run(2, [1]));
  expect(board.asked.length).toBe(1);
  await change(run(3, [1]));
  expect(board.asked.slice(1).map((wanted) => wanted.runs)).toEqual([[2, 3]]);
  expect([...series.seriesOf(1).keys()].sort()).toEqual([1, 2, 3]);
});
