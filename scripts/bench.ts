/**
 * How fast, beside a stated baseline measured in the same run.
 *
 *     npm run bench [-- --pairs 10000000]
 *     npm run build && npx tsx scripts/bench.ts --huge
 *
 * Writes two float32 `.npy` files to a temporary folder, runs `syngeo infer` on them in a process of its own (one thread and
 * two) and prints seconds, memory and the ratio to three baselines: reading the bytes (the floor), one plain pass over the
 * pairs, and the published way of counting, in which every weight is compared with each of 1000 grid points (measured on
 * few pairs and scaled). ΔCDF alone is measured beside its plain loops in memory. Where other processes share the cores,
 * the processor's seconds say more than the clock's.
 *
 * The floor of `syngeo infer` on 10⁷ pairs: two passes over 80 MB, 0.005 s at the 33 GB/s of one thread's sums, and the
 * kernel's 17 ns a pair in the first (five potentials; bound by some 150 vector operations, and by 7 divisions and roots, a
 * pair), 0.17 s of the processor; the second only draws. Reached: 0.66 s of the clock and 0.91 s of the processor in one
 * thread; 0.64 s and 1.08 s in two. What no second thread shares: 0.10 s of start, 0.14 s of ranks, which are cold code for
 * half of that, and 0.05 s of diagnostics. What the second costs: it joins 0.1 s after the first block, with 0.06 s of its own
 * start, and each of two busy threads here is a fifth slower than one alone. The likelihood (0.09 s) is computed beside the
 * ranks; samples do not grow with the files.
 *
 * `--huge` does one thing only: it infers from a thousand million pairs, for which it makes 8 GB of files and deletes them.
 */

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeNpy } from "../src/data/index.ts";
import { parsePotential } from "../src/geometry/index.ts";
import { DEFAULT_POTENTIALS, deltaCdf } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import { runMeasured } from "./peak-memory.ts";

const { values } = parseArgs({
  options: { pairs: { type: "string", default: "10000000" }, huge: { type: "boolean", default: false } },
});
const HUGE = 1_000_000_000;
/** Pairs made; a file of more repeats them. */
const MOST_MADE = 10_000_000;
const count = values.huge ? HUGE : Number(values.pairs);
const GRID_POINTS = 1000;
const NAIVE_PAIRS = 20_000;
const POTENTIALS = 5;

/** Seconds of the clock and of the processor, all threads together. */
interface Timing {
  readonly seconds: number;
  readonly processor: number;
}

async function timed<T>(work: () => T | Promise<T>): Promise<Timing & { readonly result: T }> {
  const started = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, processor: (user + system) / 1e6, result };
}

function makePairs() {
  const random = createRandom(1);
  const made = Math.min(count, MOST_MADE);
  const [initial, final] = [new Float32Array(made), new Float32Array(made)];
  for (let i = 0; i < made; i++) {
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

/** A float32 .npy of `count` values, those given over and over. */
function writeArray(path: string, data: Float32Array): void {
  const whole = encodeNpy({ dtype: "float32", shape: [data.length], data });
  const header = whole.subarray(0, whole.length - 4 * data.length);
  // numpy leaves room in the header for a longer first size.
  const text = new TextDecoder("latin1")
    .decode(header)
    .replace(/\((\d+),\), \}( *)/, (dict) => `(${count},), }`.padEnd(dict.length));
  const file = openSync(path, "w");
  writeSync(file, Buffer.from(text, "latin1"));
  for (let from = 0; from < count; from += data.length) {
    const values = data.subarray(0, Math.min(data.length, count - from));
    writeSync(file, new Uint8Array(values.buffer, 0, 4 * values.length));
  }
  closeSync(file);
}

/** ΔCDF of the five potentials in memory by plain loops. */
function plainMeasures(initial: Float32Array, final: Float32Array): void {
  const changes = new Float64Array(initial.length);
  for (const name of DEFAULT_POTENTIALS) deltaCdf(parsePotential(name), initial, final, { changes });
}

/** The same with counts and sample from the files, by the built code. */
async function surveyFiles(files: readonly string[], threads: number): Promise<void> {
  const built = (path: string) => import(new URL(`../dist/${path}`, import.meta.url).href);
  const { surveyBlocks } = await built("inference/index.js");
  const { workerLanes } = await built("inference/index.node.js");
  const { BLOCKS_MODULE, openReaders } = await built("data/index.node.js");
  const [initial, final] = ["initial", "final"].map((name, k) => [{ path: files[k], names: [name] }]);
  const [first, last] = [await openReaders(initial), await openReaders(final)];
  const parts = [{ name: "weights", initial: first.readers[0], final: last.readers[0] }];
  await surveyBlocks(
    { source: "bench", parts, reopening: { module: BLOCKS_MODULE, initial, final } },
    { random: createRandom(1), openLanes: workerLanes({ threads }) },
  );
  await first.close();
  await last.close();
}

/** Best of three runs of the built command, by its seconds: with peak memory in MB and the answer. */
async function runInfer(folder: string, files: readonly string[], threads: number, times = 3) {
  const words = ["infer", ...files, "--json", "--threads", String(threads)];
  const runs = [];
  for (let k = 0; k < times; k++) runs.push(await timed(() => runMeasured(words, folder)));
  const [best] = runs.sort((a, b) => a.seconds - b.seconds);
  const { peak, processor, stdout } = best.result;
  return { seconds: best.seconds, processor, peak, fit: JSON.parse(stdout) };
}

const millions = (seconds: number) => `${(count / seconds / 1e6).toFixed(0)} million pairs a second`;

function printAnswer({
  exponent,
  likelihood,
  subsample,
  verdict,
}: Awaited<ReturnType<typeof runInfer>>["fit"]) {
  console.log(
    `\n${verdict.status}: λ = ${exponent.estimate.toFixed(4)} [${exponent.low.toFixed(4)}, ${exponent.high.toFixed(4)}], likelihood ${likelihood.estimate.toFixed(4)}`,
  );
  if (subsample)
    console.log(`ranks from ${subsample.rank} pairs, likelihood from ${subsample.likelihood}; ΔCDF from all`);
}

async function benchHuge(folder: string, files: readonly string[]): Promise<void> {
  const needed = 8.5e9;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < needed) {
    console.log(
      `--huge: expected ${needed / 1e9} GB free in ${folder}, got ${(bavail * bsize) / 1e9}; set TMPDIR`,
    );
    process.exitCode = 2;
    return;
  }
  const { initial, final } = makePairs();
  writeArray(files[0], initial);
  writeArray(files[1], final);
  const run = await runInfer(folder, files, 2, 1);
  console.log(
    `${count.toLocaleString("en-GB")} pairs in two files of 4 GB, two threads: ${run.seconds.toFixed(1)} s, ${millions(run.seconds)}, ${run.peak.toFixed(0)} MB peak`,
  );
  printAnswer(run.fit);
}

