import { describe, expect, it } from "vitest";
import { type Experiment, presets } from "../experiment/index.ts";
import { nameOf, type RuleFlags, settingFlags, settingsOf } from "./train-settings.ts";

const noRules: RuleFlags = { parameterPotential: [], switch: [] };

function settings(task: string, typed: Readonly<Record<string, string>>, rules: Partial<RuleFlags> = {}) {
  return settingsOf(task, presets[task], new Map(Object.entries(typed)), { ...noRules, ...rules });
}

function at(experiment: Experiment, place: string): unknown {
  // Plain JSON, walked by key.
  return place
    .split(".")
    .reduce((value, key) => (value as Record<string, unknown>)[key], experiment as unknown);
}

/** For each flag a task that has it, a text, and what stands at its place afterwards. */
const rows: readonly (readonly [string, string, string, unknown])[] = [
  ["--potential", "mnist-rnn", "eg", "negative-entropy"],
  ["--passes", "mnist-rnn", "7", 7],
  ["--batch", "mnist-rnn", "64", 64],
  ["--schedule", "mnist-rnn", "step:10:0.5", { name: "step", every: 10, factor: 0.5 }],
  ["--warm-up", "mnist-rnn", "2", 2],
  ["--momentum", "mnist-rnn", "0.5", 0.5],
  ["--scaling", "mnist-rnn", "adam", "adam"],
  ["--weight-decay", "mnist-rnn", "1e-4", 1e-4],
  ["--weight-decay-form", "mnist-rnn", "sign", "sign"],
  ["--clip-norm", "mnist-rnn", "2", 2],
  ["--constraint", "mnist-rnn", "frozen-signs", "frozen-signs"],
  ["--initialisation", "mnist-rnn", "log-normal", "log-normal"],
  ["--gain", "mnist-rnn", "2", 2],
  ["--fan", "mnist-rnn", "out", "out"],
  ["--ratio", "mnist-rnn", "3", 3],
  ["--value", "mnist-rnn", "0.1", 0.1],
  ["--bias", "mnist-rnn", "split", "split"],
  ["--hidden", "mnist-mlp", "512,256", [512, 256]],
  ["--channels", "mnist-cnn", "8,16", [8, 16]],
  ["--nonlinearity", "mnist-rnn", "relu", "relu"],
  ["--inputs", "r-of-k", "300", 300],
  ["--samples", "mnist-rnn", "100", 100],
  ["--samples-from", "mnist-rnn", "train", "train"],
  ["--held-out", "mnist-rnn", "500", 500],
  ["--digits", "mnist-rnn", "files", "files"],
  ["--power", "linear-regression", "1.5", 1.5],
  ["--scale", "linear-regression", "4", 4],
  ["--relevant", "r-of-k", "60", 60],
  ["--threshold", "r-of-k", "20", 20],
  ["--goal-accuracy", "mnist-rnn", "0.9", 0.9],
  ["--goal-loss", "mnist-rnn", "0.01", 0.01],
  ["--extensions", "mnist-rnn", "2", 2],
  ["--extra-passes", "mnist-rnn", "5", 5],
  ["--pretrained", "mnist-rnn", "runs/a", "runs/a"],
  ["--snapshots", "mnist-rnn", "3", 3],
  ["--dtype", "mnist-rnn", "float64", "float64"],
  ["--threads", "mnist-rnn", "2", 2],
  ["--seed", "mnist-rnn", "9", 9],
];

