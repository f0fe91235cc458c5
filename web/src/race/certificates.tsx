/** How lanes died: the cause in words, and the last steps. */

import { shortNumber } from "../numbers";
import { raceWords } from "./race.words";
import { spoken } from "../words";
import type { Certificate, LastStep } from "./result";
import { causeText } from "./ukrainian";

export function Certificates({ all }: { all: Certificate[] }) {
  const r = raceWords.value;
  if (!all.length) return null;
  return (
    <section class="group">
      <h2>{r.certificates}</h2>
      <p class="hint">{r.certificatesHint}</p>
      {all.map((one) => (
        <details class="card certificate" key={`${one.stage} ${one.sentence}`}>
          <summary>
            <span class="badge">{r[one.stage]}</span> <Sentence of={one} />
          </summary>
          <Steps steps={one.steps} died={one.step} />
        </details>
      ))}
    </section>
  );
}

function Sentence({ of }: { of: Certificate }) {
  if (spoken.value === "en") return <span>{of.sentence}</span>;
  const { entrant, settings, seed, step, cause } = of;
  const tried = Object.entries(settings).map(([name, value]) => `${name}=${shortNumber(value)}`);
  return (
    <span>
      {entrant} ({[...tried, `зерно ${seed}`].join("; ")}), загибель на кроці {step}:{" "}
      {causeText(of) ?? <span lang="en">{cause}</span>}
    </span>
  );
}

const number = (value: number | null | undefined) =>
  value === null || value === undefined ? "–" : shortNumber(Number(value.toPrecision(3)));

function Steps({ steps, died }: { steps: LastStep[]; died: number }) {
  const r = raceWords.value;
  const layers = Object.keys(steps[0]?.gradient ?? {});
  const norms = [
    [r.gradient, "gradient"],
    [r.weight, "weight"],
    [r.update, "update"],
  ] as const;
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={r.lastSteps}>
      <table class="entrants steps">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>{r.step}</th>
            <th scope="col" rowSpan={2}>{r.loss}</th>
            <th scope="col" rowSpan={2} title={r.lengthHelp}>{r.length}</th>
            <th scope="col" rowSpan={2} title={r.slopeHelp}>{r.slope}</th>
            <th scope="col" rowSpan={2} title={r.curvatureHelp}>{r.curvature}</th>
            {layers.length > 0 && norms.map(([name]) => (
              <th key={name} scope="colgroup" colSpan={layers.length}>{name}</th>
            ))}
          </tr>
          <tr>
            {norms.flatMap(([name]) => layers.map((layer) => (
              <th key={`${name} ${layer}`} scope="col">{layer}</th>
            )))}
          </tr>
        </thead>
        <tbody>
          {steps.map((one) => (
            <tr key={one.step} class={one.step === died ? "bad" : ""}>
              <th scope="row">{one.step}</th>
              <td>{number(one.loss)}</td>
              <td>{number(one.length)}</td>
              <td>{number(one.slope)}</td>
              <td>{number(one.curvature)}</td>
              {norms.flatMap(([name, key]) => layers.map((layer) => (
                <td key={`${name} ${layer}`}>{number(one[key][layer])}</td>
              )))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ); // prettier-ignore
}
