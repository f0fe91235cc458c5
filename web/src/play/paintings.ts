/** Pictures of scenes painted so far, by which tests and benchmarks tell that one is on the screen. */
export const paintings = { count: 0 };