describe("settingFlags", () => {
  it.each(rows)("%s of %s takes %s to its place and moves nothing else", (flag, task, text, value) => {
    const place = settingFlags.find((row) => nameOf(row.flag) === flag)?.place ?? "";
    const before = presets[task].experiment;
    const after = settings(task, { [flag]: text });
    expect(at(after, place)).toEqual(value);
    const copy = structuredClone(before) as unknown as Record<string, unknown>; // plain JSON, to be changed
    const [first, ...rest] = place.split(".");
    if (rest.length === 0) copy[first] = value;
    else {
      const [last] = rest.slice(-1);
      (at(copy as unknown as Experiment, [first, ...rest.slice(0, -1)].join(".")) as Record<string, unknown>)[
        last
      ] = value;
    }
    expect(after).toEqual(copy);
  });

  it("are all in the rows above, each with help", () => {
    expect(settingFlags.map(({ flag }) => nameOf(flag)).sort()).toEqual(rows.map(([flag]) => flag).sort());
    for (const { flag, help } of settingFlags) expect(help.length, flag).toBeGreaterThan(5);
  });

  it.each([
    ["--hidden", "linear-regression", "5", "a setting that linear-regression has"],
    ["--channels", "mnist-rnn", "8", "a setting that mnist-rnn has"],
    ["--inputs", "mnist-rnn", "8", "a setting that mnist-rnn has"],
    ["--held-out", "r-of-k", "8", "a setting that r-of-k has"],
    ["--passes", "mnist-rnn", "many", "a number"],
    ["--passes", "mnist-rnn", "", "a number"],
    ["--gain", "mnist-rnn", "Infinity", "a number"],
    ["--fan", "mnist-rnn", "inn", "a number"],
    ["--hidden", "mnist-mlp", "5,,6", "a number"],
    ["--schedule", "mnist-rnn", "step:10", "step:EVERY:FACTOR"],
    ["--schedule", "mnist-rnn", "step:1:2:3", "step:EVERY:FACTOR"],
  ])("%s is refused by name for %s with %j", (flag, task, text, expected) => {
    const shown = text === "5,,6" ? "" : text;
    const beginning = `${flag}: expected ${expected}, got "${shown}"; `;
    expect(() => settings(task, { [flag]: text })).toThrow(
      expect.objectContaining({ code: "bad-flag", message: expect.stringContaining(beginning) }),
    );
  });

  it.each<[string, string, string, string]>([
    ["--hidden", "mnist-rnn", "5,6", 'train: expected a number, got [5,6] ("model.hidden"); correct it'],
    ["--inputs", "r-of-k", "1.5", 'train: expected a whole number, got 1.5 ("task.inputs"); correct it'],
    ["--seed", "r-of-k", "-1", 'train: expected a number ≥ 0, got -1 ("seed"); correct it'],
    [
      "--constraint",
      "r-of-k",
      "frozen-sign",
      'train: expected one of none, frozen-signs, non-negative, got "frozen-sign" ("geometry.constraint"); did you mean "frozen-signs"?',
    ],
  ])("%s of %s is refused by the experiment where it is %j", (flag, task, text, message) => {
    expect(() => settings(task, { [flag]: text })).toThrow(message);
  });

  it("give a recurrent network one size and other networks a list", () => {
    expect(settings("mnist-rnn", { "--hidden": "100" }).model).toMatchObject({ hidden: 100 });
    expect(settings("mnist-mlp", { "--hidden": "100" }).model).toMatchObject({ hidden: [100] });
  });

  it("take none for what may be absent", () => {
    const { optimiser, learning, task } = settings("mnist-rnn", {
      "--clip-norm": "none",
      "--goal-accuracy": "none",
      "--samples": "none",
    });
    expect([optimiser.clipNorm, learning.goal.accuracy]).toEqual([null, null]);
    expect(task).toMatchObject({ samples: null });
    expect(() => settings("r-of-k", { "--samples": "none" })).toThrow(/got null \("task\.samples"\)/);
  });

  it("refuse a potential by the flag, before there is an experiment", () => {
    expect(() => settings("r-of-k", { "--potential": "entrop" })).toThrow(
      /^--potential: unknown "entrop"; one of negative-entropy, 2-norm/,
    );
  });

  it("refuse held-out digits of the package beside a folder", () => {
    expect(() => settings("mnist-rnn", { "--held-out": "5", "--digits": "files" })).toThrow(/^--held-out: /);
  });
});

describe("the flags that are no single setting", () => {
  const rateOf = (rules: Partial<RuleFlags>) => settings("r-of-k", {}, rules).learning.learningRate;

  it("--learning-rate is a number, or searches the task's grid or --rates", () => {
    expect(rateOf({})).toBe(0.5);
    expect(rateOf({ learningRate: "0.25" })).toBe(0.25);
    expect(rateOf({ learningRate: "search" })).toEqual({ search: presets["r-of-k"].rates });
    expect(rateOf({ learningRate: "search", rates: "0.1,1e-2" })).toEqual({ search: [0.1, 0.01] });
    expect(rateOf({ rates: "0.1,0.2" })).toEqual({ search: [0.1, 0.2] });
  });

  it.each<[Partial<RuleFlags>, string]>([
    [
      { learningRate: "0.1", rates: "0.1,0.2" },
      '--rates: expected --learning-rate search beside it, got "0.1"; leave one of them out',
    ],
    [{ learningRate: "fast" }, '--learning-rate: expected a number, got "fast"; such as 1'],
    [{ learningRate: "0" }, 'train: expected a number > 0, got 0 ("learning.learningRate"); correct it'],
    [{ rates: "0.1" }, 'train: expected a list of 2 or more, got [0.1] ("learning.learningRate.search")'],
    [{ rates: "0.1,x" }, '--rates: expected a number, got "x"; such as 1'],
    [{ nesterov: true }, "train: expected nesterov beside plain momentum, got momentum 0"],
    [{ switch: ["eg"] }, '--switch: expected two parts joined by ":", got "eg"; such as 10:negative-entropy'],
    [{ switch: ["x:eg"] }, '--switch: expected a number, got "x"'],
    [{ switch: ["0:eg"] }, 'train: expected a number > 0, got 0 ("geometry.switches[0].pass")'],
    [{ switch: ["99:eg"] }, "train: expected switches at growing passes below 30, got 99"],
    [{ switch: ["5:entrop"] }, '--switch: unknown "entrop"; one of'],
    [
      { parameterPotential: ["2-norm"] },
      '--parameter-potential: expected two parts joined by "=", got "2-norm"; such as "*bias*=2-norm"',
    ],
    [{ parameterPotential: ["*="] }, "--parameter-potential: expected two parts"],
    [{ parameterPotential: ["=eg"] }, "--parameter-potential: expected two parts"],
    [{ parameterPotential: ["*=entrop"] }, '--parameter-potential: unknown "entrop"; one of'],
  ])("%j are refused in one sentence", (rules, sentence) => {
    expect(() => settings("r-of-k", {}, rules)).toThrow(sentence);
  });

  it("--switch, --parameter-potential and --nesterov reach their places in the order given", () => {
    const { geometry, optimiser } = settings(
      "mnist-rnn",
      {},
      {
        nesterov: true,
        switch: ["3:hyperbolic-entropy:0.5", "9:gd"],
        parameterPotential: ["*bias*=2-norm", "rnn*=eg"],
      },
    );
    expect(geometry.switches).toEqual([
      { pass: 3, potential: "hyperbolic-entropy:0.5" },
      { pass: 9, potential: "2-norm" },
    ]);
    expect(geometry.parameters).toEqual([
      { glob: "*bias*", potential: "2-norm" },
      { glob: "rnn*", potential: "negative-entropy" },
    ]);
    expect(optimiser.nesterov).toBe(true);
  });
});
