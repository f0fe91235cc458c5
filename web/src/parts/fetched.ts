/** What a page asks the board for, again whenever the run has changed. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Refusal } from "../server";
import { waiting } from "../series";

export interface Fetched<T> {
  value: T | undefined;
  error: string;
}

/** The answer to a question, kept until that to the next one is there; `key` tells questions apart. */
export function useFetched<T>(key: string, ask: () => Promise<T> | null): Fetched<T> {
  const found = useSignal<Fetched<T>>({ value: undefined, error: "" });
  useEffect(() => {
    let current = true;
    const asked = ask();
    if (!asked) return;
    waiting.value++;
    asked
      .then((value) => current && (found.value = { value, error: "" }))
      .catch((error: unknown) => {
        const said = error instanceof Refusal ? error.message : "";
        if (current) found.value = { value: found.value.value, error: said };
      })
      .finally(() => waiting.value--);
    return () => {
      current = false;
    };
  }, [key]);
  return found.value;
}
