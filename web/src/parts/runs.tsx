/** The list of runs: which ones are shown, in which colours. */

import { signal } from "@preact/signals";
import { shortNumber } from "../numbers";
import type { RunLine } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { Choice, Search, Several } from "./controls";
import { RunName } from "./name";

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
  const onScalars = settings.page.value === "scalars";
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
          error={conditionsError()}
        />
      )}
      {names.length > 0 && (
        <div class="row">
          <Choice label={w.colourBy} value={settings.colourBy} options={[["", w.run], ...named]} />
          {onScalars && (
            <Several label={w.bandsBy} value={settings.groupBy} options={named}
              said={settings.groupBy.value.join(", ") || w.noBands} />
          )}
        </div>
      )}
      {settings.colourBy.value && <Legend name={settings.colourBy.value} />}
      <div class="row tools">
        <AllBox />
        <span class="count">
          {store.shown.value.length} / {store.runList.value.length}
        </span>
        {onScalars && <BaseChoice />}
      </div>
      <RunRows />
    </section>
  ); // prettier-ignore
}

/** Why conditions let nothing through, where that can be said. */
function conditionsError(): string {
  const w = words.value;
  const all = store.runConditions.value;
  if (!all) return w.badConditions;
  const names = store.hyperparameterNames.value;
  const unknown = all.find(({ name }) => !names.includes(name));
  return unknown ? `${w.noHyperparameter} ${unknown.name}` : "";
}

const MOST_COLOURS = 12;

/** Which colour is which value: from the lowest number to the highest, or each of some words. */
function Legend({ name }: { name: string }) {
  const given = store.shown.value.map((run) => run.hyperparameters[name]);
  const values = [...new Set(given)].filter((v) => v !== undefined);
  const numbers = values.filter((v) => typeof v === "number").sort((a, b) => a - b);
  const of = store.scaleOf(name);
  const few = numbers.length > MOST_COLOURS ? [numbers[0]!, numbers.at(-1)!] : numbers;
  const others = values.filter((v) => typeof v !== "number").slice(0, MOST_COLOURS);
  return (
    <p class="legend">
      {[...few, ...others].map((value, i) => (
        <span key={String(value)}>
          {i === 1 && few.length < numbers.length && "… "}
          <i class="dot" style={{ background: of(value, store.isDark.value) }} />
          {typeof value === "number" ? shortNumber(value) : String(value)}
        </span>
      ))}
    </p>
  );
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
  const names = store.runList.value.map((r) => [r.name, r.name] as const);
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
