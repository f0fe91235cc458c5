import type { Spoken } from "../words";

export const words: Spoken = {
  en: {
    title: "Momentum",
    about:
      "A heavy ball rolls down a bent ravine: each step goes along the gradient and along the step before. Raise β and watch the path speed up along the floor of the ravine, then overshoot. On the map every point is a pair of α and β: beyond the border nothing converges, and the deepest blue is the fastest. Drag the point there, or the start on the left.",
    controls: {
      alpha: "Step size α",
      beta: "Momentum β",
      start: "Start",
      steps: "Steps",
    },
    presets: {
      lecture: "As in the lecture",
      plain: "Without momentum",
      heavy: "Much momentum",
      optimal: "Optimal",
      diverging: "Too large a step",
    },
    says: {
      path: "Path on f(x, y)",
      map: "What α and β do near the minimum",
      modes: "How fast each direction falls, near the minimum",
      here: "Chosen α and β",
      after: "after",
      steps: "steps",
      rate: "a step shrinks the distance by",
      converges: "converges",
      swings: "converges in swings",
      diverges: "diverges: α must be below",
      flat: "flat",
      steep: "steep",
      best: "optimal",
      step: "step",
      distance: "distance",
    },
  },
  uk: {
    title: "Імпульс",
    about:
      "Важка куля котиться вигнутим яром: кожен крок іде вздовж градієнта і вздовж попереднього кроку. Збільшуйте β і дивіться, як шлях дном яру прискорюється, а потім проскакує повз мінімум. На карті кожна точка — пара α і β: за межею ніщо не збігається, а найтемніше синє — найшвидше. Тягніть туди точку або пересувайте початок ліворуч.",
    controls: {
      alpha: "Крок навчання α",
      beta: "Імпульс β",
      start: "Початок",
      steps: "Кроки",
    },
    presets: {
      lecture: "Як у лекції",
      plain: "Без імпульсу",
      heavy: "Великий імпульс",
      optimal: "Оптимально",
      diverging: "Завеликий крок",
    },
    says: {
      path: "Шлях на f(x, y)",
      map: "Що роблять α і β поблизу мінімуму",
      modes: "Як швидко спадає кожен напрямок поблизу мінімуму",
      here: "Обрані α і β",
      after: "після",
      steps: "кроків",
      rate: "крок зменшує відстань у",
      converges: "збігається",
      swings: "збігається з коливаннями",
      diverges: "розбігається: α має бути меншим за",
      flat: "пологий",
      steep: "крутий",
      best: "оптимум",
      step: "крок",
      distance: "відстань",
    },
  },
};
