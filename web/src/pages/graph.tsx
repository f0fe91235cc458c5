/** The graph of a run's model: modules that open, with shapes, parameters and FLOPs. */

import { useEffect, useMemo } from "preact/hooks";
import { Drawing } from "../graph/drawing";
import { Panel } from "../graph/panel";
import { NodeSearch } from "../graph/search";
import * as stage from "../graph/stage";
import { amount, whole } from "../graph/texts";
import { treeOf } from "../graph/tree";
import type { RunLine } from "../messages";
import { chosen, RunChoice } from "../parts/chooser";
import { Choice, Nothing } from "../parts/controls";
import { useFetched } from "../parts/fetched";
import * as server from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { spoken, words as common } from "../words";
import "./graph.css";
import { words } from "../graph/graph.words";

export function Graph() {
  const runs = store.shown.value.filter((run) => run.graph);
  const run = chosen(runs);
  if (!run) return <Nothing>{words.value.noGraph}</Nothing>;
  return <GraphOf runs={runs} run={run} />;
}

function GraphOf({ runs, run }: { runs: RunLine[]; run: RunLine }) {
  const { value, error } = useFetched(`${run.id} ${run.began}`, () => server.graph(run.id));
  const tree = useMemo(() => (value ? treeOf(value.nodes) : null), [value]);
  useEffect(() => {
    stage.tree.value = tree;
    return () => (stage.tree.value = null);
  }, [tree]);
  return (
    <>
      <Toolbar runs={runs} />
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <Shown loading={!tree && !error} />
    </>
  );
}

function Shown({ loading }: { loading: boolean }) {
  const tree = stage.tree.value;
  if (loading) return <Nothing>{common.value.loading}</Nothing>;
  if (!tree) return null;
  if (!tree.leaves.length) return <Nothing>{words.value.emptyGraph}</Nothing>;
  return (
    <div class="graph-page">
      <Drawing />
      <Panel />
    </div>
  );
}

function Toolbar({ runs }: { runs: RunLine[] }) {
  const w = words.value;
  const colours = settings.NODE_COLOURS.map((name) => [name, w[name]] as const);
  return (
    <div class="toolbar" role="toolbar" aria-label={common.value.graph}>
      <RunChoice runs={runs} />
      <NodeSearch />
      <Choice label={w.colour} value={settings.nodeColour} options={colours} />
      <div class="graph-buttons">
        <button type="button" class="button" onClick={() => stage.toggleAll(true)}>
          {w.openAll}
        </button>
        <button type="button" class="button" onClick={() => stage.toggleAll(false)}>
          {w.closeAll}
        </button>
      </div>
      <Totals />
    </div>
  );
}

function Totals() {
  const w = words.value;
  const root = stage.tree.value?.root;
  if (!root) return null;
  const totals = [
    [w.nodes, root.nodes, whole],
    [w.parameters, root.parameters, root.parameters < 1e6 ? whole : amount],
    [w.flops, root.flops, amount],
  ] as const;
  return (
    <dl class="totals">
      {totals
        .filter(([, count]) => count)
        .map(([name, count, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={whole(count, spoken.value)}>{text(count, spoken.value)}</dd>
          </div>
        ))}
    </dl>
  );
}
