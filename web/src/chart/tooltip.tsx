/** What stands under the cursor, a row a curve. */

import { nearest } from "../display";
import { duration, shortNumber } from "../numbers";
import { beside } from "../parts/beside";
import { tooltipColumns, tooltipSort, type Sort } from "../settings";
import { spoken, words } from "../words";
import type { BandOf, Curve } from "./curves";
import type { Hover, Hovered } from "./plot";

const MOST_ROWS = 14;

/** Rows in the order asked for, of those nearest to the cursor where there are too many. */
export function rowsOf(found: Hovered[], by: Sort): Hovered[] {
  const value = ({ curve, index }: Hovered) => curve.smooth[index]!;
  const compare: Record<Sort, (a: Hovered, b: Hovered) => number> = {
    default: () => 0,
    ascending: (a, b) => compareFinite(value(a), value(b)),
    descending: (a, b) => compareFinite(-value(a), -value(b)),
    nearest: (a, b) => a.distance - b.distance,
  };
  const near = new Set([...found].sort(compare.nearest).slice(0, MOST_ROWS));
  return found.filter((row) => near.has(row)).sort(compare[by]);
}

/** What is not finite comes last. */
function compareFinite(a: number, b: number): number {
  const [first, second] = [Number.isFinite(a), Number.isFinite(b)];
  return first && second ? a - b : Number(second) - Number(first);
}

/** Whether there is more room above a chart than below it, and it is needed. */
function isAbove(home: DOMRect, rows: number): boolean {
  const below = innerHeight - home.bottom;
  return below < 40 + 19 * Math.min(rows, MOST_ROWS + 1) && home.top > below;
}

interface Props {
  hover: Hover;
  /** Where the chart is in the window. */
  home: DOMRect;
  bands: BandOf[];
}

export function Tooltip({ hover, home, bands }: Props) {
  const w = words.value;
  const columns = tooltipColumns.value;
  const rows = rowsOf(hover.found, tooltipSort.value);
  const closest = hover.found.reduce<Hovered | null>(
    (a, b) => (a && a.distance <= b.distance ? a : b),
    null,
  );
  const more = hover.found.length - rows.length;
  const place = beside(hover.left, home.width);
  const look = `tooltip${isAbove(home, bands.length || hover.found.length) ? " above" : ""}`;
  if (bands.length) return <BandTooltip hover={hover} bands={bands} place={place} look={look} />;
  return (
    <div class={look} style={place}>
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
          {rows.map((row) => (
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

function BandTooltip(props: {
  hover: Hover;
  bands: BandOf[];
  place: ReturnType<typeof beside>;
  look: string;
}) {
  const w = words.value;
  return (
    <div class={props.look} style={props.place}>
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
