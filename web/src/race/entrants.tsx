/** The table of entrants, with what its columns mean. */

import { aboutColumns, columnHeads, raceWords } from "./race.words";
import { Breaking } from "../parts/breaking";
import { CurvesLink } from "../parts/links";
import * as store from "../store";
import { bestRows, columnsOf, laneText, type RaceColumn } from "./columns";
import { Swatch } from "./figure";
import { laneRun, nameOf, type RaceResult, type TableRow } from "./result";

/** What stands above a column: its name in the language spoken; hyperparameters and measures have one. */
const headOf = ({ key, about }: RaceColumn) =>
  about === "setting" || about === "measure" ? key : columnHeads.value[about];

export function Entrants({ race }: { race: RaceResult }) {
  const r = raceWords.value;
  const about = aboutColumns.value;
  const columns = columnsOf(race);
  const best = new Map(columns.map((c) => [c.key, bestRows(race.table, c)]));
  return (
    <section class="group">
      <h2>{r.entrants}</h2>
      <p class="hint">{race.entrants[0]?.final ? r.ofFinal : r.ofHeats}</p>
      <div class="card wide" tabIndex={0} role="region" aria-label={r.entrants}>
        <table class="entrants">
          <thead>
            <tr>
              <th scope="col">{r.method}</th>
              {columns.map((c) => (
                <th key={c.key} scope="col" title={about[c.about]}><Breaking text={headOf(c)} /></th>
              ))}
            </tr>
          </thead>
          <tbody>
            {race.table.map((row, place) => (
              <tr key={String(row["entrant"])}>
                <th scope="row">
                  <Swatch place={place} />
                  <CurvesOf race={race} place={place} />
                  {race.best.includes(nameOf(race, place)) && (
                    <b class="star" role="img" title={r.notBeaten} aria-label={r.notBeaten}>★</b>
                  )}
                </th>
                {columns.map((c) => <Cell key={c.key} column={c} row={row} best={best.get(c.key)!.has(row)} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Explanations columns={columns} />
    </section>
  ); // prettier-ignore
}

/** The name of the run of an entrant's lane, where it is here. */
function runName(race: RaceResult, entrant: string, seed: number): string | undefined {
  const run = laneRun(race, entrant, seed);
  return run === undefined ? undefined : store.runs.value.get(run)?.name;
}

/** An entrant's name; a link to the curves of the final where they are logged here. */
function CurvesOf({ race, place }: { race: RaceResult; place: number }) {
  const { entrant, final } = race.entrants[place]!;
  const names = (final?.seeds ?? []).flatMap((seed) => runName(race, entrant, seed) ?? []);
  const name = nameOf(race, place);
  if (!names.length) return <span>{name}</span>;
  return (
    <CurvesLink names={names} title={raceWords.value.curvesOfFinal}>
      {name}
    </CurvesLink>
  );
}

function Cell({ column, row, best }: { column: RaceColumn; row: TableRow; best: boolean }) {
  return (
    <td class={best ? "best" : ""}>
      {column.text(row)}
      {best && <span class="visually-hidden"> ({raceWords.value.best})</span>}
      {column.interval && <small>{column.interval(row)}</small>}
    </td>
  );
}

function Explanations({ columns }: { columns: RaceColumn[] }) {
  const about = aboutColumns.value;
  const named = [...new Set(columns.map((c) => c.about))].map(
    (key) => [key, columns.filter((c) => c.about === key)] as const,
  );
  return (
    <details class="about">
      <summary>{raceWords.value.columnsMean}</summary>
      <dl>
        {named.map(([key, all]) => (
          <div key={key}>
            <dt>{all.map(headOf).join(", ")}</dt>
            <dd>{about[key]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The test losses of the final, lane by lane; each leads to its curves. */
export function FinalLanes({ race }: { race: RaceResult }) {
  const r = raceWords.value;
  const seeds = race.entrants[0]?.final?.seeds ?? [];
  if (!seeds.length) return null;
  return (
    <section class="group">
      <h2>{r.lanes}</h2>
      <p class="hint">{r.lanesHint}</p>
      <div class="card wide" tabIndex={0} role="region" aria-label={r.lanes}>
        <table class="entrants lanes-table">
          <thead>
            <tr>
              <th scope="col">{r.seed}</th>
              {seeds.map((seed) => <th key={seed} scope="col">{seed}</th>)}
            </tr>
          </thead>
          <tbody>
            {race.entrants.map((_, place) => (
              <LaneRow key={place} race={race} place={place} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  ); // prettier-ignore
}

function LaneRow({ race, place }: { race: RaceResult; place: number }) {
  const r = raceWords.value;
  const { entrant, final } = race.entrants[place]!;
  return (
    <tr>
      <th scope="row">
        <Swatch place={place} />
        <CurvesOf race={race} place={place} />
      </th>
      {final?.seeds.map((seed, s) => {
        const lane = runName(race, entrant, seed);
        const text = laneText(final, s, r.divergedShort);
        return (
          <td key={seed} class={text === r.divergedShort ? "bad" : ""}>
            {lane ? (
              <CurvesLink names={[lane]} title={lane}>{text}</CurvesLink>
            ) : (
              text
            )}
          </td>
        );
      })}
    </tr>
  ); // prettier-ignore
}
