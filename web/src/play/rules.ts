/** The rules that scenes know: their names, their colours, and the names of the settings that each of them has. */

import { category } from "../colours";
import { spoken } from "../words";

/** The place of each rule's colour among the twelve that there are. Ten rules share none among
    themselves and are told apart best; of all, none has that of one of the three before it. */
const COLOURS = {
  gd: 0,
  momentum: 1,
  nesterov: 10,
  sam: 5,
  adagrad: 2,
  adadelta: 7,
  rmsprop: 9,
  "rmsprop-centred": 4,
  adafactor: 0,
  "adam-uncorrected": 11,
  adam: 6,
  amsgrad: 8,
  adamw: 3,
  adamax: 2,
  yogi: 4,
  adabelief: 9,
  nadam: 10,
  radam: 5,
  adan: 0,
  sign: 7,
  lion: 8,
  rprop: 1,
  lars: 4,
  lamb: 10,
  muon: 2,
  shampoo: 9,
  soap: 3,
  "polyak-average": 11,
  lookahead: 7,
  "schedule-free": 5,
  "schedule-free-adamw": 8,
  "polyak-step": 1,
  dog: 4,
  prodigy: 6,
  armijo: 0,
};
const UNKNOWN = 4;

type Name = keyof typeof COLOURS;

/** In the order in which the library has them. */
export const RULES = Object.keys(COLOURS) as Name[];

/** The colour of a rule, the same in every picture. */
export const ruleColour = (name: string, dark: boolean): string =>
  category(COLOURS[name as Name] ?? UNKNOWN, dark);

const international = {
  sam: "SAM",
  adagrad: "AdaGrad",
  adadelta: "AdaDelta",
  rmsprop: "RMSProp",
  adafactor: "Adafactor",
  adam: "Adam",
  amsgrad: "AMSGrad",
  adamw: "AdamW",
  adamax: "Adamax",
  yogi: "Yogi",
  adabelief: "AdaBelief",
  nadam: "NAdam",
  radam: "RAdam",
  adan: "Adan",
  lion: "Lion",
  rprop: "Rprop",
  lars: "LARS",
  lamb: "LAMB",
  muon: "Muon",
  shampoo: "Shampoo",
  soap: "SOAP",
  lookahead: "Lookahead",
  dog: "DoG",
  prodigy: "Prodigy",
};

const english: Record<Name, string> = {
  ...international,
  gd: "GD",
  momentum: "momentum",
  nesterov: "Nesterov",
  "rmsprop-centred": "centred RMSProp",
  "adam-uncorrected": "Adam without correction",
  sign: "sign descent",
  "polyak-average": "Polyak averaging",
  "schedule-free": "schedule-free SGD",
  "schedule-free-adamw": "schedule-free AdamW",
  "polyak-step": "Polyak’s step",
  armijo: "Armijo",
};

const ukrainian: Record<Name, string> = {
  ...international,
  gd: "GD",
  momentum: "імпульс",
  nesterov: "Нестеров",
  "rmsprop-centred": "центрований RMSProp",
  "adam-uncorrected": "Adam без корекції",
  sign: "спуск за знаком",
  "polyak-average": "усереднення Поляка",
  "schedule-free": "SGD без розкладу",
  "schedule-free-adamw": "AdamW без розкладу",
  "polyak-step": "крок Поляка",
  armijo: "Арміхо",
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