async function bench(folder: string, files: readonly string[]): Promise<void> {
  const { initial, final } = makePairs();
  writeArray(files[0], initial);
  writeArray(files[1], final);
  const reading = await timed(() => files.map((file) => readFileSync(file).length));
  plainPass(initial.subarray(0, 1e5), final.subarray(0, 1e5));
  const plain = await timed(() => plainPass(initial, final));
  const random = createRandom(2);
  const some = Float64Array.from({ length: NAIVE_PAIRS }, () => random.normal());
  const naive = await timed(() => everyPoint(some));
  const scaled = (seconds: number) => (seconds * POTENTIALS * count) / NAIVE_PAIRS;
  plainMeasures(initial.subarray(0, 1e5), final.subarray(0, 1e5));
  const measures = await timed(() => plainMeasures(initial, final));
  const surveys: Timing[] = [];
  for (const threads of [1, 2]) {
    await surveyFiles(files, threads);
    surveys.push(await timed(() => surveyFiles(files, threads)));
  }
  const runs = [await runInfer(folder, files, 1), await runInfer(folder, files, 2)];
  const rows: (readonly [name: string, timing: Timing, note: string])[] = [
    ["reading both files (floor)", reading, ""],
    ["one plain pass: SD of Δ ln|w|", plain, ""],
    [
      "counting by comparing with each grid point, 5 potentials (scaled)",
      { seconds: scaled(naive.seconds), processor: scaled(naive.processor) },
      "",
    ],
    ["ΔCDF of 5 potentials, plain loops in memory", measures, millions(measures.seconds)],
    ["the same from the files, one thread", surveys[0], millions(surveys[0].seconds)],
    ["the same from the files, two threads", surveys[1], millions(surveys[1].seconds)],
    ["syngeo infer, one thread", runs[0], `${runs[0].peak.toFixed(0)} MB peak`],
    ["syngeo infer, two threads", runs[1], `${runs[1].peak.toFixed(0)} MB peak`],
  ];
  console.log(
    `${count.toLocaleString("en-GB")} pairs, float32, ${cpus()[0].model}, Node ${process.version}\n`,
  );
  for (const [name, { seconds, processor }, note] of rows) {
    const busy = `${processor.toFixed(2)} s busy`;
    const ratio = `${(seconds / plain.seconds).toFixed(1)} × plain pass`;
    console.log(
      `${name.padEnd(66)} ${seconds.toFixed(2).padStart(7)} s ${busy.padStart(14)} ${ratio.padStart(20)}  ${note}`,
    );
  }
  printAnswer(runs[1].fit);
}

const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-"));
const files = ["initial.npy", "final.npy"].map((name) => join(folder, name));
try {
  await (values.huge ? benchHuge(folder, files) : bench(folder, files));
} finally {
  rmSync(folder, { recursive: true });
}
