/** What can be set in the playground, in groups; of a rule's hyperparameters those that it has. */

import { signal } from "@preact/signals";
import { Controls } from "../controls";
import { trouble } from "../frames";
import { set, valueNamed } from "../state";
import { said } from "../words";
import { pointsOf } from "./network.csv";

/** The settings that the rule has, as the server says. */
export const fields = signal<string[]>(["lr"]);

export function Settings() {
  const own = valueNamed<string>("data") === "own";
  return (
    <>
      <Group name="data">
        <Controls names={own ? ["data", "share"] : ["data", "noise", "share"]} />
        <OwnPoints />
        <Anew name="data_seed" label={own ? said("new-split") : said("new-data")} />
      </Group>
      <Group name="network">
        <Controls names={["activation", "init"]} />
        <Anew name="start" label={said("new-start")} />
      </Group>
      <Group name="learning">
        <Controls names={["loss", "rule", ...fields.value, "batch"]} />
      </Group>
      <Group name="view">
        <Controls names={["speed", "log", "tested"]} />
      </Group>
    </>
  );
}

function Group({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <section class="group" aria-label={said(name)}>
      <h3>{said(name)}</h3>
      {children}
    </section>
  );
}

/** A seed, which stays as it is until another one is asked for. */
function Anew({ name, label }: { name: string; label: string }) {
  const seed = Number(valueNamed(name)) || 0;
  return (
    <div class="anew">
      <Controls names={[name]} />
      <button type="button" onClick={() => set({ [name]: (seed + 1) % 10_000 })}>{label}</button>
    </div>
  ); // prettier-ignore
}

/** Points from a file of one's own. They become a setting, so that the address holds them. */
function OwnPoints() {
  const read = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    const found = pointsOf(await file.text());
    input.value = "";
    if ("wrong" in found) {
      trouble("file", said(found.wrong).replace("{n}", String(found.at)));
      return;
    }
    trouble("file", "");
    set({ own: found.rows, data: "own" });
  };
  return (
    <label class="file">
      <span>{said("file")}</span>
      <input type="file" class="visually-hidden" accept=".csv,.tsv,.txt,text/csv" onChange={(e) => void read(e.currentTarget)} />
    </label>
  ); // prettier-ignore
}
