/** Pages of one run: which one. */

import type { RunLine } from "../messages";
import * as settings from "../settings";
import { words } from "../words";

/** The run chosen among some, by the address; else the first; undefined of none. */
export function chosen(runs: RunLine[]): RunLine | undefined {
  return runs.find((run) => run.name === settings.chosenRun.value) ?? runs[0];
}

export function RunChoice({ runs }: { runs: RunLine[] }) {
  return (
    <label class="field">
      <span>{words.value.chooseRun}</span>
      <select
        value={chosen(runs)?.name}
        onChange={(e) => (settings.chosenRun.value = e.currentTarget.value)}
      >
        {runs.map((run) => (
          <option key={run.id} value={run.name}>
            {run.name}
          </option>
        ))}
      </select>
    </label>
  );
}
