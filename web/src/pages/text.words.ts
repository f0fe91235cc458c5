import { dictionary } from "../words";

export const words = dictionary(
  {
    noText: "None of the runs shown has logged a text.",
    look: "Look",
    formatted: "Formatted",
    source: "Source",
    last: "the last",
    of: "of",
  },
  {
    noText: "Жоден із показаних запусків не записав тексту.",
    look: "Вигляд",
    formatted: "Оформлений",
    source: "Джерело",
    last: "останні",
    of: "із",
  },
);
