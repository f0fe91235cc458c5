import type { Spoken } from "../words";

export const words: Spoken = {
  en: {
    title: "Where Adam fails",
    about:
      "Three rounds repeat: one pulls left with strength C, two push right with strength 1. On the whole left wins, so −1 is the best point. With β₁ = 0 and β₂ = 1/(1 + C²) Adam divides the rare large gradient by its own size, forgets it at once, and walks to +1, the worst point; AMSGrad remembers the largest square and does not. Drag the point on the map: with the usual β₁ = 0.9 and a long memory Adam goes to −1 as well, and nothing fails.",
    controls: {
      c: "Strength C",
      b1: "β₁",
      b2: "β₂",
      alpha: "Step size α, of α/√t",
      rounds: "Rounds",
    },
    presets: {
      theorem: "As in the theorem",
      larger: "C = 10",
      usual: "Usual memories",
      shorter: "β₂ = 0.9",
      edge: "β₁ = 0, longer β₂",
    },
    says: {
      points: "Where each method is",
      regret: "Average regret R against −1",
      map: "Where Adam without correction fails",
      theorem: "theorem",
      usual: "usual",
      here: "Chosen β₁ and β₂",
      worst: "the worst point",
      best: "the best point",
      round: "round",
      rounds: "rounds",
      after: "after",
    },
  },
  uk: {
    title: "Де Adam зазнає невдачі",
    about:
      "Повторюються три раунди: один тягне ліворуч із силою C, два штовхають праворуч із силою 1. Загалом переважує ліве, тож найкраща точка — −1. За β₁ = 0 і β₂ = 1/(1 + C²) Adam ділить рідкісний великий градієнт на його ж величину, одразу його забуває й іде до +1, найгіршої точки; AMSGrad пам’ятає найбільший квадрат і цього уникає. Тягніть точку на карті: за звичних β₁ = 0,9 і довгої пам’яті Adam теж іде до −1, і невдачі немає.",
    controls: {
      c: "Сила C",
      b1: "β₁",
      b2: "β₂",
      alpha: "Крок навчання α, в α/√t",
      rounds: "Раунди",
    },
    presets: {
      theorem: "Як у теоремі",
      larger: "C = 10",
      usual: "Звична пам’ять",
      shorter: "β₂ = 0,9",
      edge: "β₁ = 0, довше β₂",
    },
    says: {
      points: "Де перебуває кожен метод",
      regret: "Середній жаль R відносно −1",
      map: "Де Adam без корекції зазнає невдачі",
      theorem: "теорема",
      usual: "звичні",
      here: "Обрані β₁ і β₂",
      worst: "найгірша точка",
      best: "найкраща точка",
      round: "раунд",
      rounds: "раундів",
      after: "після",
    },
  },
};
