/** The rules that scenes know: their names, their colours, and the names of the settings that each of them has. */

import { category } from "../colours";
import { spoken } from "../words";

/** The place of each rule's colour among all that there are: ten that are told apart best. */
const COLOURS = {
  gd: 0,
  momentum: 1,
  nesterov: 10,
  adagrad: 2,
  rmsprop: 9,
  "adam-uncorrected": 11,
  adam: 6,
  amsgrad: 8,
  adamw: 3,
  sam: 5,
};
const UNKNOWN = 4;

type Name = keyof typeof COLOURS;

/** In the order in which the library has them. */
export const RULES = Object.keys(COLOURS) as Name[];

/** The colour of a rule, the same in every picture. */
export const ruleColour = (name: string, dark: boolean): string =>
  category(COLOURS[name as Name] ?? UNKNOWN, dark);

const international = {
  gd: "GD",
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  amsgrad: "AMSGrad",
  adamw: "AdamW",
  sam: "SAM",
};

const english: Record<Name, string> = {
  ...international,
  momentum: "momentum",
  nesterov: "Nesterov",
  "adam-uncorrected": "Adam without correction",
};

const ukrainian: Record<Name, string> = {
  ...international,
  momentum: "імпульс",
  nesterov: "Нестеров",
  "adam-uncorrected": "Adam без корекції",
};

export const rules = { en: english, uk: ukrainian };

export const ruleWord = (name: string): string =>
  (rules[spoken.value] as Record<string, string>)[name] ?? name;

/** The words of settings that are named after a rule: "alpha_gd" and the like. */
export const ofRules = (
  head: string,
  word: string,
  names: Record<string, string>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).map(([name, title]) => [`${head}_${name}`, `${word}, ${title}`]),
  );
