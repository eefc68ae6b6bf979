/**
 * How fast and in how much memory `syngeo infer` reads a table of a hundred million rows.
 *
 *     npm run build && npx tsx scripts/bench-tables.ts [--rows 100000000] [--codec SNAPPY]
 *
 * Makes a Parquet file of two float32 columns in row groups of 2²⁰ rows, as pandas writes them (800 MB, made of ten million
 * pairs over and over), runs the built command in a process of its own with one thread and two, and deletes the file.
 */

import { mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../src/random.ts";
import { type ParquetColumnData, writeParquet } from "../test/parquet-tables.ts";
import { runMeasured } from "./peak-memory.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100000000" },
    codec: { type: "string", default: "UNCOMPRESSED" },
  },
});
const rows = Number(values.rows);
const codec = (["UNCOMPRESSED", "SNAPPY", "GZIP"] as const).find((each) => each === values.codec);
const GROUP_ROWS = 2 ** 20;
const MOST_MADE = 10 * GROUP_ROWS;

function* partsOf(): Generator<ParquetColumnData[]> {
  const random = createRandom(1);
  const made = Math.min(rows, MOST_MADE);
  const [initial, final] = [new Float32Array(made), new Float32Array(made)];
  for (let i = 0; i < made; i++) {
    initial[i] = 0.01 * Math.exp(0.83 * random.normal());
    final[i] = initial[i] * Math.exp(0.2 * random.normal());
  }
  for (let from = 0; from < rows; from += GROUP_ROWS) {
    const start = from % MOST_MADE;
    const end = start + Math.min(GROUP_ROWS, rows - from);
    yield [
      { name: "day0", type: "FLOAT", data: initial.subarray(start, end) },
      { name: "day8", type: "FLOAT", data: final.subarray(start, end) },
    ];
  }
}

type Codec = NonNullable<typeof codec>;

function bench(folder: string, path: string, codec: Codec): void {
  writeParquet(path, partsOf(), { codec, encoding: "PLAIN", rowGroupSize: GROUP_ROWS });
  const megabytes = statSync(path).size / 1e6;
  console.log(
    `${rows.toLocaleString("en-GB")} rows of two float32 columns, ${codec}, ${megabytes.toFixed(0)} MB\n`,
  );
  for (const threads of [1, 2]) {
    const words = [
      "infer",
      path,
      "--initial",
      "day0",
      "--final",
      "day8",
      "--json",
      "--threads",
      String(threads),
    ];
    const started = performance.now();
    const { stdout, stderr, peak, processor } = runMeasured(words, folder);
    const seconds = (performance.now() - started) / 1000;
    if (stdout === "") throw new Error(stderr);
    const { exponent, pairs } = JSON.parse(stdout);
    const rate = `${(rows / seconds / 1e6).toFixed(1)} million pairs a second`;
    console.log(
      `${threads} thread${threads > 1 ? "s" : " "}  ${seconds.toFixed(1).padStart(6)} s  ${processor.toFixed(1).padStart(6)} s busy  ${rate}  ${peak.toFixed(0)} MB peak  λ = ${exponent.estimate.toFixed(4)} of ${pairs.used} pairs`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-"));
try {
  const { bavail, bsize } = statfsSync(folder);
  const needed = rows * 8.5;
  if (codec === undefined)
    throw new Error(`--codec: expected UNCOMPRESSED, SNAPPY or GZIP, got ${values.codec}`);
  if (bavail * bsize < needed) throw new Error(`expected ${needed / 1e9} GB free in ${folder}; set TMPDIR`);
  bench(folder, join(folder, "table.parquet"), codec);
} finally {
  rmSync(folder, { recursive: true });
}
