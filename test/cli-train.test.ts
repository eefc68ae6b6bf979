/** `syngeo train` as a person meets it: words, exit codes, folders. Runs the built command. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runExperiment } from "../src/experiment/index.node.ts";

const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-train-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function syngeo(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

const file = (run: string, name: string) => readFileSync(join(folder, run, name));
const record = (run: string) => JSON.parse(file(run, "run.json").toString());

/** Small enough for a second, with a goal that any loss meets. */
const small = ["train", "linear-regression", "--inputs", "100", "--samples", "5", "--goal-loss", "none"];

describe("syngeo train", () => {
  it("says how it went, writes a run and a learning curve, and what to do next", () => {
    const { status, stdout, stderr } = syngeo(...small, "--passes", "20", "--out", "runs/a");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^done {2}2-norm, 20 passes, learning rate 0\.01, [\d.]+ s\n/);
    expect(stdout).toMatch(/\n +loss\nlearned from +[\d.]+\n/);
    expect(stdout).toContain("run: runs/a (weights before and after, metrics, learning curve)");
    expect(stdout).toContain("which geometry was it? syngeo infer runs/a");
    expect(file("runs/a", "learning-curve.svg").toString()).toMatch(/^<\?xml|^<svg/);
    expect(file("runs/a", "learning-curve.png").subarray(1, 4).toString()).toBe("PNG");
    const { experiment, versions } = record("runs/a");
    expect(experiment).toMatchObject({ task: { inputs: 100, samples: 5 }, learning: { passes: 20 } });
    expect(versions).toEqual({ syngeo: expect.stringMatching(/^\d/), node: process.version });
  });

  it("prints one object with --json, which is the record, and ends with 3 where its goal is missed", () => {
    const words = ["--passes", "2", "--goal-loss", "1e-9", "--out", "runs/json", "--json"];
    const { status, stdout, stderr } = syngeo(...small.slice(0, -2), ...words);
    expect([status, stderr]).toEqual([3, ""]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual(record("runs/json"));
    expect(record("runs/json").message).toMatch(/^after 2 passes the loss is [\d.]+, not below 1e-9; give/);
  });

  it("ends with 3 where it diverged and says what to try, in runs/TASK-POTENTIAL-SEED unless told", () => {
    const words = [
      "--learning-rate",
      "1e9",
      "--potential",
      "affine:0.5",
      "--constraint",
      "frozen-signs",
      "--seed",
      "3",
    ];
    const { status, stdout } = syngeo(...small, ...words);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^diverged {2}affine:0\.5/);
    expect(stdout).toContain("try --learning-rate 100000000, or --learning-rate search");
    expect(stdout).not.toContain("syngeo infer");
    expect(record("runs/linear-regression-affine-0.5-3").experiment.geometry.potential).toBe("affine:0.5");
    const again = syngeo(...small, ...words);
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(
      /^syngeo: --out: expected a new or empty folder, got "runs\/linear-.*--resume runs/,
    );
  });

  it.each([
    [["train"], /^syngeo: train: expected a task, got none; one of linear-regression, r-of-k, /],
    [["train", "r-of-kk"], /^syngeo: train: expected one of .*, got "r-of-kk"; did you mean "r-of-k"\?/],
    [[...small, "--pases", "3"], /^syngeo: unknown option '--pases'; did you mean --passes\?/],
    [
      [...small, "--potential", "entrop"],
      /^syngeo: --potential: unknown "entrop"; one of negative-entropy, /,
    ],
    [
      [...small, "--potential", "logit:1"],
      /^syngeo: trainingStep: expected weights inside the domain of logit:1/,
    ],
    [
      ["train", "mnist-mlp", "--digits", "none"],
      /^syngeo: digits: expected a folder with the four MNIST files/,
    ],
    [
      ["train", "--resume", "runs/a", "--seed", "2"],
      /^syngeo: --resume: expected nothing beside it, got "--seed"/,
    ],
    [
      ["train", "r-of-k", "--resume", "runs/a"],
      /^syngeo: --resume: expected nothing beside it, got "r-of-k"/,
    ],
  ])("refuses %j in one sentence with code 2, and leaves no folder", (words, sentence) => {
    const fresh = words.includes("--resume") ? [] : ["--out", "runs/refused"];
    const { status, stdout, stderr } = syngeo(...words, ...fresh);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([status, stdout]).toEqual([2, ""]);
    expect(existsSync(join(folder, "runs/refused"))).toBe(false);
  });

  it("has tasks, examples and exit codes in its help", () => {
    const { status, stdout } = syngeo("train", "--help");
    expect(status).toBe(0);
    expect(stdout).toMatch(/Tasks:\n {2}linear-regression +labels/);
    expect(stdout).toMatch(/Examples:\n {2}syngeo train mnist-rnn/);
    expect(stdout).toContain("130 stopped");
  });

  it.each([
    ["negative-entropy", "search"],
    ["2-norm", "0.01"],
  ])("learns a geometry that syngeo infer names: %s", (potential, rate) => {
    const run = `runs/${potential}`;
    // Fitting N samples takes the initial weights back by a correlation of √(N/2D), z = √(N/2): few of them hide that.
    const words = ["--inputs", "1000", "--samples", "12", "--potential", potential, "--out", run];
    const trained = syngeo("train", "linear-regression", ...words, "--learning-rate", rate);
    expect(trained.status).toBe(0);
    if (rate === "search") expect(trained.stdout).toMatch(/search, 100 passes\n {2}rate +loss\n {2}1e−7 /);
    const { status, stdout } = syngeo("infer", run, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).verdict).toMatchObject({ status: "decided", potential });
  });
});

describe("a run that is stopped from outside", () => {
  const long = [...small, "--passes", "1500", "--learning-rate", "1e-4"];
  const passesOf = (run: string) =>
    existsSync(join(folder, run, "metrics.jsonl"))
      ? file(run, "metrics.jsonl").toString().split("\n").length
      : 0;
  const ended = (child: ChildProcess) =>
    new Promise<number | null>((done) => child.once("exit", (code) => done(code)));

  /** Sends a signal when some passes are done. */
  async function stopped(
    run: string,
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, [main, ...long, "--out", run], { cwd: folder });
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
    });
    const end = ended(child);
    while (passesOf(run) < 20 && child.exitCode === null) await new Promise((go) => setTimeout(go, 10));
    child.kill(signal);
    return { code: await end, text };
  }

  it("is saved at Ctrl-C and goes on to the same bytes, one that is killed does too", async () => {
    const { code, text } = await stopped("runs/stopped", "SIGINT");
    expect(code).toBe(130);
    expect(text).toMatch(/^interrupted {2}2-norm.*\nstopped in pass \d+ of 1500; go on with --resume\n/);
    expect(text).toContain("go on: syngeo train --resume runs/stopped");
    expect(record("runs/stopped").status).toBe("interrupted");
    await stopped("runs/killed", "SIGKILL");
    const { experiment, versions } = record("runs/killed");
    await runExperiment({ folder: join(folder, "runs/whole"), experiment, versions });
    expect(record("runs/killed")).toMatchObject({ status: "running", position: { pass: 1 } });
    for (const run of ["runs/stopped", "runs/killed"]) {
      const { status, stderr } = syngeo("train", "--resume", run);
      expect([status, stderr]).toEqual([0, ""]);
      for (const name of ["final.safetensors", "state.safetensors"]) {
        expect(file(run, name).equals(file("runs/whole", name)), `${run} ${name}`).toBe(true);
      }
      expect(passesOf(run)).toBe(1501);
    }
  });
});
