/** What is known of one run, and how it compares with another. */

import type { ComponentChildren } from "preact";
import type { Facts, RunLine } from "../messages";
import { runsWords } from "./runs.words";
import { Choice } from "../parts/controls";
import { useFetched } from "../parts/fetched";
import { IconButton } from "../parts/icons";
import { CurvesLink, RunLink } from "../parts/links";
import { bytesText, wholeText } from "../parts/texts";
import * as server from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { Comparison } from "./comparing";

/** Runs that a list of them offers, at most. */
const MOST_OFFERED = 1000;

export function Details({ run, other }: { run: RunLine; other: RunLine | undefined }) {
  const w = words.value;
  const key = `facts ${run.id} ${run.status} ${run.damage} ${run.tags.length}`;
  const facts = useFetched(key, () => server.facts(run.id));
  return (
    <section class="card details" aria-label={run.name}>
      <header>
        <h2 title={run.name}>{run.name}</h2>
        <IconButton icon="close" label={w.close} onClick={() => (settings.chosenRun.value = "")} />
      </header>
      <Links run={run} other={other} />
      <OtherChoice run={run} />
      {other && <Comparison one={run} other={other} />}
      {facts.error && <p class="error" role="alert">{facts.error}</p>}
      {!facts.value && !facts.error && <p class="absent">{w.loading}</p>}
      {facts.value && <About facts={facts.value} />}
    </section>
  ); // prettier-ignore
}

/** Pages that show this run; of two, the curves of both. */
function Links({ run, other }: { run: RunLine; other: RunLine | undefined }) {
  const w = words.value;
  const names = other ? [run.name, other.name] : [run.name];
  return (
    <p class="links">
      <CurvesLink names={names}>{other ? runsWords.value.curvesOfBoth : runsWords.value.curves}</CurvesLink>
      {run.race && <RunLink page="race" run={run.name}>{w.race}</RunLink>}
      {run.graph && <RunLink page="graph" run={run.name}>{w.graph}</RunLink>}
    </p>
  ); // prettier-ignore
}

function OtherChoice({ run }: { run: RunLine }) {
  const w = words.value;
  const { otherRun } = settings;
  const all = store.runList.value.filter((one) => one !== run).slice(0, MOST_OFFERED);
  const options = [["", w.none], ...all.map((one) => [one.name, one.name])] as [string, string][];
  return <Choice label={w.base} value={otherRun} options={options} />;
}

function About({ facts }: { facts: Facts }) {
  const r = runsWords.value;
  const { note, card, files, damage, parameters } = facts;
  return (
    <>
      {note && <Part title={r.note}><p class="note">{note}</p></Part>}
      {parameters !== null && (
        <Part title={r.parameters}><p>{wholeText(parameters)}</p></Part>
      )}
      {damage.length > 0 && (
        <Part title={r.damage} bad>
          <Grid heads={[r.file, r.offset, r.bytes]}
            rows={damage.map((d) => [d.file, wholeText(d.offset), wholeText(d.bytes)])} />
        </Part>
      )}
      {card && (
        <Part title={r.card}>
          {/* Safe: the board makes this HTML of Markdown itself (uzviz/board/markdown.py), without any
              HTML, image or script of the text's own; and the page's policy (CSP) would run none. */}
          <div class="run-card" dangerouslySetInnerHTML={{ __html: card }} />
        </Part>
      )}
      <Part title={r.files}>
        <Grid heads={[r.file, r.size]} rows={files.map((f) => [f.name, bytesText(f.bytes)])} />
      </Part>
    </>
  ); // prettier-ignore
}

function Part(props: { title: string; bad?: boolean; children: ComponentChildren }) {
  return (
    <>
      <h3 class={props.bad ? "error" : ""}>{props.title}</h3>
      {props.children}
    </>
  );
}

/** A small table, its first column text and the others numbers. */
function Grid({ heads, rows }: { heads: string[]; rows: string[][] }) {
  return (
    <table class="facts">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.join()}>
            {row.map((text, i) => (
              <td key={i} title={text}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
