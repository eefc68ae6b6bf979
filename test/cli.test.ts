/** The command as a person meets it: words, exit codes, files. Runs the built command. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz, encodeSafetensors } from "../src/data/index.ts";
import { createRandom } from "../src/random.ts";
import { expectRefusal as refuses, runCommand } from "./command.ts";

const examples = resolve(import.meta.dirname, "../examples");
let folder = "";

const at = (name: string) => join(folder, name);

const syngeo = (...words: string[]) => runCommand(folder, words);
const expectRefusal = (words: string[], sentence: RegExp) => refuses(folder, words, sentence);

const npy = (values: readonly number[], shape = [values.length]) =>
  encodeNpy({ dtype: "float64", shape, data: Float64Array.from(values) });

/** 300 synapses that change by exponentiated gradient, as a table with dendrites and a second measurement. */
function spineTable(): string {
  const random = createRandom(11);
  const lines = ["spine,dendrite,day0,day0b,day8,condition"];
  for (let i = 0; i < 300; i++) {
    const size = Math.exp(0.8 * random.normal());
    const read = () => (size * (1 + 0.05 * random.normal())).toFixed(6);
    const grown = (size * Math.exp(0.4 * random.normal()) * (1 + 0.05 * random.normal())).toFixed(6);
    lines.push([i, `d${i % 30}`, read(), read(), grown, i % 3 === 0 ? "sham" : "learning"].join(","));
  }
  return `${lines.join("\n")}\n`;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-cli-"));
  const random = createRandom(5);
  const initial = Array.from({ length: 200 }, () => Math.exp(0.8 * random.normal()));
  const final = initial.map((weight) => weight * Math.exp(0.2 * random.normal()));
  writeFileSync(at("initial.npy"), npy(initial));
  writeFileSync(at("final.npy"), npy(final));
  writeFileSync(at("square.npy"), npy(initial, [10, 20]));
  writeFileSync(at("few.npy"), npy(initial.slice(0, 6)));
  writeFileSync(at("few-final.npy"), npy(final.slice(0, 6)));
  writeFileSync(at("constant.npy"), npy(initial.map(() => 0.5)));
  writeFileSync(at("truncated.npy"), npy(initial).subarray(0, 500));
  writeFileSync(at("wrong.npy"), "these are no weights");
  writeFileSync(at("shuffled.npy"), npy(Array.from(random.permutation(200), (k) => final[k])));
  writeFileSync(at("spines.csv"), spineTable());
  const matrix = (values: readonly number[]) =>
    ({ dtype: "float64", shape: [20, 10], data: Float64Array.from(values) }) as const;
  const bias = { dtype: "float64", shape: [10], data: new Float64Array(10).fill(1) } as const;
  for (const [name, values] of [
    ["before.npz", initial],
    ["after.npz", final],
  ] as const) {
    writeFileSync(
      at(name),
      encodeNpz([
        { name: "layer1.weight", tensor: matrix(values) },
        { name: "layer2.weight", tensor: matrix(values.map((value) => 10 * value)) },
        { name: "layer1.bias", tensor: bias },
      ]),
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("syngeo infer", () => {
  it("names the geometry of the shipped examples, which learned with it", () => {
    for (const truth of ["negative-entropy", "2-norm"]) {
      const { status, stdout } = syngeo(
        "infer",
        join(examples, `digits-${truth}.npz`),
        "--initial",
        "initial",
        "--final",
        "final",
        "--json",
      );
      expect(status).toBe(0);
      const fit = JSON.parse(stdout);
      expect(fit.schema).toBe("syngeo.infer/1");
      expect(fit.verdict).toMatchObject({ status: "decided", potential: truth });
    }
  });

  it("needs no flag for two .npy files and prints a verdict, a table and how to get a report", () => {
    const { status, stdout, stderr } = syngeo("infer", "initial.npy", "final.npy");
    expect(status).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^decided {2}These 200 synapses changed as under negative entropy/);
    expect(stdout).toContain("ΔCDF");
    expect(stdout).toContain("--report");
  });

  it("prints the same bytes for the same seed", () => {
    const words = [
      "infer",
      "spines.csv",
      "--initial",
      "day0",
      "--final",
      "day8",
      "--cluster",
      "dendrite",
      "--json",
      "--seed",
      "3",
    ];
    expect(syngeo(...words).stdout).toBe(syngeo(...words).stdout);
  });

  it("makes a group of every matrix of two .npz files and lists the bias as left out", () => {
    const { stdout } = syngeo("infer", "before.npz", "after.npz");
    expect(stdout).toMatch(/layer1\.weight\s+200/);
    expect(stdout).toMatch(/left out layer1\.bias: 1 axes: a bias/);
    const one = JSON.parse(
      syngeo("infer", "before.npz", "after.npz", "--include", "layer2*", "--json").stdout,
    );
    expect(one.pairs.total).toBe(200);
  });

  it("takes columns, rows, groups, clusters and repeated measurements of a table", () => {
    const { status, stdout } = syngeo(
      "infer",
      "spines.csv",
      "--initial",
      "day0",
      "--final",
      "day8",
      "--group",
      "condition",
      "--cluster",
      "dendrite",
      "--repeat",
      "day0",
      "day0b",
      "--json",
    );
    expect(status).toBe(0);
    const fit = JSON.parse(stdout);
    expect(fit.noise.source).toBe("repeats");
    // 5 % were planted; 300 repeats give it to ± 0.006 (three standard errors).
    expect(Math.hypot(fit.noise.multiplicative, fit.noise.additive)).toBeGreaterThan(0.04);
    expect(fit.groups.map((group: { name: string }) => group.name).sort()).toEqual(["learning", "sham"]);
    expect(fit.clusters.count).toBe(30);
    expect(fit.clusters.resamples).toBeGreaterThanOrEqual(200);
    const some = JSON.parse(
      syngeo(
        "infer",
        "spines.csv",
        "--initial",
        "day0",
        "--final",
        "day8",
        "--where",
        "condition=sham",
        "--json",
      ).stdout,
    );
    expect(some.pairs.total).toBe(100);
  });

  it("writes a self-contained report and every figure as SVG and PNG", () => {
    const { status, stdout } = syngeo(
      "infer",
      "initial.npy",
      "final.npy",
      "--report",
      "r.html",
      "--figures",
      "figures",
    );
    expect(status).toBe(0);
    expect(stdout).toContain("report: r.html");
    const html = readFileSync(at("r.html"), "utf8");
    expect(html).toContain("negative entropy");
    expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="http/);
    expect(readFileSync(at("figures/change-by-size.svg"), "utf8")).toMatch(/^<svg|^<\?xml/);
    expect(readFileSync(at("figures/change-by-size.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it("ends with exit code 3 where no geometry can be read", () => {
    const { status, stdout } = syngeo("infer", "initial.npy", "shuffled.npy", "--json");
    expect(status).toBe(3);
    expect(JSON.parse(stdout).verdict).toMatchObject({ status: "unidentifiable", potential: null });
  });

  it.each([
    [
      "a missing file",
      ["infer", "nowhere.npy", "final.npy"],
      /^syngeo: file "nowhere\.npy": expected .*, got .*; /,
    ],
    ["wrong magic", ["infer", "wrong.npy", "final.npy"], /^syngeo: .*wrong\.npy.*expected .*, got .*; /],
    [
      "a truncated file",
      ["infer", "truncated.npy", "final.npy"],
      /^syngeo: .*truncated\.npy.*expected .*, got .*; /,
    ],
    [
      "shapes that differ",
      ["infer", "initial.npy", "square.npy"],
      /expected initial and final of one shape, got \[200\] and \[10,20\]/,
    ],
    [
      "fewer than 10 pairs",
      ["infer", "few.npy", "few-final.npy"],
      /expected at least 10 pairs with a weight at both ends, got 6/,
    ],
    [
      "constant initial weights",
      ["infer", "constant.npy", "final.npy"],
      /got the constant 0\.5 .*unidentifiable/,
    ],
    [
      "no change at all",
      ["infer", "initial.npy", "initial.npy"],
      /expected weights that change, got 200 pairs that are all the same/,
    ],
    [
      "a column that is not there",
      ["infer", "spines.csv", "--initial", "day00", "--final", "day8"],
      /day00.*day0/,
    ],
    ["no column named", ["infer", "spines.csv"], /expected --initial COLUMN .*it has spine, dendrite, day0/],
    [
      "text as weights",
      ["infer", "spines.csv", "--initial", "condition", "--final", "day8"],
      /condition.*line 2/,
    ],
    [
      "an unknown potential",
      ["infer", "initial.npy", "final.npy", "--potentials", "entropi"],
      /--potentials: unknown "entropi"; one of/,
    ],
    [
      "an unknown flag",
      ["infer", "initial.npy", "final.npy", "--potental", "x"],
      /unknown option '--potental'/,
    ],
    [
      "negative noise",
      ["infer", "initial.npy", "final.npy", "--noise-additive", "-1"],
      /expected a number ≥ 0, got "-1"/,
    ],
    [
      "three files",
      ["infer", "initial.npy", "final.npy", "few.npy"],
      /expected one table or two files, got 3/,
    ],
    [
      "a level beyond 1",
      ["infer", "initial.npy", "final.npy", "--level", "95"],
      /expected a confidence level between 0\.5 and 1, got 95/,
    ],
    [
      "a report in a folder that is not there",
      ["infer", "initial.npy", "final.npy", "--report", "no/such/r.html"],
      /expected to write "no\/such\/r\.html", got ENOENT/,
    ],
    [
      "an empty list of columns",
      ["infer", "spines.csv", "--initial", "day0", "--final", "day8", "--group", ","],
      /--group: expected the name of a column, got ","/,
    ],
    [
      "a flag that it has no use for",
      ["infer", "spines.csv", "--initial", "day0", "--final", "day8", "--from", "3"],
      /--from: expected no such option/,
    ],
    [
      "one column as its own repeat",
      ["infer", "spines.csv", "--initial", "day0", "--final", "day8", "--repeat", "day0", "day0"],
      /--repeat: expected two different columns/,
    ],
    [
      "a potential named twice",
      ["infer", "initial.npy", "final.npy", "--potentials", "ne,eg"],
      /--potentials: expected each potential once/,
    ],
    [
      "endless resamples",
      ["infer", "initial.npy", "final.npy", "--resamples", "Infinity"],
      /expected a whole number ≥ 0, got "Infinity"/,
    ],
    [
      "a value that no row has",
      ["infer", "spines.csv", "--initial", "day0", "--final", "day8", "--where", "condition=shams"],
      /shams.*sham/,
    ],
  ])("refuses %s in one sentence with exit code 2", (_, words, sentence) => {
    expectRefusal(words, sentence);
  });
});

describe("syngeo inspect", () => {
  it("lists arrays of a .npz and columns of a table", () => {
    expect(syngeo("inspect", "before.npz").stdout).toMatch(/layer1\.weight\s+float64\s+\[20, 10\]/);
    const { stdout } = syngeo("inspect", "spines.csv", "--json");
    const description = JSON.parse(stdout);
    expect(description).toMatchObject({ schema: "syngeo.inspect/1", kind: "table", rows: 300 });
    expect(description.columns.map((column: { name: string }) => column.name)).toContain("dendrite");
  });

  it("lists the tensors of a .safetensors file and what it says of itself", () => {
    const tensor = { dtype: "bfloat16", shape: [2], data: Float32Array.of(1, 2) } as const;
    writeFileSync(at("run.safetensors"), encodeSafetensors([{ name: "rnn.bias", tensor }], { format: "pt" }));
    const { stdout } = syngeo("inspect", "run.safetensors");
    expect(stdout).toMatch(/safetensors, 1 array\n.*\nrnn\.bias\s+bfloat16\s+\[2\]\nmetadata format: pt/);
    const description = JSON.parse(syngeo("inspect", "run.safetensors", "--json").stdout);
    expect(description).toMatchObject({ format: "safetensors", metadata: { format: "pt" } });
  });
});

describe("syngeo", () => {
  it("shows an example in every --help", () => {
    for (const words of [["--help"], ["infer", "--help"], ["inspect", "--help"]]) {
      const { status, stdout } = syngeo(...words);
      expect(status).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}syngeo /);
    }
  });
});
