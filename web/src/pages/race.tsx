/** A race: who won, by how much, at which step sizes, and how others died. */

import { moreIsBetter } from "../display";
import type { RunLine } from "../messages";
import { chosen, RunChoice } from "../parts/chooser";
import { Choice, Nothing } from "../parts/controls";
import { useFetched } from "../parts/fetched";
import { rounds } from "../parts/rounds";
import { Certificates } from "../race/certificates";
import { Entrants, FinalLanes } from "../race/entrants";
import { Figure } from "../race/figure";
import { bestOfTries, curveNames, curves, limits, stepSizes, worstStart } from "../race/figures";
import { Judgement } from "../race/judgement";
import { Legend } from "../race/legend";
import { resultOf, type RaceResult } from "../race/result";
import * as server from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { raceWords } from "../race/race.words";
import "./race.css";

export function RacePage() {
  const w = words.value;
  const r = raceWords.value;
  const all = store.runList.value.filter((run) => run.race);
  const run = chosen(all);
  const key = run ? `race ${run.id} ${changes(run)}` : "";
  const found = useFetched(key, () => (run ? server.race(run.id) : null));
  if (!run) return <Nothing>{reading() ? w.loading : r.noRace}</Nothing>;
  const race = found.value && resultOf(found.value);
  return (
    <>
      <Toolbar all={all} race={race} />
      {found.error && <p class="error" role="alert">{found.error}</p>}
      {race ? <Result race={race} run={run} /> : !found.error && <Nothing>{w.loading}</Nothing>}
    </>
  ); // prettier-ignore
}

const reading = () => store.reading.value.done < store.reading.value.total;

/** Another text whenever the race has gone on, or a lane of its final has a run. */
function changes(run: RunLine): string {
  void rounds.value;
  return `${store.stamps.get(run.id)} ${store.runs.peek().size}`;
}

function Toolbar({ all, race }: { all: RunLine[]; race: RaceResult | undefined }) {
  const r = raceWords.value;
  return (
    <div class="toolbar" role="toolbar" aria-label={words.value.race}>
      {all.length > 1 && <RunChoice runs={all} />}
      {race && race.entrants.length > 0 && (
        <>
          <Choice label={r.curvesOf} value={settings.raceCurve}
            options={curveNames(race).map((name) => [name, name] as const)} />
          <Choice label={r.over} value={settings.raceAxis}
            options={[["epochs", r.epochs], ["gradients", r.gradients]]} />
          <Legend race={race} />
        </>
      )}
    </div>
  ); // prettier-ignore
}

function Result({ race, run }: { race: RaceResult; run: RunLine }) {
  const r = raceWords.value;
  if (!race.entrants.length)
    return <Nothing>{run.status === "running" ? r.begins : r.nothingYet}</Nothing>;
  return (
    <>
      <State race={race} run={run} />
      <Judgement race={race}>
        <StepSizes race={race} />
      </Judgement>
      <Curves race={race} />
      <Entrants race={race} />
      <FinalLanes race={race} />
      <Certificates all={race.certificates} />
    </>
  );
}

/** What was raced; and whether it is over. */
function State({ race, run }: { race: RaceResult; run: RunLine }) {
  const r = raceWords.value;
  const lanes = race.entrants.flatMap((e) => e.status.flat());
  const done = lanes.filter((status) => status !== "not run").length;
  const running = run.status === "running";
  return (
    <p class={running ? "raced running" : "raced"} role="status">
      <b>{race.problem}</b>
      <span>{done} / {lanes.length} {r.lanesDone}</span>
      {running && <span class="badge">{r.running}</span>}
      {!running && race.interrupted && <span class="badge damage">{r.interrupted}</span>}
      {!race.entrants[0]?.final && <span>{r.noFinalYet}</span>}
    </p>
  ); // prettier-ignore
}

/** What every entrant scored at every step size, the main figure of a race. */
function StepSizes({ race }: { race: RaceResult }) {
  const r = raceWords.value;
  const lines = stepSizes(race);
  const { y, log } = limits(lines, worstStart(race, "validation/loss"));
  const tuned = [...new Set(race.entrants.map((e) => e.tuned).filter(Boolean))].join(", ");
  return (
    <Figure title={r.stepSizes} across={tuned === "lr" ? r.stepSize : tuned} up="validation/loss"
      lines={lines} logX y={y} logY={log} />
  ); // prettier-ignore
}

function Curves({ race }: { race: RaceResult }) {
  const r = raceWords.value;
  const axis = settings.raceAxis.value;
  const names = curveNames(race);
  const asked = settings.raceCurve.value;
  const name = names.includes(asked) ? asked : (names[0] ?? asked);
  const more = moreIsBetter(name);
  const [over, tries] = [curves(race, axis, name), bestOfTries(race)];
  const ofCurves = limits(over, more ? Infinity : worstStart(race, name));
  const ofTries = limits(tries, worstStart(race, "test/loss"));
  return (
    <section class="figures" aria-label={r.figures}>
      <Figure title={race.entrants[0]?.final ? r.curvesFinal : r.curvesHeats} across={r[axis]}
        up={name} lines={over} whole logX={axis === "gradients"} y={ofCurves.y} logY={ofCurves.log && !more} />
      <Figure title={r.bestOf} across="k" up={r.expected} lines={tries} whole
        y={ofTries.y} logY={ofTries.log} />
    </section>
  ); // prettier-ignore
}
