/** What a race says as kinds and numbers, in Ukrainian; in English Python says it itself. */

import type { AdditionKind, CauseKind, SilenceKind } from "../messages";
import { shortNumber, timesText } from "../numbers";
import { percent } from "../parts/texts";
import type { Addition, Certificate, Silence, Verdict } from "./result";
import { differenceText, pText } from "./verdicts";

/** A verdict without its numbers. */
export function verdictText({ kind, a, b, margin, difference }: Verdict): string {
  if (kind === "within") return `${a} та ${b} — у межах ${percent(margin)}`;
  if (kind === "cannot tell") return `не можна відрізнити ${a} від ${b}`;
  if (difference === null) return `${a} перемагає ${b}: втрата ${b} вийшла за межі чисел`;
  return `${a} перемагає ${b} за втратою на тесті`;
}

const measured = (v: Verdict) => `${differenceText(v)}, ${pText(v.p)}`;

const number = (value: number | null) => shortNumber(value ?? NaN);
const order = "залежить від бюджету: порядок змінився";

const ADDITIONS: Record<AdditionKind, (of: Addition) => string> = {
  "order by epoch": (of) => `${order} на епосі ${number(of.number)}`,
  "order by budget": (of) => `${order}, коли витрачено ${percent(of.number ?? NaN)} бюджету`,
  "same with fewer tries": (of) => `за однакової кількості спроб (${number(of.number)}) — те саме`,
  "other with fewer tries": ({ number: tries, verdict }) =>
    `за однакової кількості спроб (${number(tries)}) — ${verdict ? withNumbers(verdict) : "інше"}`,
  "on this test set": () => "лише для цих тестових даних",
};

const withNumbers = (v: Verdict) => verdictText(v) + (v.kind === "beats" ? `, ${measured(v)}` : "");

/** What a verdict adds. */
export const additionText = (addition: Addition) => ADDITIONS[addition.kind](addition);

const CAUSES: Record<CauseKind, (of: Certificate) => string> = {
  "bad batch": () => "його пакет містить нескінченні або невизначені числа",
  "step too long": ({ why }) =>
    `крок навчання більший за поріг стійкості: крок ${why!.step} був ${timesText(why!.times)} довший за ` +
    "найдовший, що вздовж нього ще зменшує втрату пакета",
  "layer grew": ({ why }) =>
    `шар ${why!.layer} виріс ${timesText(why!.times)} за останні кроки (${why!.step})`,
  overflow: ({ overflow }) => `переповнення в ${overflow}`,
  "not seen": () => "втрата вийшла за межі, а єдиної причини в останніх кроках не видно",
};

/** Kinds beside which the first overflow is told. */
const OVERFLOWS: CauseKind[] = ["step too long", "layer grew"];

/** Why a lane died; undefined where the log tells it in words alone. */
export function causeText(of: Certificate): string | undefined {
  if (!of.why) return undefined;
  const { kind } = of.why;
  const last =
    of.overflow && OVERFLOWS.includes(kind) ? `; перше переповнення — ${of.overflow}` : "";
  return CAUSES[kind](of) + last;
}

const SILENCES: Record<SilenceKind, (of: Silence) => string> = {
  "broken off": ({ seeds, fewest }) =>
    `Висновків немає: фінал перервано, завершено зерен: ${seeds}, а потрібно щонайменше ${fewest}.`,
  "same losses": ({ seeds }) =>
    "Висновків немає: усі зерна дали однакові втрати, тож запуск кожного — один, а не " +
    `${seeds}; додайте початку розкиду.`,
};

/** Why a final allows no verdict. */
export const silenceText = (silence: Silence) => SILENCES[silence.kind](silence);
