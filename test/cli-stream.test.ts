/** `syngeo infer` on files too large to hold: the same answer, little memory. Runs the built command. */

import { spawnSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMeasured } from "../scripts/peak-memory.ts";
import { encodeNpy } from "../src/data/index.ts";
import { infer, pairWeights } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import { npyFile, npyHeader } from "./byte-sources.ts";

const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");
const ROWS = 1100;
const COLUMNS = 1000;
let folder = "";
const at = (name: string) => join(folder, name);

/** Weights that learn by gradient descent, before or after. */
function weightsOf(isFinal: boolean): Float32Array {
  const random = createRandom(1);
  return Float32Array.from({ length: ROWS * COLUMNS }, () => {
    const initial = Math.exp(0.8 * random.normal());
    const change = 0.1 * random.normal();
    return isFinal ? initial + change : initial;
  });
}

function syngeo(...words: string[]) {
  return spawnSync(process.execPath, [main, "infer", ...words], {
    encoding: "utf8",
    cwd: folder,
    maxBuffer: 1e8,
  });
}

const ends = { initial: weightsOf(false), final: weightsOf(true) };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-cli-stream-"));
  for (const [end, data] of Object.entries(ends)) {
    const npy = encodeNpy({ dtype: "float32", shape: [ROWS, COLUMNS], data });
    writeFileSync(at(`${end}.npy`), npy);
    const header = npyHeader("'<f4'", `(${COLUMNS}, ${ROWS})`, "True");
    writeFileSync(at(`${end}-turned.npy`), npyFile(header, new Uint8Array(data.buffer)));
  }
  const npy = (end: "initial" | "final") => readFileSync(at(`${end}.npy`));
  writeFileSync(
    at("packed.npz"),
    zipSync({ "initial.npy": npy("initial"), "final.npy": npy("final") }, { level: 1 }),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("syngeo infer on large files", () => {
  it("prints the numbers of the weights in memory, with a report, whatever the number of threads", () => {
    const found = [
      ["--threads", "1"],
      ["--threads", "2", "--report", "report.html"],
    ].map((flags) => syngeo("initial.npy", "final.npy", "--json", ...flags));
    expect(found.map(({ stderr }) => stderr)).toEqual(["", ""]);
    const [one, two] = found.map(({ stdout }) => JSON.parse(stdout));
    const whole = infer(pairWeights(ends.initial, ends.final), { random: createRandom(1), seed: 1 });
    expect(two.potentials).toEqual(one.potentials);
    for (const fit of [one, two]) {
      expect(fit.exponent).toEqual(whole.exponent);
      expect(fit.likelihood).toEqual(whole.likelihood);
      expect(fit.pairs).toEqual(whole.pairs);
      expect(fit.subsample).toEqual(whole.subsample);
    }
    expect(readFileSync(at("report.html"), "utf8")).toContain("1,100,000 synapses");
  });

  it("takes a single matrix for a table, as it does a small one", () => {
    const { stdout, stderr } = syngeo("final.npy", "--initial", "0", "--final", "1", "--json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).pairs.total).toBe(ROWS);
  });

  it.each([
    [
      "in Fortran order",
      ["initial-turned.npy", "final-turned.npy"],
      /because "initial-turned" is stored in Fortran order$/,
    ],
    [
      "compressed",
      ["packed.npz", "--initial", "initial", "--final", "final"],
      /because "initial" is stored compressed$/,
    ],
  ])("says that it reads values stored %s whole", (_, words, sentence) => {
    const { status, stdout, stderr } = syngeo(...words, "--json");
    expect(stderr.trim()).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout).pairs.used).toBe(ROWS * COLUMNS);
    expect(status).toBe(0);
  });

  it("takes less than 300 MB for two files of 400 MB, most of whose synapses are absent", () => {
    const count = 100_000_000;
    for (const [end, data] of Object.entries(ends)) {
      const file = openSync(at(`sparse-${end}.npy`), "w");
      writeSync(file, npyFile(npyHeader("'<f4'", `(${count},)`), 0));
      writeSync(file, new Uint8Array(data.buffer));
      // What was never written reads as 0 and takes no room on the disk.
      ftruncateSync(file, npyFile(npyHeader("'<f4'", `(${count},)`), 0).length + 4 * count);
      closeSync(file);
    }
    const { stdout, peak } = runMeasured(
      ["infer", "sparse-initial.npy", "sparse-final.npy", "--json"],
      folder,
    );
    expect(JSON.parse(stdout).pairs).toMatchObject({
      total: count,
      used: ROWS * COLUMNS,
      absentThroughout: count - ROWS * COLUMNS,
    });
    expect(peak).toBeGreaterThan(20);
    expect(peak).toBeLessThan(300);
  });
});
