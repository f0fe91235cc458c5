import { defineConfig } from "vite";

/** The board may be served below a token, so that every address in the page is relative. */
export default defineConfig({
  base: "./",
  build: {
    outDir: "../uzviz/board/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:6060" } },
});
