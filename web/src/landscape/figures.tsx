/** The figures of a land beside its pictures. */

import { rowsOf } from "./facts";
import type { Ground } from "./ground";
import type { Land } from "./land";
import { landscapeWords } from "./landscape.words";

export function Figures({ land, ground }: { land: Land; ground: Ground | null }) {
  const w = landscapeWords.value;
  return (
    <section class="honest card" aria-label={w.figures}>
      <h2>{w.figures}</h2>
      <dl>
        {rowsOf(land, ground, w).map(([name, value], i) => (
          <div key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
