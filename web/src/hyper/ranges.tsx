/** The ranges of axes as fields: exact, and by keyboard. */

import { hyperWords } from "./hyperparameters.words";
import * as settings from "../settings";
import { axisOf, type Axis } from "./axes";
import { changed, readAll, type Brush } from "./brushes";
import type { Column } from "./columns";

export function Ranges({ columns }: { columns: Column[] }) {
  const h = hyperWords.value;
  const brushes = readAll(settings.brushes.value);
  const known = brushes.filter((b) => columns.some((c) => c.key === b.key));
  return (
    <>
      <details class="several">
        <summary>
          <span>{h.ranges}</span>
          <b>{known.map((b) => columns.find((c) => c.key === b.key)!.name).join(", ") || h.noRanges}</b>
        </summary>
        <div class="popup ranges">
          {columns.map((column) => {
            const brush = brushes.find((b) => b.key === column.key && b.numeric === column.numeric);
            return <Range key={column.key} axis={axisOf(column)} brush={brush} />;
          })}
        </div>
      </details>
      {known.length > 0 && (
        <button type="button" class="button" onClick={() => (settings.brushes.value = [])}>
          {h.clear}
        </button>
      )}
    </>
  ); // prettier-ignore
}

interface RangeProps {
  axis: Axis;
  brush: Brush | undefined;
}

function Range({ axis, brush }: RangeProps) {
  return (
    <fieldset>
      <legend>{axis.name}</legend>
      {axis.numeric ? <Numbers axis={axis} brush={brush} /> : <Names axis={axis} brush={brush} />}
    </fieldset>
  );
}

function set(axis: Axis, range: Brush["range"] | null): void {
  const { key, numeric } = axis;
  const brush = range && { key, range, numeric };
  settings.brushes.value = changed(settings.brushes.value, key, brush);
}

function Numbers({ axis, brush }: RangeProps) {
  const h = hyperWords.value;
  const given = (brush?.range ?? []) as number[];
  const put = (end: 0 | 1, text: string) => {
    const range: [number, number] = [given[0] ?? axis.low, given[1] ?? axis.high];
    range[end] = text === "" ? [axis.low, axis.high][end]! : Number(text);
    const whole = range[0] <= axis.low && range[1] >= axis.high;
    set(axis, whole || !(range[0] <= range[1]) ? null : range);
  };
  const field = (end: 0 | 1, label: string) => (
    <label class="range">
      <span>{label}</span>
      <input type="number" step="any" aria-label={`${axis.name}, ${label}`}
        placeholder={String([axis.low, axis.high][end])} value={given[end] ?? ""}
        onChange={(e) => put(end, e.currentTarget.value)} />
    </label>
  ); // prettier-ignore
  return (
    <>
      {field(0, h.from)}
      {field(1, h.to)}
    </>
  );
}

function Names({ axis, brush }: RangeProps) {
  const given = (brush?.range ?? []) as string[];
  return (
    <>
      {axis.categories.slice(0, 100).map((text) => (
        <label class="check" key={text}>
          <input
            type="checkbox"
            checked={given.includes(text)}
            onChange={() => {
              const range = settings.toggled(given, text);
              set(axis, range.length ? range : null);
            }}
          />
          <span>{text}</span>
        </label>
      ))}
    </>
  );
}
