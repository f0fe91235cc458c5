/** One image: small in its card, and large over the page. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Picture, RunLine, Tag } from "../messages";
import { IconButton } from "../parts/icons";
import { pictureAddress } from "../server";
import { words as common } from "../words";
import { words } from "./images.words";

interface Props {
  run: RunLine;
  tag: Tag;
  picture: Picture;
}

/** How wide a thumbnail is at least, alone in its card and among others: see images.css. */
const WIDTH = { alone: 200, among: 84 };

interface ThumbnailProps extends Props {
  /** Its number among those of its step; 0 of a single one. */
  order: number;
  open: () => void;
}

export function Thumbnail({ run, tag, picture, order, open }: ThumbnailProps) {
  const label = [tag.name, run.name, `${common.value.step} ${picture.step}`, order || ""];
  const enlarged = picture.width <= (order ? WIDTH.among : WIDTH.alone);
  return (
    <button type="button" class="thumbnail" onClick={open}
      aria-label={`${words.value.enlarge}: ${label.filter(Boolean).join(", ")}`}>
      <Pixels run={run} tag={tag} picture={picture} crisp={enlarged} />
    </button>
  ); // prettier-ignore
}

/** The image itself; its pixels stay squares where it is enlarged. */
function Pixels({ run, tag, picture, crisp }: Props & { crisp: boolean }) {
  const { index, number, width, height } = picture;
  const address = pictureAddress(run.id, tag.id, index, number);
  const broken = useSignal("");
  if (broken.value === address) return <span class="error">{words.value.broken}</span>;
  return (
    <img src={address} alt="" loading="lazy" decoding="async" class={crisp ? "crisp" : ""}
      {...(width && height ? { width, height } : {})} onError={() => (broken.value = address)} />
  ); // prettier-ignore
}

interface EnlargedProps extends Props {
  /** Go on by so many steps. */
  next: (by: -1 | 1) => void;
  close: () => void;
}

export function Enlarged({ run, tag, picture, next, close }: EnlargedProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  const keyed = ({ key }: KeyboardEvent) => {
    if (key === "ArrowLeft") next(-1);
    if (key === "ArrowRight") next(1);
  };
  const { step, width, height } = picture;
  return (
    <dialog ref={dialog} class="enlarged" aria-label={tag.name} onClose={close} onKeyDown={keyed}
      onClick={(e) => e.target === e.currentTarget && close()}>
      <header>
        <h3>{tag.name}</h3>
        <span class="name">{run.name}</span>
        <span class="count" title={words.value.help}>
          {common.value.step} {step} · {width} × {height}
        </span>
        <IconButton icon="close" label={common.value.close} onClick={close} />
      </header>
      <div class="canvas">
        <Pixels run={run} tag={tag} picture={picture} crisp={width <= 600} />
      </div>
    </dialog>
  ); // prettier-ignore
}
