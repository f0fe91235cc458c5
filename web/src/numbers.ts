/** Numbers as they are written for people, in the language spoken; files and fields have their own. */

import { spoken } from "./words";

/** A number's text with the decimal mark of the language: a comma in Ukrainian. */
export const decimal = (text: string): string =>
  spoken.value === "uk" ? text.replace(/(?<=\d)\.(?=\d)/g, ",") : text;

/** From low to high, as "[1, 2]"; apart by a semicolon where commas are decimal. */
export const interval = (low: string, high: string): string =>
  `[${low}${spoken.value === "uk" ? ";" : ","} ${high}]`;

/** Several texts with numbers in a line, told apart likewise. */
export const listed = (texts: string[]): string => texts.join(spoken.value === "uk" ? "; " : ", ");

/** How often, in Ukrainian: "у 5 разів", "у 2 рази", "у 2,5 раза". */
export function timesText(times: number | null): string {
  if (times === null) return "нескінченно";
  const short = Number(times.toPrecision(3));
  const forms = { one: "раз", few: "рази", many: "разів", other: "раза" };
  const form = new Intl.PluralRules("uk").select(short) as keyof typeof forms;
  return `у ${shortNumber(short)} ${forms[form]}`;
}

/** A number as tables and tooltips show it: four digits, exponents where they are shorter. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value
          .toExponential(3)
          .replace(/\.?0+e/, "e")
          .replace("e+", "e")
      : size >= 1000
        ? String(Math.round(value * 10) / 10)
        : String(Number(value.toPrecision(4)));
  return decimal(text.replace(/-/g, "−"));
}

const UNITS = { en: ["d", "h", "min", "s"], uk: ["д", "год", "хв", "с"] } as const;

/** Seconds as people say them: 12 s, 3 min 4 s, 2 h 5 min, 3 d 4 h. */
export function duration(seconds: number, language: "en" | "uk" = "en"): string {
  if (!Number.isFinite(seconds)) return "";
  const s = Math.abs(seconds);
  const [day, hour, minute, second] = UNITS[language];
  if (s < 60) return `${shortNumber(Math.round(seconds * 100) / 100)} ${second}`;
  const units: [number, string, number, string][] = [
    [86400, day, 3600, hour],
    [3600, hour, 60, minute],
    [60, minute, 1, second],
  ];
  const [size, name, part, below] = units.find(([u]) => s >= u)!;
  const whole = Math.floor(s / size);
  const rest = Math.floor((s - whole * size) / part);
  return `${seconds < 0 ? "−" : ""}${whole} ${name}${rest ? ` ${rest} ${below}` : ""}`;
}
