/** Distances that count: of words, place by place, and of sets, by what they share. */

import { shortNumber } from "../../numbers";
import { fact, factOf } from "../frames";
import * as marks from "../marks";
import { Panel } from "../panel";
import type { Plot } from "../plot";
import type { Got } from "../server";
import { said } from "../words";

const NONE = { ends: [0, 1], ticks: [] } as const;

/** Two words, one under the other, with the places marked where they differ. */
export function Words({ words }: { words: Got }) {
  const [one, two] = [factOf<string[]>(words, "one"), factOf<string[]>(words, "two")];
  const far = fact(words, "hamming");
  const draw = (plot: Plot) => {
    const { pen, look, left, right, top, bottom } = plot;
    const wide = Math.min(46, (right - left) / one.length);
    const tall = Math.min(wide * 1.15, (bottom - top) / 3.4);
    const from = (left + right - wide * one.length) / 2;
    const middle = (top + bottom) / 2;
    const font = pen.font;
    pen.font = `600 ${Math.round(Math.min(wide, tall) * 0.52)}px ui-monospace, monospace`;
    for (const [i, letter] of one.entries()) {
      const other = two[i]!;
      const x = from + i * wide;
      for (const [word, y] of [[letter, middle - tall - 6], [other, middle + 6]] as const) {
        pen.strokeStyle = letter === other ? look.line : look.bad;
        pen.lineWidth = letter === other ? 1 : 2;
        pen.setLineDash([]);
        pen.strokeRect(x + 2, y, wide - 4, tall);
        marks.centred(plot, word, x + wide / 2, y + tall * 0.68, letter === other ? look.ink : look.bad);
      }
      if (letter !== other) marks.centred(plot, "≠", x + wide / 2, middle + tall + 6 + tall * 0.6, look.bad);
    }
    pen.font = font;
  }; // prettier-ignore
  const title = `${said("hamming")}: ${far} ${said("of")} ${fact(words, "length")}`;
  return <Panel label={title} title={title} x={NONE} y={NONE} ratio={0.62} paint={draw} />;
}

/** Two sets as circles that overlap, their members inside. */
export function Sets({ sets }: { sets: Got }) {
  const parts = (["left", "both", "right"] as const).map((name) => factOf<string[]>(sets, name));
  const draw = (plot: Plot) => {
    const { pen, look, left, right, top, bottom } = plot;
    const middle = [(left + right) / 2, (top + bottom) / 2] as const;
    const radius = Math.min((bottom - top) / 2 - 4, (right - left) / 3.2);
    const apart = radius * 0.62;
    pen.setLineDash([]);
    for (const [sign, colour] of [[-1, look.good], [1, look.bad]] as const) {
      pen.beginPath();
      pen.arc(middle[0] + sign * apart, middle[1], radius, 0, 7);
      pen.globalAlpha = 0.14;
      pen.fillStyle = colour;
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = colour;
      pen.lineWidth = 2;
      pen.stroke();
      const side = middle[0] + sign * (apart + radius * 0.86);
      marks.centred(plot, sign < 0 ? "A" : "B", side + sign * 8, middle[1] - radius * 0.78, colour);
    }
    const font = pen.font;
    pen.font = "14px system-ui, sans-serif";
    for (const [i, members] of parts.entries()) {
      const x = middle[0] + (i - 1) * (apart + radius * (1 - 0.62) * 0.98);
      for (const [k, word] of members.entries()) {
        const y = middle[1] + (k - (members.length - 1) / 2) * Math.min(19, (1.7 * radius) / members.length);
        marks.centred(plot, shortened(word), x, y + 5, look.ink);
      }
    }
    pen.font = font;
  }; // prettier-ignore
  const title = `${said("jaccard")}: ${shortNumber(fact(sets, "jaccard"))} · ${said("dice")}: ${shortNumber(fact(sets, "dice"))}`;
  return <Panel label={title} title={title} x={NONE} y={NONE} ratio={0.62} paint={draw} />;
}

const shortened = (word: string): string => (word.length > 9 ? `${word.slice(0, 8)}…` : word);
