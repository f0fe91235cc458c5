/** Who beats whom, beside the terms under which it was raced. */

import type { ComponentChildren } from "preact";
import { raceWords } from "./race.words";
import { spoken } from "../words";
import { termsOf } from "./terms";
import type { RaceResult, Verdict } from "./result";
import { additionText, silenceText, verdictText } from "./ukrainian";
import { differenceText, inOrder, pText, reach, spanOf } from "./verdicts";

interface Props {
  race: RaceResult;
  /** What stands below the verdicts. */
  children: ComponentChildren;
}

export function Judgement({ race, children }: Props) {
  const r = raceWords.value;
  return (
    <section class="group judgement">
      <div>
        <h2>{r.verdicts}</h2>
        <Verdicts race={race} />
        {children}
      </div>
      <div>
        <h2>{r.protocol}</h2>
        <dl class="card terms">
          {termsOf(race, r).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

function Verdicts({ race }: { race: RaceResult }) {
  const r = raceWords.value;
  const verdicts = inOrder(race.verdicts);
  if (!verdicts.length) {
    const { silence } = race;
    if (silence) {
      const english = spoken.value === "en";
      return <p class="card quiet">{english ? race.sentences[0] : silenceText(silence)}</p>;
    }
    return <p class="card quiet">{race.entrants.length > 1 ? r.noFinal : r.alone}</p>;
  }
  const whole = reach(verdicts);
  const { protocol } = race;
  const overlapping =
    protocol.split !== "none" && !protocol.fixed && verdicts.some((v) => v.kind === "beats");
  return (
    <>
      <p class="leaders">
        {r.leaders}: <b>{race.best.join(", ")}</b>
      </p>
      <ul class="card verdicts">
        {verdicts.map((v) => <Line key={`${v.a} ${v.b}`} verdict={v} whole={whole} />)}
      </ul>
      <p class="hint">{r.verdictHelp} {overlapping && r.overlapping}</p>
    </>
  ); // prettier-ignore
}

function Line({ verdict, whole }: { verdict: Verdict; whole: number }) {
  const english = spoken.value === "en";
  return (
    <li class={verdict.kind.replace(" ", "-")}>
      <p>{english ? verdict.sentence : inUkrainian(verdict)}</p>
      <div>
        <Forest verdict={verdict} whole={whole} />
        <span class="measured">
          {differenceText(verdict)}, {pText(verdict.p)}
        </span>
      </div>
    </li>
  );
}

const inUkrainian = (verdict: Verdict) =>
  [verdictText(verdict), ...verdict.additions.map(additionText)].join("; ");

const WIDTH = 200;

/** The interval of a difference, beside none and the margin that is too small to matter. */
function Forest({ verdict, whole }: { verdict: Verdict; whole: number }) {
  const { low, middle, high, margin } = spanOf(verdict, whole);
  const at = (share: number) => (WIDTH / 2) * (1 + 0.96 * share);
  return (
    <svg class="forest" viewBox={`0 0 ${WIDTH} 22`} aria-hidden="true">
      <rect class="margin" x={at(-margin)} y="0" height="22" width={at(margin) - at(-margin)} />
      <line class="zero" x1={at(0)} x2={at(0)} y1="0" y2="22" />
      <line class="interval" x1={at(low)} x2={at(high)} y1="11" y2="11" />
      <path class="interval" d={`M${at(low)} 7v8M${at(high)} 7v8`} />
      <circle cx={at(middle)} cy="11" r="4.5" />
    </svg>
  );
}
