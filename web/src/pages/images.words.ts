import { dictionary } from "../words";

export const words = dictionary(
  {
    noImages: "None of the runs shown has logged an image.",
    brightness: "Brightness",
    contrast: "Contrast",
    actualSize: "Actual size",
    reset: "Reset",
    none: "No image up to this step.",
    broken: "This is no image that can be shown.",
    enlarge: "Enlarge",
    steps: "steps",
    help: "The left and right arrow keys move between steps.",
  },
  {
    noImages: "Жоден із показаних запусків не записав зображень.",
    brightness: "Яскравість",
    contrast: "Контраст",
    actualSize: "Справжній розмір",
    reset: "Скинути",
    none: "До цього кроку зображень немає.",
    broken: "Це не зображення, яке можна показати.",
    enlarge: "Збільшити",
    steps: "кроків",
    help: "Стрілки ліворуч і праворуч переходять між кроками.",
  },
);
