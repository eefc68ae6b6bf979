/** `syngeo sweep` and `syngeo figure` as people run them. */

import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, runCommand } from "./command.ts";
import { rowsOfRuns } from "./store-rows.ts";

/** Linear units that learn in milliseconds. */
const tinyPlan = (parts: object = {}) => ({
  schema: "syngeo.plan/1",
  name: "tiny",
  kind: "train",
  settings: {
    preset: "linear-regression",
    task: { inputs: 60, samples: 7 },
    learning: { passes: 4, batch: 3, learningRate: 0.005 },
  },
  cross: { "geometry.potential": ["2-norm", "negative-entropy"], seed: { from: 1, to: 3 } },
  ...parts,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sweep-"));
  writeFileSync(join(folder, "tiny.json"), JSON.stringify(tinyPlan()));
});

const sweep = (...words: string[]) => {
  const { stdout, stderr, status } = runCommand(folder, ["sweep", ...words, "--json"]);
  expect(stderr).toBe("");
  return { ...JSON.parse(stdout), exit: status };
};
const rowsIn = (store: string) => rowsOfRuns(join(folder, store));

describe("syngeo sweep", () => {
  it("makes all runs of a plan once, whatever the number of processes, with the same rows bit for bit", () => {
    expect(sweep("tiny.json", "--store", "one", "--jobs", "1")).toMatchObject({
      made: 6,
      before: 0,
      exit: 0,
    });
    expect(sweep("tiny.json", "--store", "two", "--jobs", "2")).toMatchObject({
      made: 6,
      before: 0,
      exit: 0,
    });
    expect(Object.keys(rowsIn("one"))).toHaveLength(6);
    expect(rowsIn("two")).toEqual(rowsIn("one"));
    expect(sweep("tiny.json", "--store", "one")).toMatchObject({ made: 0, before: 6, exit: 0 });
  });

  it("makes the same runs in shares, as tasks of an array job do", () => {
    for (const task of ["0", "1"]) {
      const answer = sweep("tiny.json", "--store", "shares", "--task", task, "--tasks", "2");
      expect(answer).toMatchObject({ runs: 3, made: 3, failed: [], exit: 0 });
    }
    expect(rowsIn("shares")).toEqual(rowsIn("one"));
  });

  it("lists the runs and makes none with --dry-run", () => {
    const { runs } = sweep("tiny.json", "--store", "none", "--dry-run");
    expect(runs.map(({ id }: { id: string }) => id).sort()).toEqual(Object.keys(rowsIn("one")).sort());
    expect(runs[0]).toMatchObject({ "geometry.potential": "2-norm", seed: 1 });
    expect(readdirSync(folder)).not.toContain("none");
  });

  it("writes runs that syngeo infer and syngeo train --resume understand", () => {
    const run = join("one", "runs", Object.keys(rowsIn("one"))[0]);
    expect(runCommand(folder, ["infer", run, "--json"]).stdout).toMatch(/"schema":"syngeo.infer\/1"/);
    expect(JSON.parse(runCommand(folder, ["train", "--resume", run, "--json"]).stdout).status).toBe("done");
  });

  it("keeps what failed with its sentence, exits with 3, and tries it again the next time", () => {
    const missing = { preset: "mnist-mlp", task: { folder: "no-such-folder" } };
    const plan = tinyPlan({ settings: missing, cross: { seed: [1, 2] } });
    writeFileSync(join(folder, "failing.json"), JSON.stringify(plan));
    for (let attempt = 0; attempt < 2; attempt++) {
      const { failed, made, exit } = sweep("failing.json", "--store", "failing");
      expect([failed.length, made, exit]).toEqual([2, 0, 3]);
      expect(failed[0].message).toMatch(/no-such-folder/);
    }
    expect(readdirSync(join(folder, "failing", "failed"))).toHaveLength(2);
  });

  it.each([
    [["no.json"], /^syngeo: plan "no.json": expected a file that can be read, got ENOENT; /],
    [
      ["tiny.json", "--jobs", "0"],
      /^syngeo: option .--jobs <count>. argument .0. is invalid. expected a whole number ≥ 1, got "0"; such as 2\n/,
    ],
    [["tiny.json", "--task", "2", "--tasks", "2"], /--task: expected a number below --tasks, got 2 of 2/],
    [["tiny.json", "--store", "tiny.json"], /^syngeo: store: expected to write "tiny.json", got ENOTDIR; /],
  ])("refuses %j", (words, sentence) => {
    expectRefusal(folder, ["sweep", ...words], sentence);
  });
});

describe("syngeo runs show", () => {
  it("has every column of every row, and none moved aside by a long value", () => {
    const sizes = Array.from({ length: 40 }, (_, k) => 0.01 * (k + 1));
    writeFileSync(join(folder, "volumes.csv"), `volume_um3\n${sizes.join("\n")}\n`);
    const settings = { data: "volumes.csv", potential: "2-norm", widths: 2 };
    const plan = { schema: "syngeo.plan/1", name: "volumes", kind: "deconvolution", settings };
    writeFileSync(join(folder, "volumes.json"), JSON.stringify(plan));
    sweep("volumes.json", "--store", "volumes", "--jobs", "1");
    const [id] = readdirSync(join(folder, "volumes", "runs"));
    const { stdout } = runCommand(folder, ["runs", "show", id, "--store", "volumes"]);
    // Beside a digest of 64 characters.
    expect(stdout).toMatch(/^potential {2}2-norm$/m);
    expect(stdout).toMatch(/^unit +µm³$/m);
    for (const column of ["belowZero", "observed", "isSettled"])
      expect(stdout).toMatch(new RegExp(` ${column}\\b`));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(200);
  });
});

describe("syngeo figure", () => {
  it("lists the figures, and refuses others and files that they do not need", () => {
    expect(runCommand(folder, ["figure"]).stdout).toMatch(/^r-of-k +accuracy against/m);
    expectRefusal(folder, ["figure", "r-of-q"], /got "r-of-q"; did you mean "r-of-k"\?/);
    expectRefusal(
      folder,
      ["figure", "r-of-k", "--data", "x"],
      /--data: expected nothing for the figure r-of-k/,
    );
    expectRefusal(folder, ["figure", "r-of-k", "--column", "x"], /--column: expected nothing for the figure/);
  });

  it("refuses a file of sizes that cannot be used before any run is made of it", () => {
    expectRefusal(
      folder,
      ["figure", "spines", "--data", "none.csv"],
      /none\.csv": expected a readable file, got none/,
    );
    writeFileSync(join(folder, "sizes.csv"), "spine_vol_um3\n0.1\n-0.2\n");
    expectRefusal(
      folder,
      ["figure", "spines", "--data", "sizes.csv"],
      /expected sizes > 0 .*got -0.2 \(line 3\)/,
    );
    expect(readdirSync(folder)).not.toContain("figures");
  });
});
