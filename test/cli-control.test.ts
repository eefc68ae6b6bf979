/** The command with a control group, and the one that says how many synapses are needed. Runs the built command. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy } from "../src/data/index.ts";
import { simulateControl } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import { expectRefusal, runCommand } from "./command.ts";

let folder = "";

const at = (name: string) => join(folder, name);

const syngeo = (...words: string[]) => runCommand(folder, words);

const { pairs, control } = simulateControl({ learning: 120, control: 90, change: 0.4 }, createRandom(8));
const cells = 15;

/** Wide: a row a synapse, the cells of different brightness; long: the same with a row a measurement. */
function tables() {
  const wide = ["spine,cell,group,type,day0,day8"];
  const long = ["spine,cell,group,type,day,size"];
  for (const [name, group] of [
    ["trained", pairs],
    ["still", control],
  ] as const) {
    for (let i = 0; i < group.initial.length; i++) {
      const cell = `${name} ${i % cells}`;
      const brightness = 10 ** ((i % cells) / cells);
      const [first, last] = [group.initial[i] * brightness, group.final[i] * brightness];
      const type = i % 2 === 0 ? "apical" : "basal";
      wide.push([`${name}${i}`, cell, name, type, first, last].join(","));
      long.push([`${name}${i}`, cell, name, type, 0, first].join(","));
      long.push([`${name}${i}`, cell, name, type, 8, last].join(","));
    }
  }
  return { wide: `${wide.join("\n")}\n`, long: `${long.join("\n")}\n` };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-cli-control-"));
  const { wide, long } = tables();
  writeFileSync(at("wide.csv"), wide);
  writeFileSync(at("long.csv"), long);
  const npy = (values: Float64Array | Float32Array) =>
    encodeNpy({ dtype: "float64", shape: [values.length], data: Float64Array.from(values) });
  writeFileSync(at("before.npy"), npy(pairs.initial));
  writeFileSync(at("after.npy"), npy(pairs.final));
  writeFileSync(at("still-before.npy"), npy(control.initial));
  writeFileSync(at("still-after.npy"), npy(control.final));
});
afterAll(() => rmSync(folder, { recursive: true }));

const WIDE = ["wide.csv", "--initial", "day0", "--final", "day8", "--control", "group=still"];

describe("syngeo infer --control", () => {
  it("prints λ of learning by each method, and the report shows both groups", () => {
    const { status, stdout, stderr } = syngeo("infer", ...WIDE, "--report", "report.html");
    expect(stderr).toBe("");
    expect([0, 3]).toContain(status);
    expect(stdout).toContain("variance function");
    expect(stdout).toMatch(/control: 90 pairs .*learning is \d+ % of the variance/);
    const report = readFileSync(at("report.html"), "utf8");
    for (const words of [
      "Held against the control",
      "learning-and-control",
      "who-responded",
      "control-estimates",
    ])
      expect(report).toContain(words);
    expect(report).toContain("A group without learning (90 pairs)");
    expect(report).not.toContain("NaN");
  }, 60_000);

  it("gives one answer for rows of a wide table, of a long one, and for four files", () => {
    const long = [
      "long.csv",
      "--id",
      "spine",
      "--time",
      "day",
      "--from",
      "0",
      "--to",
      "8",
      "--value",
      "size",
    ];
    const normalised = ["--normalise-by", "cell"];
    const answers = [
      ["infer", ...WIDE, ...normalised, "--json"],
      ["infer", ...long, "--control", "group=still", ...normalised, "--json"],
    ].map((words) => JSON.parse(syngeo(...words).stdout));
    expect(answers[0].control.pairs.used).toBe(90);
    expect(answers[0].pairs.used).toBe(120);
    expect(answers[1].exponent.estimate).toBeCloseTo(answers[0].exponent.estimate, 9);
    const files = [
      "before.npy",
      "after.npy",
      "--control-initial",
      "still-before.npy",
      "--control-final",
      "still-after.npy",
    ];
    const four = JSON.parse(syngeo("infer", ...files, "--json").stdout);
    expect(four.control.pairs.used).toBe(90);
    expect(four.schema).toBe("syngeo.infer/1");
  }, 120_000);

  it("--where holds for the control too, but for a column that --control names", () => {
    const used = (...more: string[]) => {
      const fit = JSON.parse(syngeo("infer", ...WIDE, "--where", "type=apical", ...more, "--json").stdout);
      return [fit.pairs.used, fit.control.pairs.used];
    };
    expect(used()).toEqual([60, 45]);
    expect(used("--control", "type=*")).toEqual([60, 90]);
  }, 60_000);

  it.each([
    [["--control", "group"], /--control: expected COLUMN=VALUE, got "group"/],
    [["--control", "group=*"], /--control: expected a value that marks the control/],
    [["--control", "group=stil"], /expected a value of column "group", got "stil"; did you mean "still"/],
    [["--control-initial", "day0"], /--control-initial: expected both ends of the control/],
    [
      ["--control", "group=still", "--control-initial", "day0", "--control-final", "day8"],
      /expected one way to name the control/,
    ],
    [["--control", "group=still", "--noise-additive", "1"], /expected no noise level beside a control group/],
    [["--control", "group=still", "--group", "type"], /expected no groups beside a control group/],
    [["--normalise-by", "nothing"], /expected the name of a column, got "nothing"/],
  ])("refuses %j with one sentence", (words, sentence) => {
    expectRefusal(folder, ["infer", "wide.csv", "--initial", "day0", "--final", "day8", ...words], sentence);
  });
});

