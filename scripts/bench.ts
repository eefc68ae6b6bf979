/**
 * How fast, beside a stated baseline measured in the same run.
 *
 *     npm run bench [-- --pairs 10000000]
 *
 * Writes two float32 `.npy` files to a temporary folder, runs `syngeo infer` on them in a process of its own (one thread)
 * and prints seconds, memory and the ratio to three baselines: reading the bytes (the floor), one plain pass over the
 * pairs, and the published way of counting, in which every weight is compared with each of 1000 grid points (measured on
 * few pairs and scaled).
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeNpy } from "../src/data/index.ts";
import { createRandom } from "../src/random.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "10000000" } } });
const count = Number(values.pairs);
const GRID_POINTS = 1000;
const NAIVE_PAIRS = 20_000;
const POTENTIALS = 5;

function timed<T>(work: () => T): { seconds: number; result: T } {
  const started = performance.now();
  const result = work();
  return { seconds: (performance.now() - started) / 1000, result };
}

function makePairs() {
  const random = createRandom(1);
  const initial = new Float32Array(count);
  const final = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    initial[i] = (random.uniform() < 0.5 ? -0.01 : 0.01) * Math.exp(0.83 * random.normal());
    final[i] = initial[i] * Math.exp(0.2 * random.normal());
  }
  return { initial, final };
}

/** Mean and SD of Δ ln|w|: one logarithm a weight. */
function plainPass(initial: Float32Array, final: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < initial.length; i++) {
    const change = Math.log(Math.abs(final[i])) - Math.log(Math.abs(initial[i]));
    sum += change;
    squares += change * change;
  }
  return Math.sqrt(squares / initial.length - (sum / initial.length) ** 2);
}

/** The share below every grid point, by comparing each weight with each point. */
function everyPoint(z: Float64Array): number {
  let total = 0;
  for (let k = 0; k < GRID_POINTS; k++) {
    const point = -5 + (10 * k) / (GRID_POINTS - 1);
    let below = 0;
    for (let i = 0; i < z.length; i++) if (z[i] < point) below++;
    total += below / z.length;
  }
  return total;
}

/** Runs the built command and returns its seconds, peak memory in MB and answer. */
function runInfer(folder: string, files: readonly string[]) {
  const main = new URL("../dist/cli/main.node.js", import.meta.url).href;
  const wrapper = join(folder, "wrapper.mjs");
  writeFileSync(
    wrapper,
    `process.on("exit", () => process.stderr.write("PEAK " + process.resourceUsage().maxRSS));\nawait import("${main}");\n`,
  );
  const { seconds, result } = timed(() =>
    spawnSync(process.execPath, [wrapper, "infer", ...files, "--json"], { encoding: "utf8", maxBuffer: 1e8 }),
  );
  const peak = Number(/PEAK (\d+)/.exec(result.stderr)?.[1]) / 1024;
  return { seconds, peak, fit: JSON.parse(result.stdout) };
}

const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-"));
try {
  const { initial, final } = makePairs();
  const files = [join(folder, "initial.npy"), join(folder, "final.npy")];
  for (const [file, data] of [
    [files[0], initial],
    [files[1], final],
  ] as const) {
    writeFileSync(file, encodeNpy({ dtype: "float32", shape: [count], data }));
  }
  const reading = timed(() => files.map((file) => readFileSync(file).length)).seconds;
  plainPass(initial.subarray(0, 1e5), final.subarray(0, 1e5));
  const plain = timed(() => plainPass(initial, final)).seconds;
  const random = createRandom(2);
  const some = Float64Array.from({ length: NAIVE_PAIRS }, () => random.normal());
  const naive = (timed(() => everyPoint(some)).seconds * POTENTIALS * count) / NAIVE_PAIRS;
  const runs = [1, 2, 3].map(() => runInfer(folder, files)).sort((a, b) => a.seconds - b.seconds);
  const [best, median] = [runs[0], runs[1]];
  const { exponent, likelihood, verdict, subsample } = median.fit;
  const rows = [
    ["reading both files (floor)", reading, ""],
    ["one plain pass: SD of Δ ln|w|", plain, ""],
    ["counting by comparing with each grid point, 5 potentials (scaled)", naive, ""],
    [
      "syngeo infer: 5 potentials, both estimators, verdict",
      median.seconds,
      `${median.peak.toFixed(0)} MB peak`,
    ],
  ] as const;
  console.log(
    `${count.toLocaleString("en-GB")} pairs, float32, one thread, ${cpus()[0].model}, Node ${process.version}\n`,
  );
  for (const [name, seconds, note] of rows) {
    const ratio = seconds / plain;
    console.log(
      `${name.padEnd(66)} ${seconds.toFixed(2).padStart(8)} s  ${ratio.toFixed(1).padStart(7)} × plain pass  ${note}`,
    );
  }
  console.log(
    `\nbest of three ${best.seconds.toFixed(2)} s; ${(count / median.seconds / 1e6).toFixed(1)} million pairs a second`,
  );
  console.log(
    `${verdict.status}: λ = ${exponent.estimate.toFixed(4)} [${exponent.low.toFixed(4)}, ${exponent.high.toFixed(4)}], likelihood ${likelihood.estimate.toFixed(4)}`,
  );
  if (subsample)
    console.log(`ranks from ${subsample.rank} pairs, likelihood from ${subsample.likelihood}; ΔCDF from all`);
} finally {
  rmSync(folder, { recursive: true });
}
