/** The columns of the table of entrants: which there are, what they hold, who is best in them. */

import { moreIsBetter } from "../display";
import { shortNumber } from "../numbers";
import { decimal, interval } from "../numbers";
import { percent, wholeText } from "../parts/texts";
import type { Lanes, RaceResult, TableRow } from "./result";

export interface RaceColumn {
  key: string;
  /** Its explanation, by the name of the words that hold it. */
  about:
    | "batch"
    | "setting"
    | "measure"
    | "gradientsToTarget"
    | "epochsToTarget"
    | "tolerance"
    | "memory"
    | "time"
    | "chaos"
    | "aboveStart"
    | "diverged"
    | "divergedFinal"
    | "seeds"
    | "coverage";
  /** 1 where more is better, −1 where less, 0 where neither. */
  better: -1 | 0 | 1;
  text: (row: TableRow) => string;
  /** The interval, where there is one. */
  interval?: (row: TableRow) => string;
}

const number = (row: TableRow, key: string, absent = "–") => {
  const value = row[key];
  return typeof value === "number" ? shortNumber(Number(value.toPrecision(3))) : absent;
};

/** The measures that were evaluated: losses first, on test data before validation. */
function measures(row: TableRow): string[] {
  const all = Object.keys(row).filter((key) => `${key} low` in row);
  const place = (key: string) =>
    Number(!key.endsWith("/loss")) + 0.5 * Number(!key.startsWith("test/"));
  return all.sort((a, b) => place(a) - place(b));
}

export function columnsOf(race: RaceResult): RaceColumn[] {
  const first = race.table[0] ?? {};
  const names = new Set(race.entrants.flatMap((e) => Object.keys(e.settings)));
  const tried = Object.keys(first).filter((key) => names.has(key));
  const plain = (key: string, about: RaceColumn["about"], better: RaceColumn["better"] = 0) => ({
    key,
    about,
    better,
    text: (row: TableRow) => number(row, key),
  });
  const target = (key: string, about: RaceColumn["about"]): RaceColumn => ({
    ...plain(key, about, -1),
    text: (row) => (row[key] === null ? "∞" : wholeText(Number(row[key]))),
  });
  const counted = (key: string, about: RaceColumn["about"], of: string): RaceColumn => ({
    ...plain(key, about, -1),
    text: (row) => `${row[key]} / ${row[of]}`,
  });
  return [
    plain("batch", "batch"),
    ...tried.map((key) => setting(race, key)),
    ...measures(first).map(measure),
    target("gradients to target", "gradientsToTarget"),
    target("epochs to target", "epochsToTarget"),
    plain("tolerance", "tolerance", 1),
    plain("memory", "memory", -1),
    plain("µs a step", "time", -1),
    {
      ...plain("chaos floor", "chaos"),
      text: (row) => (row["chaos floor"] === null ? "–" : percent(Number(row["chaos floor"]))),
    },
    counted("above start", "aboveStart", "lanes"),
    counted("diverged", "diverged", "lanes"),
    counted("diverged in the final", "divergedFinal", "seeds"),
    plain("seeds", "seeds"),
    { ...plain("coverage", "coverage"), text: (row) => percent(Number(row["coverage"])) },
  ];
}

/** A hyperparameter that was tried; the tuned one says if it stands at an end of those tried. */
function setting(race: RaceResult, key: string): RaceColumn {
  const edge = (row: TableRow) => {
    const own = race.entrants.find((e) => e.entrant === row["entrant"]);
    return own?.tuned === key ? String(row["edge"] ?? "") : "";
  };
  return { key, about: "setting", better: 0, text: (row) => edge(row) + number(row, key) };
}

function measure(key: string): RaceColumn {
  const share = key.endsWith("/accuracy");
  const said = (row: TableRow, name: string) => {
    const value = row[name];
    if (typeof value !== "number") return "∞";
    return share ? decimal((100 * value).toFixed(1)) : number(row, name);
  };
  return {
    key,
    about: "measure",
    better: moreIsBetter(key) ? 1 : -1,
    text: (row) => said(row, key) + (share && row[key] !== null ? " %" : ""),
    interval: (row) => interval(said(row, `${key} low`), said(row, `${key} high`)),
  };
}

/** The rows that are best in a column as far as it says, unless all are. */
export function bestRows(rows: TableRow[], { key, better, text }: RaceColumn): Set<TableRow> {
  const worst = -Infinity;
  const value = (row: TableRow) => (typeof row[key] === "number" ? better * row[key] : worst);
  const most = Math.max(...rows.map(value));
  const best = rows.find((row) => value(row) === most);
  const found = rows.filter((row) => best && text(row) === text(best));
  return new Set(better && most > worst && found.length < rows.length ? found : []);
}

/** What is said of a lane of the final: its test loss, or why there is none. */
export function laneText(final: Lanes, seed: number, diverged: string): string {
  if (final.status[seed]![0] === "not run") return "–";
  const loss = final.end["test/loss"]?.[seed]?.[0];
  if (final.died[seed]![0]! > 0 || typeof loss !== "number") return diverged;
  return shortNumber(Number(loss.toPrecision(3)));
}
