/**
 * Bytes a second of each reader, beside reading the same bytes and doing nothing with them.
 *
 *     npm run build && npx tsx scripts/bench-readers.ts [--megabytes 256] [--format csv]
 *
 * Makes a file of each format in a temporary folder, one at a time (text and workbooks smaller, as is said), reads it whole by
 * the built code in a process of its own, the best of two, and deletes it. Megabytes are those of the file, compressed where
 * it is; the peak is what the process took of memory, 50 MB of which are Node.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type MadeFiles, READER_FILES } from "./reader-files.ts";

const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "256" }, format: { type: "string", default: "" } },
});
const megabytes = Number(values.megabytes);

function secondsOf(work: () => unknown): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

/** Seconds of the second of two reads, or of the first where it is the better, and the peak in MB. */
function readerOf(path: string): { readonly seconds: number; readonly peak: number } {
  const built = new URL("../dist/data/index.node.js", import.meta.url).href;
  const script = `const { readPath } = await import(${JSON.stringify(built)});
    let seconds = Infinity;
    for (let k = 0; k < 2; k++) {
      const started = performance.now();
      await readPath(${JSON.stringify(path)});
      seconds = Math.min(seconds, (performance.now() - started) / 1000);
    }
    console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--max-old-space-size=8192", "--input-type=module", "--eval", script],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${path}: ${stderr}`);
  return JSON.parse(stdout);
}

function report(name: string, { path, files }: MadeFiles): void {
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
  const readAll = () => files.map((file) => readFileSync(file).length);
  const plain = Math.min(...[1, 2, 3].map(() => secondsOf(readAll)));
  const { seconds, peak } = readerOf(path);
  const cells = [
    `${size.toFixed(0).padStart(5)} MB`,
    `${seconds.toFixed(2).padStart(6)} s`,
    `${(size / seconds).toFixed(0).padStart(6)} MB/s`,
    `${(size / plain).toFixed(0).padStart(6)} MB/s plain`,
    `${(seconds / plain).toFixed(1).padStart(6)} × plain`,
    `${peak.toFixed(0).padStart(6)} MB peak`,
  ];
  console.log(`${name.padEnd(16)} ${cells.join("  ")}`);
}

console.log(`Readers beside readFileSync, ${cpus()[0].model}, Node ${process.version}\n`);
for (const { name, share, make } of READER_FILES.filter((each) => each.name.startsWith(values.format))) {
  const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-"));
  try {
    report(name, await make(folder, share * megabytes * 1e6));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
