/** Which columns are shown. */

import { hyperWords } from "./hyperparameters.words";
import * as settings from "../settings";
import { words } from "../words";
import type { Column, Sheet } from "./columns";

export function ColumnChoice({ sheet, columns }: { sheet: Sheet; columns: Column[] }) {
  const h = hyperWords.value;
  return (
    <details class="several">
      <summary>
        <span>{words.value.columns}</span>
        <b>
          {columns.length} / {sheet.columns.length}
        </b>
      </summary>
      <div class="popup columns">
        <Boxes name={h.hyperparameters} all={sheet.columns.filter((c) => !c.result)} shown={columns} />
        <Boxes name={h.results} all={sheet.columns.filter((c) => c.result)} shown={columns} />
      </div>
    </details>
  ); // prettier-ignore
}

function Boxes({ name, all, shown }: { name: string; all: Column[]; shown: Column[] }) {
  if (!all.length) return null;
  return (
    <fieldset>
      <legend>{name}</legend>
      {all.map((column) => (
        <label class="check" key={column.key} title={column.differs ? "" : hyperWords.value.same}>
          <input
            type="checkbox"
            checked={shown.includes(column)}
            onChange={() => toggle(column)}
          />
          <span class={column.differs ? "" : "absent"}>{column.name}</span>
        </label>
      ))}
    </fieldset>
  ); // prettier-ignore
}

function toggle({ key, differs }: Column): void {
  const list = differs ? settings.hiddenColumns : settings.moreColumns;
  list.value = settings.toggled(list.value, key);
}
