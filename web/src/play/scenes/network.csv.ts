/** Points out of a CSV file: x, y and one of two labels a row. */

/** The server takes as many. */
export const LEAST = 12;
export const MOST = 300;

export type Row = [number, number, number];

/** The points, or what is wrong: the name of a sentence, and the number that it tells. */
export type Found = { rows: Row[]; labels: string[] } | { wrong: string; at: number };

/** Read a text with or without a header; fields lie between commas, semicolons or tabs. */
export function pointsOf(text: string): Found {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line: line.trim(), at: i + 1 }))
    .filter(({ line }) => line !== "");
  if (!lines.length) return { wrong: "csv-empty", at: 0 };
  const mark = ["\t", ";", ","].find((m) => lines[0]!.line.includes(m)) ?? ",";
  const fields = lines.map(({ line, at }) => ({ at, each: line.split(mark).map(bare) }));
  const wide = fields.find(({ each }) => each.length !== 3);
  if (wide) return { wrong: "csv-columns", at: wide.at };
  const number = (field: string): number =>
    field === "" ? NaN : Number(mark === "," ? field : field.replace(",", "."));
  const isData = ({ each }: (typeof fields)[number]) =>
    Number.isFinite(number(each[0]!)) && Number.isFinite(number(each[1]!));
  const given = isData(fields[0]!) ? fields : fields.slice(1);
  const odd = given.find((row) => !isData(row));
  if (odd) return { wrong: "csv-number", at: odd.at };
  if (given.length > MOST) return { wrong: "csv-many", at: given.length };
  if (given.length < LEAST) return { wrong: "csv-few", at: given.length };
  const labels = [...new Set(given.map(({ each }) => each[2]!))].sort();
  if (labels.length !== 2) return { wrong: "csv-labels", at: labels.length };
  const rows = given.map(({ each: [x, y, label] }): Row => [
    short(number(x!)),
    short(number(y!)),
    labels.indexOf(label!),
  ]);
  return { rows, labels };
}

const bare = (field: string): string =>
  field
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim();

/** As many digits as float32 holds, which is what networks are given. */
const short = (value: number): number => Number(value.toPrecision(7));
