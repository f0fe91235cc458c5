/** The ground that a run walked on: from its log, or computed for the page. */

import { batch } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { askedOf, quoted } from "./asked";
import { Compute } from "./compute";
import { useComputed } from "./computing";
import { landOf, type Land } from "./land";
import { landscapeWords } from "./landscape.words";
import * as server from "./server";
import type { LandscapeLine } from "../messages";
import { Show, useGround, useView } from "./show";
import { Toolbar } from "./toolbar";
import type { RunLine } from "../messages";
import { chosen } from "../parts/chooser";
import { Nothing } from "../parts/controls";
import { useFetched } from "../parts/fetched";
import { stampOf } from "../parts/live";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import "../play/play.css";
import "./landscape.css";

export function Landscape() {
  useEffect(server.wake, []);
  const all = store.runList.value;
  // Where there are landscapes, the page opens on the first.
  const runs = useMemo(() => [...all].sort((a, b) => Number(b.landscape) - Number(a.landscape)), [all]);
  const run = chosen(runs);
  return run ? <OfRun key={run.id} run={run} runs={runs} /> : <Nothing>{words.value.noRuns}</Nothing>;
} // prettier-ignore

function OfRun({ run, runs }: { run: RunLine; runs: RunLine[] }) {
  const w = landscapeWords.value;
  const stamp = stampOf(run.id);
  const listed = useFetched(`landscapes ${run.id} ${stamp}`, () => server.logged(run.id));
  const logged = listed.value?.landscapes ?? [];
  const number = numberOf(logged);
  const computes = settings.computed.value;
  const question = listed.value && !computes && number >= 0 ? `${number} ${stamp}` : "";
  const kept = useFetched(question, () => (question ? server.land(run.id, number) : null));
  const asked = useMemo(
    () => (computes ? askedOf(settings.asked.value) : null),
    [computes, settings.asked.value],
  );
  const computed = useComputed(run.id, asked);
  const own = useMemo<Land | null>(() => (kept.value ? landOf(kept.value) : null), [kept.value]);
  const land = computes ? computed.land : own;
  const ground = useGround(land);
  const view = useView();
  const home = useRef<HTMLDivElement>(null);
  const error = listed.error || (computes ? "" : kept.error);
  const none = !computes && listed.value && !logged.length;
  return (
    <>
      <Toolbar runs={runs} run={run} logged={logged} land={land} ground={ground} view={view} home={home} />
      {error && <p class="error" role="alert">{error}</p>}
      {computes && <Compute run={run} computed={computed} />}
      {none && (
        <div class="nothing">
          <p role="status">{w.none}</p>
          <button type="button" class="button" onClick={() => begin(run)}>{w.compute}</button>
          <p class="keep">{w.keep} <code>uzviz landscape {quoted(`runs/${run.name}`)}</code></p>
        </div>
      )}
      {land && <Show run={run} land={land} ground={ground} asked={asked ?? { number }} view={view} home={home} />}
      {!land && !error && !none && !computes && <Nothing>{words.value.loading}</Nothing>}
    </>
  ); // prettier-ignore
}

/** The place of the chosen landscape among those that are logged; −1 of none. */
function numberOf(logged: LandscapeLine[]): number {
  const found = logged.findIndex(({ name }) => name === settings.landscape.value);
  return found < 0 && logged.length ? 0 : found;
}

function begin(run: RunLine): void {
  batch(() => {
    settings.chosenRun.value = run.name;
    settings.computed.value = true;
  });
}
