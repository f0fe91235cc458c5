/** Finding nodes by their names and operations. */

import { Search } from "../parts/controls";
import { words } from "./graph.words";
import { nodePattern } from "../settings";
import { words as common } from "../words";
import { Reveal } from "./panel";
import * as stage from "./stage";

/** Hits that are listed. */
const MOST = 100;

/** The field; under it, while one is in it, what it finds. */
export function NodeSearch() {
  const w = words.value;
  const hits = stage.hits.value;
  const wrong = !!stage.nodePattern.value.error;
  const asked = nodePattern.value !== "" && !wrong;
  return (
    <div class="node-search">
      <Search label={w.search} value={nodePattern} error={wrong ? common.value.badPattern : ""} />
      {asked && (
        <div class="hits popup">
          <p class="count" role="status">
            {w.hits}: {hits.length}
          </p>
          <ul>
            {hits.slice(0, MOST).map((leaf) => (
              <li key={leaf.key}>
                <Reveal vertex={leaf}>{leaf.key}</Reveal>
                <span class="soft">{leaf.node.op}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
