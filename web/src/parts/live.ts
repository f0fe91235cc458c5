/** What a card near the window asks the board for, again whenever its run has changed. */

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { stamps } from "../store";
import { useFetched, type Fetched } from "./fetched";
import { rounds } from "./rounds";

/** How often a run has changed; whoever reads it is told when it does. */
export function stampOf(run: number): number {
  void rounds.value;
  return stamps.get(run) ?? 0;
}

/** Whether an element is near the window. */
function useNear(home: RefObject<HTMLElement | null>): boolean {
  const near = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => (near.value = seen.at(-1)!.isIntersecting), {
      rootMargin: "300px",
    });
    observer.observe(home.current!);
    return () => observer.disconnect();
  }, []);
  return near.value;
} // prettier-ignore

/** The answer about a tag of a run; asked for once the card is near, and kept while it is not. */
export function useLive<T>(
  home: RefObject<HTMLElement | null>,
  run: number,
  tag: number,
  ask: (run: number, tag: number) => Promise<T>,
): Fetched<T> {
  const near = useNear(home);
  const question = useRef("");
  if (near) question.current = `${run} ${tag} ${stampOf(run)}`;
  return useFetched(question.current, () => (question.current ? ask(run, tag) : null));
}
