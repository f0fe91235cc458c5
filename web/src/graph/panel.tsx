/** All that is known of the node that is chosen; of the whole model, where none is. */

import type { ComponentChildren } from "preact";
import { words } from "./graph.words";
import { spoken } from "../words";
import { focusChosen } from "./drawing";
import { crossing, endsOf, operationsOf, type End } from "./edges";
import * as stage from "./stage";
import { share } from "./structure";
import { amount, percent, shapeText, whole, wiresText } from "./texts";
import { ancestors, isModule, type Leaf, type Module, type Vertex } from "./tree";

/** Links of a list. */
const MOST = 40;
/** Children and operations that are named. */
const FEW = 8;

export function Panel() {
  const w = words.value;
  const tree = stage.tree.value;
  if (!tree) return null;
  const vertex = stage.chosen.value ?? tree.root;
  return (
    <section class="graph-panel" aria-label={w.facts}>
      <h2>{vertex === tree.root ? w.everything : vertex.name}</h2>
      <Way vertex={vertex} />
      {vertex === tree.root && <p class="advice">{w.hint}</p>}
      {isModule(vertex) ? <ModuleFacts module={vertex} /> : <NodeFacts leaf={vertex} />}
      <Joints vertex={vertex} />
    </section>
  );
}

/** The modules around a vertex. */
function Way({ vertex }: { vertex: Vertex }) {
  const around = ancestors(vertex);
  if (!around.length) return null;
  return (
    <p class="way">
      {words.value.inModule}{" "}
      {around.map((module) => (
        <span key={module.key}>
          <Reveal vertex={module}>{module.name}</Reveal> /{" "}
        </span>
      ))}
    </p>
  );
}

function NodeFacts({ leaf }: { leaf: Leaf }) {
  const w = words.value;
  const { op, shapes, dtype, name } = leaf.node;
  return (
    <dl>
      <Fact name={w.name}>{name}</Fact>
      <Fact name={w.kind}>{op}</Fact>
      <Fact name={w.shapes}>{shapes.map(shapeText).join(", ")}</Fact>
      <Fact name={w.dtype}>{dtype}</Fact>
      <Sums vertex={leaf} />
    </dl>
  );
}

function ModuleFacts({ module }: { module: Module }) {
  const w = words.value;
  const operations = operationsOf(module);
  return (
    <>
      <dl>
        <Fact name={w.nodes}>{whole(module.nodes, spoken.value)}</Fact>
        <Sums vertex={module} />
        <Fact name={w.operations}>
          {operations
            .slice(0, FEW)
            .map(([op, count]) => (count > 1 ? `${op} × ${count}` : op))
            .join(", ")}
          {operations.length > FEW && `, + ${operations.length - FEW}`}
        </Fact>
      </dl>
      <Contents module={module} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Sums({ vertex }: { vertex: Vertex }) {
  const w = words.value;
  return (
    <>
      <Sum vertex={vertex} of="parameters" name={w.parameters} />
      <Sum vertex={vertex} of="flops" name={w.flops} />
    </>
  );
}

function Sum({ vertex, of, name }: { vertex: Vertex; of: "parameters" | "flops"; name: string }) {
  const { root } = stage.tree.value!;
  if (!vertex[of]) return null;
  return (
    <Fact name={name}>
      {whole(vertex[of], spoken.value)}
      {vertex !== root && <span class="soft"> · {percent(share(vertex, of, root))}</span>}
    </Fact>
  );
}

/** The children with most parameters and FLOPs. */
function Contents({ module }: { module: Module }) {
  const w = words.value;
  const weight = (v: Vertex) => share(v, "parameters", module) + share(v, "flops", module);
  const heavy = module.children.filter(weight).sort((a, b) => weight(b) - weight(a));
  if (!heavy.length) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{w.contents}</th>
          <th scope="col">{w.parameters}</th>
          <th scope="col">{w.flops}</th>
        </tr>
      </thead>
      <tbody>
        {heavy.slice(0, FEW).map((child) => (
          <tr key={child.key}>
            <td class="name">
              <Reveal vertex={child}>{child.name}</Reveal>
            </td>
            <Part vertex={child} of="parameters" whole={module} />
            <Part vertex={child} of="flops" whole={module} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A sum with a bar as long as its share. */
function Part(props: { vertex: Vertex; of: "parameters" | "flops"; whole: Module }) {
  const { vertex, of } = props;
  const part = share(vertex, of, props.whole);
  return (
    <td>
      {vertex[of] ? amount(vertex[of]) : ""}
      <i class="portion" style={{ width: `${100 * part}%` }} />
    </td>
  );
}

/** What feeds a vertex, and what it feeds. */
function Joints({ vertex }: { vertex: Vertex }) {
  const w = words.value;
  const { into, out } = crossing(vertex);
  return (
    <>
      <Ends title={w.inputs} ends={endsOf(into, "from")} />
      <Ends title={w.outputs} ends={endsOf(out, "to")} />
    </>
  );
}

function Ends({ title, ends }: { title: string; ends: End[] }) {
  const w = words.value;
  if (!ends.length) return null;
  return (
    <>
      <h3>
        {title} <span class="count">{ends.length}</span>
      </h3>
      <ul>
        {ends.slice(0, MOST).map(({ end, wires }) => (
          <li key={end.key}>
            <Reveal vertex={end}>{end.key}</Reveal>
            <span class="soft">
              {wires.every((wire) => wire.control) ? w.control : wiresText(wires)}
            </span>
          </li>
        ))}
        {ends.length > MOST && <li class="soft">{`+ ${ends.length - MOST} ${w.more}`}</li>}
      </ul>
    </>
  );
}

/** A link that chooses a vertex, and shows it. */
export function Reveal({ vertex, children }: { vertex: Vertex; children: ComponentChildren }) {
  const go = () => {
    stage.reveal(vertex);
    requestAnimationFrame(focusChosen);
  };
  return (
    <button type="button" class="reveal" title={vertex.key} onClick={go}>
      {children}
    </button>
  );
}
