import { expect, test } from "vitest";
import { languages } from "../src/words";

test("both languages say the same things", () => {
  expect(Object.keys(languages.uk).sort()).toEqual(Object.keys(languages.en).sort());
  for (const text of [...Object.values(languages.en), ...Object.values(languages.uk)]) {
    expect(text.trim()).not.toBe("");
  }
});

test("Ukrainian is written in its own letters", () => {
  for (const [key, text] of Object.entries(languages.uk)) {
    if (!/^(logX|logY)$/.test(key)) expect(text, key).toMatch(/[а-яіїєґ]/i);
  }
});
