/** Which names a pattern lets through, and which runs some conditions. */

import { RE2JS } from "re2js";

export type Hyperparameters = Record<string, boolean | number | string>;

/** A pattern as a test of names, in time linear in their length (RE2), whoever wrote it. */
interface Pattern {
  test: (name: string) => boolean;
  /** Why it is none; then it lets everything through. */
  error: string;
}

const LONGEST = 1000;

export function pattern(text: string): Pattern {
  if (!text) return { test: () => true, error: "" };
  if (text.length > LONGEST) return { test: () => true, error: `> ${LONGEST}` };
  if (/^[\w\s/:=@-]*$/.test(text)) {
    const plain = text.toLowerCase();
    return { test: (name) => name.toLowerCase().includes(plain), error: "" };
  }
  try {
    const compiled = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
    return { test: (name) => compiled.matcher(name).find(), error: "" };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return {
      test: () => true,
      error: said.replace("(?i)", "").replace(/^error parsing regexp: /, ""),
    };
  }
}

interface Condition {
  name: string;
  is: "=" | "!=" | "<" | "<=" | ">" | ">=";
  value: string;
}

const SIGNS = /[!<>]=|[<>=]/;

/** Conditions such as "lr<=0.01, rule=adam"; null for what is none. */
export function conditions(text: string): Condition[] | null {
  const found: Condition[] = [];
  for (const part of text.slice(0, LONGEST).split(",")) {
    if (!part.trim()) continue;
    const at = part.search(SIGNS);
    const is = SIGNS.exec(part)?.[0] as Condition["is"];
    const name = part.slice(0, at).trim();
    if (at < 0 || !name) return null;
    found.push({ name, is, value: part.slice(at + is.length).trim() });
  }
  return found;
}

/** Whether a run's hyperparameters fulfil all conditions; one that is not there fulfils none but "!=". */
export function fulfils(own: Hyperparameters, all: Condition[]): boolean {
  return all.every(({ name, is, value }) => {
    const given = Object.hasOwn(own, name) ? own[name] : undefined;
    if (given === undefined) return is === "!=";
    if (is === "=") return same(given, value);
    if (is === "!=") return !same(given, value);
    const [a, b] = [Number(given), Number(value)];
    if (is === "<") return a < b;
    if (is === "<=") return a <= b;
    return is === ">" ? a > b : a >= b;
  });
}

function same(given: boolean | number | string, value: string): boolean {
  if (typeof given === "number") return given === Number(value);
  return String(given).toLowerCase() === value.toLowerCase();
}
