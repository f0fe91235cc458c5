import { planes } from "../planes.words";
import { ofRules, rules } from "../rules";
import type { Spoken } from "../words";

const schedules = {
  en: {
    constant: "constant",
    cosine: "cosine",
    "warmup-cosine": "warm-up, then cosine",
    "inverse-time": "inverse time",
  },
  uk: {
    constant: "стала",
    cosine: "за косинусом",
    "warmup-cosine": "розігрів, далі за косинусом",
    "inverse-time": "обернена до часу",
  },
};
const decays = <T>(of: T): Record<string, T> =>
  Object.fromEntries(Object.keys(rules.en).map((name) => [`decay_${name}`, of]));

export const words: Spoken = {
  en: {
    title: "Race on a surface",
    about:
      "All rules begin at one point; each has its own step size α, constant or decaying with the step t, up to the last step T. Drag the start and see to which minimum each one goes: where there are several, a small move can change the winner. The costs are drawn above that of the lowest point, on a logarithmic axis. Point at a rule to see it alone.",
    controls: {
      plane: "Surface",
      rules: "Rules",
      steps: "Steps",
      near: "“At a minimum” is this near",
      start: "Start",
      ...ofRules("alpha", "Step size α", rules.en),
      ...ofRules("decay", "Decay of α", rules.en),
    },
    presets: {
      lecture: "As in the lecture",
      hill: "From the hilltop",
      decaying: "A step that decays",
      rosenbrock: "Rosenbrock",
      "styblinski-tang": "Styblinski–Tang",
      "goldstein-price": "Goldstein–Price",
      rastrigin: "Rastrigin",
    },
    options: { plane: planes.en, rules: rules.en, ...decays(schedules.en) },
    says: {
      sizes: "Step sizes α of the steps",
      reached: "Steps to a minimum",
      never: "not there",
    },
  },
  uk: {
    title: "Перегони поверхнею",
    about:
      "Усі правила починають в одній точці; кожне має власний крок навчання α — сталий або такий, що зменшується з кроком t до останнього кроку T. Тягніть початок і дивіться, до якого мінімуму прийде кожне: де їх кілька, невеликий зсув може змінити переможця. Вартість показано понад найменшу, на логарифмічній осі. Наведіть на правило, щоб бачити лише його.",
    controls: {
      plane: "Поверхня",
      rules: "Правила",
      steps: "Кроки",
      near: "«У мінімумі» — це так близько",
      start: "Початок",
      ...ofRules("alpha", "Крок навчання α", rules.uk),
      ...ofRules("decay", "Зменшення α", rules.uk),
    },
    presets: {
      lecture: "Як у лекції",
      hill: "З вершини пагорба",
      decaying: "Крок, що зменшується",
      rosenbrock: "Розенброк",
      "styblinski-tang": "Стиблінський — Танг",
      "goldstein-price": "Голдстейн — Прайс",
      rastrigin: "Растригін",
    },
    options: { plane: planes.uk, rules: rules.uk, ...decays(schedules.uk) },
    says: {
      sizes: "Розмір α кожного кроку",
      reached: "Кроків до мінімуму",
      never: "ще ні",
    },
  },
};
