/** Names of the rules, in every scene; and of the settings that each of them has. */

import { spoken } from "../words";

const international = {
  gd: "GD",
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  amsgrad: "AMSGrad",
  adamw: "AdamW",
  sam: "SAM",
};

export const rules = {
  en: {
    ...international,
    momentum: "momentum",
    nesterov: "Nesterov",
    "adam-uncorrected": "Adam without correction",
  },
  uk: {
    ...international,
    momentum: "імпульс",
    nesterov: "Нестеров",
    "adam-uncorrected": "Adam без корекції",
  },
};

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
