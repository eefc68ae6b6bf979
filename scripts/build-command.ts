/**
 * The `syngeo` command and its workers in few files: `dist/cli`.
 *
 *     npm run build-command
 *
 * From one file for each module (as the library is built, for those who import a room) `syngeo infer` would load 160 of them,
 * half of the time it takes to begin, and every worker as many again. What is loaded only when it is needed stays apart.
 */

import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const folder = resolve(root, "dist/cli");

/** What is started by its path: the command, threads and processes. They are looked for beside the code that starts them. */
const STARTED = [
  "cli/main.node.ts",
  "data/blocks.node.ts",
  "experiment/sweep-worker.node.ts",
  "experiment/training-worker.node.ts",
  "inference/stream/block-worker.node.ts",
];

await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: STARTED.map((path) => resolve(root, "src", path)),
  outdir: folder,
  entryNames: "[name]",
  chunkNames: "part-[name]-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
});
