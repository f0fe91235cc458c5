import { dictionary } from "../words";

export const words = dictionary(
  {
    view: "View",
    ridges: "Histograms",
    fans: "Distributions",
    noHistograms: "None of the runs shown has logged a histogram.",
    bin: "Bin",
    count: "Count",
    of: "of",
    empty: "Nothing was counted.",
    lowest: "Lowest",
    median: "Median",
    highest: "Highest",
    evenly: "evenly chosen of",
    ridgesHelp: "Arrow keys move up and down between steps, left and right between bins.",
    fansHelp: "The left and right arrow keys move between steps.",
    key: "From the outermost band inwards: lowest to highest, 7 to 93 %, 16 to 84 %, 31 to 69 % of the numbers; the line is the median.",
  },
  {
    view: "Вигляд",
    ridges: "Гістограми",
    fans: "Розподіли",
    noHistograms: "Жоден із показаних запусків не записав гістограм.",
    bin: "Інтервал",
    count: "Кількість",
    of: "із",
    empty: "Нічого не пораховано.",
    lowest: "Найменше",
    median: "Медіана",
    highest: "Найбільше",
    evenly: "рівномірно вибрано з",
    ridgesHelp:
      "Стрілки вгору і вниз переходять між кроками, ліворуч і праворуч — між інтервалами.",
    fansHelp: "Стрілки ліворуч і праворуч переходять між кроками.",
    key: "Смуги від зовнішньої до внутрішньої: від найменшого до найбільшого, 7–93 %, 16–84 %, 31–69 % чисел; лінія — медіана.",
  },
);
