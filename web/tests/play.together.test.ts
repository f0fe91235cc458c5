/** Frames that are of one thing. */

import { expect, test } from "vitest";
import { agree } from "../src/play/together";
import type { Got } from "../src/play/server";

const of = (...what: unknown[]): Got => ({ arrays: {}, facts: { of: what } });

test("frames agree when all are there and of the same", () => {
  expect(agree([of("x", 1), of("x", 1)])).toBe(true);
  expect(agree([of("x", 1), of("x", 2)])).toBe(false);
  expect(agree([of("x", 1), null])).toBe(false);
});
