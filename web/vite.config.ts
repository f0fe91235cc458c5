import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** The font of formulas is given away with its license, as the scripts are with theirs. */
const fontLicense: Plugin = {
  name: "font-license",
  generateBundle() {
    const source = readFileSync("node_modules/@fontsource/noto-sans-math/LICENSE");
    this.emitFile({ type: "asset", fileName: "noto-sans-math.txt", source });
  },
};

/** The board may be served below a token, so that every address in the page is relative. */
export default defineConfig({
  base: "./",
  plugins: [fontLicense],
  build: {
    outDir: "../uzviz/board/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
  server: { proxy: { "/api": "http://127.0.0.1:6060" } },
});
