/** The planes: their names in both languages, and their formulas in TeX. */

export const formulas: Record<string, string> = {
  valley: String.raw`f(x, y) = \tfrac18 x^2 + 2y^2`,
  ravine: String.raw`f(x, y) = (1-x)^2 + 20\,(3y - x^2)^2`,
  saddle: String.raw`f(x, y) = \tfrac12 x^2 + \tfrac14 y^4 - \tfrac12 y^2`,
  barrier: String.raw`f(x, y) = (x^2 - 1)^2 + \tfrac{3}{10} x + y^2`,
  matyas: String.raw`f(x, y) = 0.26\,(x^2 + y^2) - 0.48\,xy`,
  mccormick: String.raw`f(x, y) = \sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1`,
  rosenbrock: String.raw`f(x, y) = (1-x)^2 + 100\,(y - x^2)^2`,
  beale: String.raw`f(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2`,
  himmelblau: String.raw`f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2`,
  "styblinski-tang": String.raw`f(x, y) = \tfrac12 \sum_{z = x, y} (z^4 - 16z^2 + 5z)`,
  "goldstein-price": String.raw`\begin{aligned} f(x, y) ={} & \bigl(1 + (x+y+1)^2 (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)\bigr) \\ & {}\cdot \bigl(30 + (2x-3y)^2 (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)\bigr) \end{aligned}`,
  rastrigin: String.raw`f(x, y) = 20 + \sum_{z = x, y} (z^2 - 10 \cos 2\pi z)`,
  ackley: String.raw`f(x, y) = 20 + e - 20\, e^{-\sqrt{(x^2 + y^2)/2}/5} - e^{(\cos 2\pi x + \cos 2\pi y)/2}`,
};

export const planes = {
  en: {
    valley: "Narrow valley",
    ravine: "Bent ravine",
    saddle: "Saddle",
    barrier: "Barrier",
    matyas: "Matyas",
    mccormick: "McCormick",
    rosenbrock: "Rosenbrock",
    beale: "Beale",
    himmelblau: "Himmelblau",
    "styblinski-tang": "Styblinski–Tang",
    "goldstein-price": "Goldstein–Price",
    rastrigin: "Rastrigin",
    ackley: "Ackley",
  },
  uk: {
    valley: "Вузька долина",
    ravine: "Вигнутий яр",
    saddle: "Сідло",
    barrier: "Бар’єр",
    matyas: "Матьяс",
    mccormick: "Маккормік",
    rosenbrock: "Розенброк",
    beale: "Біл",
    himmelblau: "Гіммельблау",
    "styblinski-tang": "Стиблінський — Танг",
    "goldstein-price": "Голдстейн — Прайс",
    rastrigin: "Растригін",
    ackley: "Еклі",
  },
};

/** Titles of the rules, as the library has them. */
export const ruleTitles = {
  gd: "GD",
  momentum: "momentum",
  nesterov: "Nesterov",
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  amsgrad: "AMSGrad",
  adamw: "AdamW",
  sam: "SAM",
};

/** Names of settings that every rule has: "alpha_gd" and the like. */
export const ofRules = (head: string, word: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(ruleTitles).map(([name, title]) => [`${head}_${name}`, `${word}, ${title}`]),
  );
