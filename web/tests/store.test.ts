import { beforeEach, expect, test } from "vitest";
import type { RunLine } from "../src/messages";
import * as settings from "../src/settings";
import * as store from "../src/store";

function run(id: number, name: string, hyperparameters = {}): RunLine {
  return {
    id, name, read: true, status: "finished", hyperparameters, tags: [],
    began: 0, written: 0, damage: 0, race: false, graph: false, landscape: false,
  }; // prettier-ignore
}

const names = () => store.shown.value.map((r) => r.name);

beforeEach(() => {
  settings.take("");
  const all = [
    run(1, "adam/10", { lr: 0.1, rule: "adam" }),
    run(2, "adam/9", { lr: 0.001, rule: "adam" }),
    run(3, "gd/1", { lr: 1, rule: "gd" }),
  ];
  store.runs.value = new Map(all.map((one) => [one.id, one]));
});

test("runs stand by name, numbers as numbers", () => {
  expect(names()).toEqual(["adam/9", "adam/10", "gd/1"]);
});

test("a folder stands before those whose names go on from its own", () => {
  const all = ["r/final-nudged/adam", "r/final/gd/2", "r/final/adam", "r 2/a", "r/a"];
  expect(all.sort(store.byName)).toEqual([
    "r 2/a", "r/a", "r/final/adam", "r/final/gd/2", "r/final-nudged/adam",
  ]); // prettier-ignore
});

test("ticks within a filter leave the others as they are", () => {
  settings.runPattern.value = "adam";
  store.tickAll(false);
  expect(names()).toEqual([]);
  settings.runPattern.value = "";
  expect(names()).toEqual(["gd/1"]);
  store.tickAll(true);
  expect(names().length).toBe(3);
});

test("hiding all runs takes no room in the address", () => {
  store.tickAll(false);
  expect(names()).toEqual([]);
  expect(settings.written()).toBe("only=1");
  store.tick(store.runs.value.get(3)!, true);
  expect(names()).toEqual(["gd/1"]);
  store.tick(store.runs.value.get(3)!, false);
  expect(names()).toEqual([]);
});

test("only one", () => {
  store.tickOnly(["adam/9"]);
  expect(names()).toEqual(["adam/9"]);
});

test("groups share what they are grouped by, and their colour with it", () => {
  settings.groupBy.value = ["rule"];
  expect([...store.groups.value.keys()]).toEqual(["rule=adam", "rule=gd"]);
  settings.colourBy.value = "rule";
  const { colours, groupColours } = store;
  expect(groupColours.value.get("rule=gd")).toBe(colours.value.get(3));
});

test("after a link to one run, all can be had back while a filter is set", () => {
  store.tickOnly(["gd/1"]);
  settings.runPattern.value = "adam";
  store.tickEvery(true);
  expect(names()).toEqual(["adam/9", "adam/10"]);
  expect(settings.onlyTicked.value).toBe(false);
});
