import { beforeEach, expect, test } from "vitest";
import * as settings from "../src/settings";

beforeEach(() => settings.take(""));

test("an address of initial settings is empty", () => {
  expect(settings.written()).toBe("");
});

test("settings come back from the address they were written to", () => {
  settings.page.value = "race";
  settings.smoothing.value = 0.25;
  settings.runPattern.value = "adam/(a|b)&x=1,2#%";
  settings.pinned.value = ["a/b, c", "d&e=f"];
  settings.ignoreOutliers.value = false;
  const address = settings.written();
  settings.take("");
  expect(settings.pinned.value).toEqual([]);
  settings.take(`#${address}`);
  expect(settings.page.value).toBe("race");
  expect(settings.smoothing.value).toBe(0.25);
  expect(settings.runPattern.value).toBe("adam/(a|b)&x=1,2#%");
  expect(settings.pinned.value).toEqual(["a/b, c", "d&e=f"]);
  expect(settings.ignoreOutliers.value).toBe(false);
  expect(settings.written()).toBe(address);
});

test("what makes no sense in an address is initial", () => {
  settings.take(
    "#page=nonsense&axis=__proto__&smooth=5&brightness=-1&runs=%E0%A4%A&theme=pink&unknown=1&&=",
  );
  expect(settings.written()).toBe("");
});

test("toggled puts in and takes out", () => {
  expect(settings.toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(settings.toggled(["a", "b"], "a")).toEqual(["b"]);
});
