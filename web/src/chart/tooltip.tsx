/** What stands under the cursor, a row a curve. */

import { duration, shortNumber } from "../display";
import { tooltipColumns, tooltipSort, type Sort } from "../settings";
import { spoken, words } from "../words";
import type { BandOf, Curve } from "./curves";
import { nearest } from "../display";
import type { Hover, Hovered } from "./plot";

export const MOST_ROWS = 14;

/** Rows in the order asked for; the nearest of the nearest place where there are too many. */
export function sorted(found: Hovered[], by: Sort): Hovered[] {
  const value = ({ curve, index }: Hovered) => curve.smooth[index]!;
  const compare: Record<Sort, (a: Hovered, b: Hovered) => number> = {
    default: () => 0,
    ascending: (a, b) => value(a) - value(b),
    descending: (a, b) => value(b) - value(a),
    nearest: (a, b) => a.distance - b.distance,
  };
  return by === "default" ? found : [...found].sort(compare[by]);
}

export function Tooltip({ hover, width, bands }: { hover: Hover; width: number; bands: BandOf[] }) {
  const w = words.value;
  const columns = tooltipColumns.value;
  const rows = sorted(hover.found, tooltipSort.value);
  const closest = hover.found.reduce<Hovered | null>(
    (a, b) => (a && a.distance <= b.distance ? a : b),
    null,
  );
  const few = rows.slice(0, MOST_ROWS);
  const more = rows.length - few.length;
  const right = hover.left > width / 2;
  const place = right
    ? { right: `${width - hover.left + 14}px` }
    : { left: `${hover.left + 14}px` };
  if (bands.length) return <BandTooltip hover={hover} bands={bands} place={place} />;
  return (
    <div class="tooltip" style={place}>
      <table>
        <thead>
          <tr>
            <th />
            <th>{w.name}</th>
            {columns.map((c) => (
              <th key={c}>{w[c as "smoothed"]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {few.map((row) => (
            <tr key={row.curve.run} class={row === closest ? "closest" : ""}>
              <td>
                <i class="dot" style={{ background: row.curve.colour }} />
              </td>
              <td class="name">{row.curve.name}</td>
              {columns.map((c) => (
                <td key={c}>{cell(row.curve, row.index, c)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p>
          + {more} {w.moreRuns}
        </p>
      )}
    </div>
  );
}

export function cell(curve: Curve, index: number, column: string): string {
  const wall = curve.wall[index]!;
  if (column === "smoothed") return shortNumber(curve.smooth[index]!);
  if (column === "value") return shortNumber(curve.y[index]!);
  if (column === "step") return String(curve.step[index]!);
  if (column === "relative") return duration(wall - curve.origin, spoken.value);
  const form = { dateStyle: "short", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat(spoken.value, form).format(1000 * wall);
}

function BandTooltip(props: { hover: Hover; bands: BandOf[]; place: Record<string, string> }) {
  const w = words.value;
  return (
    <div class="tooltip" style={props.place}>
      <table>
        <thead>
          <tr>
            <th />
            <th>{w.name}</th>
            <th>{w.median}</th>
            <th>{w.quartiles}</th>
            <th>n</th>
          </tr>
        </thead>
        <tbody>
          {props.bands.slice(0, MOST_ROWS).map(({ name, colour, band }) => {
            const i = nearest(band.x, props.hover.x);
            return (
              <tr key={name}>
                <td>
                  <i class="dot" style={{ background: colour }} />
                </td>
                <td class="name">{name || w.ungrouped}</td>
                <td>{shortNumber(band.middle[i] ?? NaN)}</td>
                <td>
                  {shortNumber(band.low[i] ?? NaN)} … {shortNumber(band.high[i] ?? NaN)}
                </td>
                <td>{band.count[i]}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
