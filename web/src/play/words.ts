/** What scenes say, in English and Ukrainian. Each scene has its own words beside it. */

import { computed } from "@preact/signals";
import { dictionary, spoken } from "../words";
import { scene } from "./state";
import { scenes } from "./scenes";

/** What a scene says in one language. */
export interface SceneWords {
  title: string;
  /** What there is to see, and to try: a few sentences. */
  about: string;
  /** Names of its settings. */
  controls: Record<string, string>;
  /** Names of presets. */
  presets: Record<string, string>;
  /** Names of what can be chosen, by setting and then by option; an option without one is shown as it is. */
  options?: Record<string, Record<string, string>>;
  /** All else it says. */
  says: Record<string, string>;
}

export interface Spoken {
  en: SceneWords;
  uk: SceneWords;
}

export const words = dictionary(
  {
    scenes: "Scenes",
    play: "Play",
    pause: "Pause",
    step: "One step",
    reset: "To the start",
    time: "Step",
    picture: "Picture (PNG)",
    film: "Film (GIF)",
    filming: "Filming …",
    presets: "Try",
    settings: "Settings",
    starting: "The process that computes is starting …",
    computing: "Computing …",
    keys: "Space plays and pauses, → makes one step, ← goes back to the start. Points are dragged, or moved by the arrow keys.",
    slides: "Slides of the lecture:",
    again: "Try again",
    link: "The address holds all settings: it can be sent to others.",
  },
  {
    scenes: "Сцени",
    play: "Грати",
    pause: "Пауза",
    step: "Один крок",
    reset: "На початок",
    time: "Крок",
    picture: "Картинка (PNG)",
    film: "Фільм (GIF)",
    filming: "Знімаємо …",
    presets: "Спробуйте",
    settings: "Налаштування",
    starting: "Запускається процес, що обчислює …",
    computing: "Обчислюється …",
    keys: "Пробіл запускає й зупиняє, → робить один крок, ← повертає на початок. Точки тягнуть або рухають стрілками.",
    slides: "Слайди лекції:",
    again: "Спробувати ще раз",
    link: "Адреса містить усі налаштування: її можна надіслати іншим.",
  },
);

const of = (name: string): SceneWords | undefined => scenes[name]?.words[spoken.value];

/** The words of the scene that is played. */
export const own = computed<SceneWords | undefined>(() => scene.value && of(scene.value.name));
export const titleOf = (name: string): string => of(name)?.title ?? name;
export const controlWords = (name: string): string => own.value?.controls[name] ?? name;
export const presetWord = (name: string): string => own.value?.presets[name] ?? name;
export const optionWord = (name: string, option: string): string =>
  own.value?.options?.[name]?.[option] ?? option;
/** One of the scene's own words. */
export const said = (name: string): string => own.value?.says[name] ?? name;
