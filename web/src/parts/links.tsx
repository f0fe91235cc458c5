/** Links from one page to another. */

import { batch } from "@preact/signals";
import type { ComponentChildren } from "preact";
import * as settings from "../settings";
import * as store from "../store";

/** Whether a click is the browser's own: to open a tab, a window. */
const isOwn = (event: MouseEvent) => event.metaKey || event.ctrlKey || event.shiftKey;

/** The page of scalars with these runs alone. */
export function openCurves(names: string[]): void {
  batch(() => {
    settings.runPattern.value = "";
    settings.conditions.value = "";
    store.tickOnly(names);
    settings.page.value = "scalars";
  });
}

interface CurvesLinkProps {
  names: string[];
  children: ComponentChildren;
  class?: string;
  title?: string;
  label?: string;
}

/** A link to the curves of some runs. */
export function CurvesLink({ names, children, label, ...rest }: CurvesLinkProps) {
  return (
    <a
      {...rest}
      {...(label ? { "aria-label": label } : {})}
      href={`#only=1&on=${names.map(settings.encoded).join(",")}`}
      onClick={(event) => {
        if (isOwn(event)) return;
        event.preventDefault();
        event.stopPropagation();
        openCurves(names);
      }}
    >
      {children}
    </a>
  );
}

/** A link to a page of one run. */
export function RunLink(props: { page: settings.Page; run: string; children: ComponentChildren }) {
  return (
    <a
      href={`#page=${props.page}&run=${settings.encoded(props.run)}`}
      onClick={(event) => {
        if (isOwn(event)) return;
        event.preventDefault();
        batch(() => {
          settings.chosenRun.value = props.run;
          settings.page.value = props.page;
        });
      }}
    >
      {props.children}
    </a>
  );
}
