/** What a page asks the board for, again whenever the run has changed. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refusal } from "../server";

export interface Fetched<T> {
  value: T | undefined;
  error: string;
}

/**
 * The newest answer there is; `key` tells questions apart, and an answer to an older one counts until
 * that to a newer one is there.
 */
export function useFetched<T>(key: string, ask: () => Promise<T> | null): Fetched<T> {
  const found = useSignal<Fetched<T>>({ value: undefined, error: "" });
  const asked = useRef(0);
  const answered = useRef(0);
  useEffect(() => {
    const answer = ask();
    if (!answer) return;
    const number = ++asked.current;
    const take = (news: Fetched<T>) => {
      if (number < answered.current) return;
      answered.current = number;
      found.value = news;
    };
    answer
      .then((value) => take({ value, error: "" }))
      .catch((error: unknown) => {
        if (error instanceof Refusal) take({ value: undefined, error: error.message });
      });
  }, [key]);
  return found.value;
}
