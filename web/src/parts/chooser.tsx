/** Pages of one run: which one. */

import type { RunLine } from "../messages";
import * as settings from "../settings";
import { words } from "../words";

/** The run chosen among some, by the address; else the first; undefined of none. */
export function chosen(runs: RunLine[]): RunLine | undefined {
  return runs.find((run) => run.name === settings.chosenRun.value) ?? runs[0];
}

/** A choice of runs, which stand under headings where there are some. */
export function RunChoice({ runs, headingOf }: { runs: RunLine[]; headingOf?: (run: RunLine) => string }) {
  const groups = new Map<string, RunLine[]>();
  for (const run of runs) {
    const heading = headingOf?.(run) ?? "";
    const some = groups.get(heading);
    if (some) some.push(run);
    else groups.set(heading, [run]);
  }
  return (
    <label class="field">
      <span>{words.value.chooseRun}</span>
      <select
        value={chosen(runs)?.name}
        onChange={(e) => (settings.chosenRun.value = e.currentTarget.value)}
      >
        {[...groups].map(([heading, some]) =>
          heading ? (
            <optgroup key={heading} label={heading}>
              {some.map(option)}
            </optgroup>
          ) : (
            some.map(option)
          ),
        )}
      </select>
    </label>
  );
} // prettier-ignore

function option({ id, name }: RunLine) {
  return (
    <option key={id} value={name}>
      {name}
    </option>
  );
}
