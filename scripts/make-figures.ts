/**
 * Makes the quick figures that the lab shows where a visitor has none: `src/lab/public/figures`.
 *
 * npm run make-figures [-- NAME ...]    all that need no data of the visitor's, unless named; ten minutes on two cores
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { paperFigures } from "../src/experiment/figures.ts";

const FILES = ["figure.svg", "data.csv", "comparison.json"];
const root = resolve(import.meta.dirname, "..");
const shipped = join(root, "src/lab/public/figures");
const names = process.argv.slice(2);
const wanted =
  names.length > 0 ? names : paperFigures.flatMap(({ name, needs }) => (needs === undefined ? [name] : []));
const out = mkdtempSync(join(tmpdir(), "syngeo-figures-"));
try {
  for (const name of wanted) {
    const words = ["figure", name, "--scale", "quick", "--out", out];
    const { status } = spawnSync(process.execPath, [join(root, "dist/cli/main.node.js"), ...words], {
      stdio: "inherit",
    });
    // 3: some numbers are outside of their tolerance, which the page says too.
    if (status !== 0 && status !== 3)
      throw new Error(`expected syngeo ${words.join(" ")} to end, got ${status}`);
    const folder = join(shipped, `${name}-quick`);
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) copyFileSync(join(out, `${name}-quick`, file), join(folder, file));
  }
  const kept = paperFigures
    .map(({ name }) => `${name}-quick`)
    .filter((name) => existsSync(join(shipped, name)));
  writeFileSync(join(shipped, "index.json"), `${JSON.stringify(kept)}\n`);
  console.log(`${kept.length} figures in ${shipped}: ${readdirSync(shipped).join(", ")}`);
} finally {
  rmSync(out, { recursive: true });
}
