/** All runs: how they fare, what they are made of, two of them side by side. */

import { batch } from "@preact/signals";
import type { RunLine } from "../messages";
import { listed, shortNumber } from "../numbers";
import { Nothing } from "../parts/controls";
import { RunName } from "../parts/name";
import { rounds } from "../parts/rounds";
import { Table, widest, type TableColumn } from "../parts/table";
import { bytesText, fullMoment, momentText } from "../parts/texts";
import { Details } from "../runs/details";
import { lastedText, sorted } from "../runs/lines";
import * as settings from "../settings";
import * as store from "../store";
import { spoken, words } from "../words";
import { runsWords } from "../runs/runs.words";
import "./runs.css";

export function RunsPage() {
  const w = words.value;
  const r = runsWords.value;
  const { chosenRun, otherRun, runsSort } = settings;
  void rounds.value; // running runs last longer
  const runs = sorted(store.matching.value, runsSort.value);
  const byName = (name: string) => store.runList.value.find((run) => run.name === name);
  const open = byName(chosenRun.value);
  const other = open && byName(otherRun.value);
  if (!runs.length) return <Nothing>{store.runList.value.length ? r.noneMatch : w.noRuns}</Nothing>;
  return (
    <div class={open ? "runs-page open" : "runs-page"}>
      <div>
        <p class="hint">{w.runs}: {runs.length}. {r.help}</p>
        <Table label={r.all} rows={runs} keyOf={(run) => run.id} sorting={runsSort}
          columns={columnsOf(runs, open, other)} onPress={show}
          look={(run) => (run === open ? "chosen" : run === other ? "chosen other" : "")} />
      </div>
      {open && <Details key={open.id} run={open} other={other} />}
    </div>
  ); // prettier-ignore
}

/** Open a run's facts; or close them, when they are open. */
function show(run: RunLine): void {
  const { chosenRun, otherRun } = settings;
  batch(() => {
    chosenRun.value = chosenRun.value === run.name ? "" : run.name;
    if (otherRun.value === run.name || !chosenRun.value) otherRun.value = "";
  });
}

type Columns = TableColumn<RunLine>[];

function columnsOf(runs: RunLine[], open?: RunLine, other?: RunLine): Columns {
  const r = runsWords.value;
  const moments = runs.map((run) => momentText(run.began, spoken.value));
  const compare: Columns = open ? [compareColumn(open, other)] : [];
  return [
    {
      key: "name",
      name: words.value.name,
      width: widest(runs.map((run) => run.name), 12, open ? 28 : 40),
      whole: (run) => run.name,
      cell: (run) => <Name run={run} open={run === open} />,
    },
    { key: "status", name: r.status, width: 12, cell: (run) => <Status run={run} /> },
    ...compare,
    {
      key: "began",
      name: r.began,
      width: widest(moments, 10),
      whole: (run) => fullMoment(run.began, spoken.value),
      cell: (run) => momentText(run.began, spoken.value),
    },
    { key: "lasted", name: r.lasted, width: 11, numeric: true, cell: lastedText },
    { key: "tags", name: r.tags, width: 7, numeric: true, cell: (run) => run.tags.length || "–" },
    {
      key: "damage",
      name: r.damage,
      title: r.damageHelp,
      width: 12,
      numeric: true,
      cell: (run) => <Damage run={run} />,
    },
    {
      key: "hyperparameters",
      name: r.hyperparameters,
      width: widest(runs.map(given), 14, 60),
      whole: given,
      cell: (run) => given(run) || <span class="absent">–</span>,
    },
  ]; // prettier-ignore
}

function compareColumn(open: RunLine, other?: RunLine): Columns[number] {
  const r = runsWords.value;
  return {
    key: "compare",
    name: r.compare,
    title: r.compareHelp,
    width: r.compare.length + 5,
    cell: (run) =>
      run !== open && (
        <button type="button" class="compare" title={r.compareHelp} aria-pressed={run === other}
          aria-label={`${r.compare}: ${run.name}`}
          onClick={(e) => {
            e.stopPropagation();
            settings.otherRun.value = run === other ? "" : run.name;
          }}>{r.compare}</button>
      ),
  }; // prettier-ignore
}

/** Hyperparameters in a line. */
function given(run: RunLine): string {
  const said = (v: boolean | number | string) =>
    typeof v === "number" ? shortNumber(v) : String(v);
  return listed(Object.entries(run.hyperparameters).map(([name, v]) => `${name} ${said(v)}`));
}

function Name({ run, open }: { run: RunLine; open: boolean }) {
  return (
    <button type="button" class="link" aria-expanded={open}
      onClick={(e) => {
        e.stopPropagation();
        show(run);
      }}><RunName name={run.name} /></button>
  ); // prettier-ignore
}

function Status({ run }: { run: RunLine }) {
  if (!run.read) return <span class="absent">{runsWords.value.notRead}</span>;
  return (
    <span class="state-of">
      <i class={`status ${run.status}`} />
      {words.value[run.status]}
    </span>
  );
}

function Damage({ run }: { run: RunLine }) {
  if (!run.damage) return <span class="absent">–</span>;
  return <span class="badge damage">{bytesText(run.damage)}</span>;
}
