import { planes } from "../planes.words";
import { ofRules, rules } from "../rules";
import type { Spoken } from "../words";

export const words: Spoken = {
  en: {
    title: "Descent on a surface",
    about:
      "Several rules go down from one start, on the contours and on the surface beside them; the crosses are the lowest points. Drag the start, turn the surface, play the steps. Give GD a larger step until it is thrown about, then see what momentum and Adam make of the same place. Heights are logarithmic, so that walls do not hide the valleys.",
    controls: {
      plane: "Surface",
      rules: "Rules",
      steps: "Steps",
      start: "Start",
      ...ofRules("alpha", "Step size α", rules.en),
    },
    presets: {
      film: "The film of the lecture",
      four: "Four rules",
      narrow: "Narrow valley",
      diverging: "Too large a step",
      saddle: "Saddle",
      barrier: "Barrier",
      many: "Many minima",
    },
    options: { plane: planes.en, rules: rules.en },
    says: { surface: "The surface, logarithmic heights" },
  },
  uk: {
    title: "Спуск поверхнею",
    about:
      "Кілька правил спускаються з одного початку — на лініях рівня і на поверхні поруч; хрестиками позначено найнижчі точки. Тягніть початок, повертайте поверхню, програвайте кроки. Збільшуйте крок GD, доки його не почне кидати, а тоді подивіться, як із того самого місця підуть імпульс і Adam. Висоти логарифмічні, щоб стіни не затуляли долин.",
    controls: {
      plane: "Поверхня",
      rules: "Правила",
      steps: "Кроки",
      start: "Початок",
      ...ofRules("alpha", "Крок навчання α", rules.uk),
    },
    presets: {
      film: "Фільм із лекції",
      four: "Чотири правила",
      narrow: "Вузька долина",
      diverging: "Завеликий крок",
      saddle: "Сідло",
      barrier: "Бар’єр",
      many: "Багато мінімумів",
    },
    options: { plane: planes.uk, rules: rules.uk },
    says: { surface: "Поверхня, логарифмічні висоти" },
  },
};
