/** The lab as a static folder: `dist/lab`, with relative paths, so that any web server can host it at any place. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { labDigits } from "./scripts/lab-digits.ts";

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, "package.json"), "utf8"));

export default defineConfig({
  root: resolve(import.meta.dirname, "src/lab"),
  base: "./",
  plugins: [labDigits()],
  define: { SYNGEO_VERSION: JSON.stringify(manifest.version) },
  build: {
    outDir: resolve(import.meta.dirname, "dist/lab"),
    emptyOutDir: true,
    target: "es2022",
    // The policy of the page allows no data: addresses but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 20_000,
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1" },
  logLevel: "warn",
});