describe("syngeo series", () => {
  const words = ["series", "series.csv", "--id", "spine", "--time", "day", "--value", "size"];
  beforeAll(() => {
    const lines = ["spine,day,size"];
    const random = createRandom(6);
    for (let i = 0; i < 80; i++) {
      let size = Math.exp(random.normal());
      for (const day of [0, 4, 8]) {
        lines.push([i, day, size].join(","));
        size *= Math.exp(0.1 * random.normal());
      }
    }
    writeFileSync(at("series.csv"), `${lines.join("\n")}\n`);
  });

  it("prints exponent and variance against the lag, births and eliminations by size", () => {
    const { status, stdout, stderr } = syngeo(...words);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/variance ∝ lag\^\d\.\d\d/);
    expect(stdout).toContain("corrected");
    const fit = JSON.parse(syngeo(...words, "--json").stdout);
    expect(fit.schema).toBe("syngeo.series/1");
    expect(fit.lags.map(({ lag }: { lag: number }) => lag)).toEqual([4, 8]);
  }, 60_000);

  it("refuses a table of two times", () => {
    const long = ["series", "long.csv", "--id", "spine", "--time", "day", "--value", "size"];
    expectRefusal(folder, long, /expected at least three times, got 2 \(0, 8\); use syngeo infer for two/);
  });
});

describe("syngeo design", () => {
  it("says how many synapses, by formula and by simulation", () => {
    const { status, stdout } = syngeo("design", "--change", "0.5", "--per-cluster", "5");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^\d+ learning and \d+ control synapses \(\d+ and \d+ clusters of 5\) tell negative-entropy from 2-norm with 80 % power\./,
    );
    expect(stdout).toContain("power by simulation");
  }, 60_000);

  it("draws the power curve as SVG and PNG, and refuses another ending before it simulates", () => {
    const { status, stdout } = syngeo("design", "--change", "0.5", "--figure", "power.svg");
    expect(status).toBe(0);
    expect(stdout).toContain("figure: power.svg (and power.png)");
    expect(readFileSync(at("power.svg"), "utf8")).toContain("Power to tell negative-entropy from 2-norm");
    expect(readFileSync(at("power.png")).subarray(1, 4).toString()).toBe("PNG");
    expectRefusal(
      folder,
      ["design", "--figure", "power.pdf"],
      /expected a file name that ends in \.svg, got "power\.pdf"/,
    );
  }, 60_000);

  it("draws sizes from a file, and prints JSON", () => {
    const words = ["--sizes", "before.npy", "--change", "0.5", "--json"];
    const design = JSON.parse(syngeo("design", ...words).stdout);
    expect(design.schema).toBe("syngeo.design/1");
    expect(Math.abs(design.simulation.power - 0.8)).toBeLessThan(0.06);
    expect(existsSync(at("before.npy"))).toBe(true);
  }, 60_000);

  it.each([
    [["--between", "ne"], /--between: expected two geometries/],
    [["--between", "ne", "affine:2"], /expected a potential with an exponent/],
    [["--tails", "cauchy"], /--tails: unknown "cauchy"/],
    [["--power", "0.3"], /design: expected a power between 0.5 and 1, got 0.3/],
  ])("refuses %j with one sentence", (words, sentence) => {
    expectRefusal(folder, ["design", ...words], sentence);
  });
});
