/** The ground that is computed, as the address has it, and the command that keeps it. */

import * as settings from "../settings";
import { object, type Land } from "./land";
import type { Asked } from "./server";

export const NORMALISATIONS = ["filter", "layer", "none"] as const;
export const SIZE = 51;

export const askedNamed = (name: string): string => settings.textNamed(settings.asked.value, name);

export function setAsked(name: string, text: string): void {
  settings.asked.value = settings.withNamed(settings.asked.peek(), name, text.trim());
}

/** What is set of the ground's, as the server takes it. */
export function askedOf(texts: string[]): Asked {
  const found: Asked = {};
  for (const name of ["directions", "normalise", "size", "span", "seed", "centre"]) {
    const text = settings.textNamed(texts, name);
    if (text) found[name] = text;
  }
  return found;
}

/** A word of a command as a shell takes it. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command by which the log would keep what was computed. */
export function commandOf(run: string, asked: Asked, land: Land | null): string {
  const directions = object(land?.facts["directions"]);
  const kind = asked["directions"] ?? directions["kind"];
  const parts: [string, unknown][] = [
    ["--directions", kind],
    ["--normalise", kind === "random" ? asked["normalise"] : undefined],
    ["--size", asked["size"] ?? SIZE],
    ["--span", asked["span"]],
    ["--seed", asked["seed"]],
    ["--centre", asked["centre"]],
  ];
  const said = parts.filter(([, value]) => value !== undefined && value !== "");
  const words = said.map(([name, value]) => `${name} ${quoted(String(value))}`);
  return ["uzviz landscape", quoted(run), ...words].join(" ");
}
