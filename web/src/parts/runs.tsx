/** The list of runs: which ones are shown, in which colours. */

import { signal } from "@preact/signals";
import type { RunLine } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { Choice, Search, Several } from "./controls";

/** Rows drawn beyond the window. */
const BEYOND = 12;
const ROW = 28;
const scrolled = signal(0);
const panelHeight = signal(600);

export function RunsPanel() {
  const w = words.value;
  const names = store.hyperparameterNames.value;
  const named = names.map((name) => [name, name] as const);
  const pattern = store.runPattern.value.error;
  return (
    <section class="runs-panel" aria-label={w.runs}>
      <Search
        label={w.filterRuns}
        value={settings.runPattern}
        error={pattern && `${w.badPattern}: ${pattern}`}
      />
      {names.length > 0 && (
        <Search
          label={w.conditions}
          value={settings.conditions}
          error={store.runConditions.value ? "" : w.badConditions}
        />
      )}
      {names.length > 0 && (
        <div class="row">
          <Choice label={w.colourBy} value={settings.colourBy} options={[["", w.run], ...named]} />
          <Several label={w.bandsBy} value={settings.groupBy} options={named}
            said={settings.groupBy.value.join(", ") || w.noBands} />
        </div>
      )}
      <div class="row tools">
        <AllBox />
        <span class="count">
          {store.shown.value.length} / {store.runList.value.length}
        </span>
        <BaseChoice />
      </div>
      <RunRows />
    </section>
  ); // prettier-ignore
}

function AllBox() {
  const all = store.matching.value;
  const shown = store.shown.value.length;
  const label = shown === all.length ? words.value.hideAll : words.value.showAll;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={shown > 0}
        ref={(box) => {
          if (box) box.indeterminate = shown > 0 && shown < all.length;
        }}
        onChange={() => store.tickAll(shown < all.length)}
      />
      <span>{label}</span>
    </label>
  );
}

function BaseChoice() {
  const w = words.value;
  const names = store.shown.value.slice(0, 500).map((r) => [r.name, r.name] as const);
  const { baseRun } = settings;
  const options = names.some(([name]) => name === baseRun.value) || !baseRun.value;
  return (
    <Choice
      label={w.base}
      value={baseRun}
      options={[["", w.noBase], ...(options ? [] : [[baseRun.value, baseRun.value] as const]), ...names]}
    />
  ); // prettier-ignore
}

/** Only the rows that are seen are made: of 1,000 runs, some forty. */
function RunRows() {
  const all = store.matching.value;
  const first = Math.max(0, Math.floor(scrolled.value / ROW) - BEYOND);
  const last = first + Math.ceil(panelHeight.value / ROW) + 2 * BEYOND;
  return (
    <div
      class="run-rows"
      tabIndex={-1}
      onScroll={(e) => (scrolled.value = e.currentTarget.scrollTop)}
      ref={(home) => {
        if (home?.clientHeight) panelHeight.value = home.clientHeight;
      }}
    >
      <ul style={{ height: `${all.length * ROW}px` }}>
        {all.slice(first, last).map((run, i) => (
          <RunRow key={run.id} run={run} top={(first + i) * ROW} />
        ))}
      </ul>
    </div>
  );
}

function RunRow({ run, top }: { run: RunLine; top: number }) {
  const w = words.value;
  const colour = store.colours.value.get(run.id) ?? "#888";
  const loss = run.damage ? `${run.damage} ${w.damaged}` : "";
  return (
    <li style={{ top: `${top}px`, height: `${ROW}px` }}>
      <label class="check" title={run.name}>
        <input
          type="checkbox"
          style={{ accentColor: colour }}
          checked={store.isTicked(run)}
          onChange={(e) => store.tick(run, e.currentTarget.checked)}
        />
        <RunName name={run.name} />
      </label>
      {loss && (
        <span class="badge damage" title={loss}>
          !
        </span>
      )}
      <i
        class={`status ${run.status}`}
        title={w[run.status]}
        role="img"
        aria-label={w[run.status]}
      />
      <button type="button" class="only" onClick={() => store.tickOnly([run.name])}>
        {w.only}
      </button>
    </li>
  );
}

/** A name whose end is always seen, since that is where runs differ. */
function RunName({ name }: { name: string }) {
  const at = name.lastIndexOf("/", name.lastIndexOf("/") - 1) + 1;
  return (
    <span class="name">
      <span>{name.slice(0, at)}</span>
      <b>{name.slice(at)}</b>
    </span>
  );
}
