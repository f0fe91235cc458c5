/** Two runs side by side. */

import { shortNumber } from "../numbers";
import type { RunLine } from "../messages";
import { runsWords } from "./runs.words";
import { useResults } from "../parts/results";
import { Breaking } from "../parts/breaking";
import * as store from "../store";
import { words } from "../words";
import { hyperparameters, lastResults, type Compared } from "./comparison";

export function Comparison({ one, other }: { one: RunLine; other: RunLine }) {
  const results = useResults().value;
  const rows = lastResults(one, other, store.tags.value, results);
  const given = hyperparameters(one, other);
  return (
    <>
      <Sides title={words.value.hyperparameters} rows={given} one={one} other={other} />
      <Sides title={runsWords.value.results} rows={rows} one={one} other={other} />
    </>
  );
}

interface SidesProps {
  title: string;
  rows: Compared[];
  one: RunLine;
  other: RunLine;
}

function Sides({ title, rows, one, other }: SidesProps) {
  const r = runsWords.value;
  const numbers = rows.some((row) => row.difference !== null && row.differs);
  if (!rows.length) return null;
  return (
    <>
      <h3>{title}</h3>
      <div class="wide" tabIndex={0} role="region" aria-label={title}>
        <table class="facts sides">
          <thead>
            <tr>
              <td />
              <th scope="col" title={one.name}><Breaking text={one.name} /></th>
              <th scope="col" title={other.name}><Breaking text={other.name} /></th>
              {numbers && <th scope="col">{r.difference}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name} class={row.differs ? "differs" : ""}>
                <th scope="row" title={row.name}><Breaking text={row.name} /></th>
                <td title={text(row.one)}>{text(row.one)}</td>
                <td title={text(row.other)}>{text(row.other)}</td>
                {numbers && <td>{row.differs && row.difference !== null && signed(row.difference)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  ); // prettier-ignore
}

function text(cell: Compared["one"]): string {
  if (cell === null) return "–";
  return typeof cell === "number" ? shortNumber(cell) : String(cell);
}

const signed = (v: number) => (v > 0 ? `+${shortNumber(v)}` : shortNumber(v));
