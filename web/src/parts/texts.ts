/** Counts, shares, sizes and moments as people write them. */

import { shortNumber } from "../numbers";

/** A count with its thousands apart; a number that is none as it is. */
export const wholeText = (value: number) =>
  Number.isInteger(value)
    ? value.toLocaleString("en").replaceAll(",", "\u202f")
    : shortNumber(value);

/** A share in percent, with three digits at most: "97.5 %". */
export const percent = (share: number) => `${shortNumber(Number((100 * share).toPrecision(3)))} %`;

/** A moment as people write it, in their own time; its year only where it is another one. */
export function momentText(seconds: number | null, language: string, now = new Date()): string {
  if (seconds === null) return "–";
  const then = new Date(1000 * seconds);
  const year = then.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  const day = { day: "numeric", month: "short", ...year } as const;
  const hour = { hour: "2-digit", minute: "2-digit", hour12: false } as const;
  return new Intl.DateTimeFormat(language, { ...day, ...hour }).format(then);
}

/** The same with all that is known of it. */
export function fullMoment(seconds: number | null, language: string): string {
  const form = { dateStyle: "full", timeStyle: "long" } as const;
  return seconds === null ? "" : new Intl.DateTimeFormat(language, form).format(1000 * seconds);
}

/** A size in bytes, in the unit in which it is short. */
export function bytesText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${shortNumber(Number((bytes / 1000 ** power).toPrecision(3)))} ${units[power]}`;
}
