/** What the runs were given, and what came of it. */

import type { FunctionComponent } from "preact";
import { useMemo } from "preact/hooks";
import { axisOf, tintOf } from "../hyper/axes";
import { ColumnChoice } from "../hyper/choice";
import {
  chosen,
  sheetOf,
  tinting,
  type Column,
  type Sheet,
  type ViewProps,
} from "../hyper/columns";
import { Parallel } from "../hyper/parallel";
import { Ranges } from "../hyper/ranges";
import { Scatter, ScatterChoice } from "../hyper/scatter";
import { everyRow, ownColour, RunTable } from "../hyper/table";
import { csvOf, jsonOf } from "../hyper/files";
import { Choice, Nothing } from "../parts/controls";
import { DownloadMenu, saveBlob, type Offer } from "../parts/downloads";
import { useResults } from "../parts/results";
import { nothingShown } from "../parts/groups";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { hyperWords } from "../hyper/hyperparameters.words";
import "../parts/switch.css";
import "./hyperparameters.css";

const VIEWS: Record<settings.HyperView, FunctionComponent<ViewProps>> = {
  table: TableView,
  parallel: Parallel,
  scatter: Scatter,
};

export function Hyperparameters() {
  const w = words.value;
  const h = hyperWords.value;
  const results = useResults();
  const [shown, tags] = [store.shown.value, store.tags.value];
  const sheet = useMemo(() => sheetOf(shown, tags, results.value), [shown, tags, results.value]);
  const { hiddenColumns, moreColumns, hyperView } = settings;
  const columns = chosen(sheet.columns, hiddenColumns.value, moreColumns.value);
  const colour = useColours(sheet);
  const View = VIEWS[hyperView.value];
  const said = !shown.length
    ? nothingShown()
    : !results.value && !results.error
      ? w.loading
      : !sheet.runs.length
        ? h.nothing
        : !columns.length
          ? h.noColumns
          : "";
  return (
    <>
      <Toolbar sheet={sheet} columns={columns} />
      {results.error && <p class="error" role="alert">{results.error}</p>}
      {said ? <Nothing>{said}</Nothing> : (
        <View sheet={sheet} columns={columns} colour={colour} />
      )}
    </>
  ); // prettier-ignore
}

/** Rows coloured by the column chosen. */
function useColours(sheet: Sheet): (row: number) => string | null {
  const [dark, key, rescaled] = [store.isDark.value, settings.tint.value, settings.rescaled.value];
  return useMemo(() => {
    const column = tinting(sheet.columns, key);
    if (!column) return () => null;
    const axis = axisOf(column, rescaled.includes(column.key));
    return (row: number) => tintOf(axis, column.cells[row], dark);
  }, [sheet, dark, key, rescaled]);
}

function TableView({ sheet, columns }: ViewProps) {
  return (
    <RunTable sheet={sheet} columns={columns} rows={everyRow(sheet)} colour={ownColour(sheet)} />
  );
}

function Toolbar({ sheet, columns }: { sheet: Sheet; columns: Column[] }) {
  const w = words.value;
  const h = hyperWords.value;
  const view = settings.hyperView.value;
  return (
    <div class="toolbar" role="toolbar" aria-label={w.hyperparameters}>
      <div class="switch views" role="group" aria-label={h.view}>
        {settings.HYPER_VIEWS.map((name) => (
          <button key={name} type="button" class="button" aria-pressed={view === name}
            onClick={() => (settings.hyperView.value = name)}>{h[name]}</button>
        ))}
      </div>
      <ColumnChoice sheet={sheet} columns={columns} />
      {view === "scatter" && <ScatterChoice sheet={sheet} />}
      {view !== "table" && <TintChoice sheet={sheet} />}
      {view === "parallel" && <Ranges columns={columns} />}
      {columns.length > 0 && <DownloadMenu offers={offers(sheet, columns)} />}
    </div>
  ); // prettier-ignore
}

/** The runs and columns that are shown. */
function offers(sheet: Sheet, columns: Column[]): Offer[] {
  const file = (type: string, text: () => string, name: string) => () =>
    saveBlob(new Blob([text()], { type }), name);
  return [
    ["CSV", file("text/csv", () => csvOf(sheet, columns), "hyperparameters.csv")],
    ["JSON", file("application/json", () => jsonOf(sheet, columns), "hyperparameters.json")],
  ];
}

function TintChoice({ sheet }: { sheet: Sheet }) {
  const { tint } = settings;
  const first = tinting(sheet.columns, "");
  const options = sheet.columns
    .filter((c) => c.differs)
    .map((c) => [c === first ? "" : c.key, c.name] as const);
  return <Choice label={hyperWords.value.colourBy} value={tint} options={options} />;
}
