import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { type Experiment, parseExperiment, presetNamed, presets } from "./index.ts";

const names = Object.keys(presets);

/** The settings of a preset as loose JSON, with one place changed; `undefined` leaves the key out. */
function settingsWith(place: string, value: unknown, preset = "mnist-mlp"): unknown {
  const settings: Record<string, unknown> = structuredClone({ ...presets[preset].experiment });
  const keys = place.split(".");
  let object = settings;
  for (const key of keys.slice(0, -1)) object = object[key] as Record<string, unknown>; // plain JSON
  object[keys[keys.length - 1]] = value;
  return settings;
}

function refusal(json: unknown): InputError {
  try {
    parseExperiment(json, "train");
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("parseExperiment", () => {
  it.each(names)("takes the preset %s, and what JSON makes of it, as it is", (name) => {
    const { experiment, rates } = presets[name];
    expect(parseExperiment(experiment, "preset")).toEqual(experiment);
    expect(parseExperiment(JSON.parse(JSON.stringify(experiment)), "preset")).toEqual(experiment);
    const searched = { ...experiment, learning: { ...experiment.learning, learningRate: { search: rates } } };
    expect(parseExperiment(searched, "preset")).toEqual(searched);
  });

  it.each<[string, unknown, string]>([
    ["extra", 1, 'expected only known keys, got "extra"; correct it'],
    ["learning.epochs", 3, 'expected only known keys, got "epochs" ("learning"); correct it'],
    ["learning.passes", undefined, 'expected a number, got nothing ("learning.passes"); add it'],
    ["learning", null, 'expected an object, got null ("learning"); correct it'],
    ["task.heldOut", 1.5, 'expected a whole number, got 1.5 ("task.heldOut"); correct it'],
    ["learning.passes", 0, 'expected a number > 0, got 0 ("learning.passes"); correct it'],
    ["optimiser.momentum", 1, 'expected a number < 1, got 1 ("optimiser.momentum"); correct it'],
    ["learning.goal.accuracy", 2, 'expected a number ≤ 1, got 2 ("learning.goal.accuracy"); correct it'],
    ["seed", Number.NaN, 'expected a number, got NaN ("seed"); correct it'],
    ["optimiser.nesterov", "yes", 'expected true or false, got "yes" ("optimiser.nesterov"); correct it'],
    ["model.hidden", [], 'expected a list of 1 or more, got [] ("model.hidden"); correct it'],
    ["model.hidden", [5, 0], 'expected a number > 0, got 0 ("model.hidden[1]"); correct it'],
    [
      "model.nonlinearity",
      "rely",
      'expected one of relu, tanh, got "rely" ("model.nonlinearity"); did you mean "relu"?',
    ],
    [
      "task.name",
      "digit",
      'expected one of linear-regression, r-of-k, digits, got "digit" ("task.name"); did you mean "digits"?',
    ],
    ["task", {}, 'expected one of linear-regression, r-of-k, digits, got nothing ("task.name"); add it'],
    [
      "initialisation.fan",
      "inn",
      'expected one of in, out, or a number, got "inn" ("initialisation.fan"); did you mean "in"?',
    ],
    ["initialisation.fan", -1, 'expected a number > 0, got -1 ("initialisation.fan"); correct it'],
    [
      "learning.learningRate",
      "fast",
      'expected a number, or an object, got "fast" ("learning.learningRate"); correct it',
    ],
    [
      "learning.learningRate",
      { search: [0.1] },
      'expected a list of 2 or more, got [0.1] ("learning.learningRate.search"); correct it',
    ],
    [
      "learning.learningRate",
      { serch: [0.1, 1] },
      'expected a list, got nothing ("learning.learningRate.search"); add it',
    ],
    [
      "geometry.switches",
      [{ pass: 1 }],
      'expected text, got nothing ("geometry.switches[0].potential"); add it',
    ],
  ])("says of %s = %j in one sentence what is wrong, with place and value", (place, value, sentence) => {
    const error = refusal(settingsWith(place, value));
    expect(error.code).toBe("bad-experiment");
    expect(error.message).toBe(`train: ${sentence}`);
  });

  it("points from a missing key to a misspelt one beside it", () => {
    const { passes, ...others } = presets["mnist-mlp"].experiment.learning;
    const { message } = refusal(settingsWith("learning", { ...others, pases: passes }));
    expect(message).toBe('train: expected a number, got nothing ("learning.passes"); rename "pases"');
  });

  it("shows no more than the beginning of a long value", () => {
    const { message } = refusal(settingsWith("seed", "x".repeat(500)));
    expect(message.length).toBeLessThan(130);
    expect(message).toContain('"xxx');
  });

  it.each([[null], [5], ["text"], [[]]])("refuses %j as a whole", (json) => {
    expect(refusal(json).message).toMatch(/^train: expected an object, got .*; correct it$/);
  });

  it.each<[string, unknown]>([
    ["geometry.potential", "entrop"],
    ["geometry.parameters", [{ glob: "*", potential: "entrop" }]],
    ["geometry.switches", [{ pass: 3, potential: "entrop" }]],
  ])("refuses a potential in %s that does not exist, with the list", (place, value) => {
    const error = refusal(settingsWith(place, value));
    expect(error.code).toBe("unknown-potential");
    expect(error.message).toMatch(
      /^train: geometry\.(potential|parameters\[0\]\.potential|switches\[0\]\.potential): unknown "entrop"; one of negative-entropy, 2-norm, P-norm/,
    );
  });

  it("refuses a potential whose parameter it cannot have", () => {
    expect(refusal(settingsWith("geometry.potential", "0.5-norm")).code).toBe("bad-parameter");
  });

  it.each<[string, unknown, string, string]>([
    ["mnist-mlp", "adam", "optimiser.scaling", "got Adam"],
    ["mnist-mlp", 0, "optimiser.momentum", "got momentum 0"],
  ])("refuses Nesterov's form in %s where nothing would use it: %j", (preset, value, place, got) => {
    const json = settingsWith(place, value, preset) as Experiment; // a whole experiment but for that value
    const { message } = refusal({ ...json, optimiser: { ...json.optimiser, nesterov: true } });
    expect(message).toContain(got);
    expect(message).toContain('("optimiser.nesterov"); leave it out');
  });

  it("refuses samples from held-out digits without their number, and a goal of accuracy without classes", () => {
    expect(refusal(settingsWith("task.samplesFrom", "held-out")).message).toContain('("task.samples")');
    expect(refusal(settingsWith("learning.goal.accuracy", 0.9, "linear-regression")).message).toContain(
      "got 0.9 for linear-regression, whose answers are no classes",
    );
  });

  it.each<[string, string, unknown, string]>([
    ["mnist-cnn", "dtype", "float64", "expected float32 for the model cnn, got float64"],
    ["mnist-rnn", "learning.warmUp", 30, "expected a warm-up shorter than the 30 passes, got 30"],
    ["mnist-rnn", "snapshots", 31, "expected snapshots within the 30 passes, got every 31"],
  ])("refuses for %s in %s %j, which could not be done", (preset, place, value, sentence) => {
    const { message } = refusal(settingsWith(place, value, preset));
    expect(message).toContain(`${sentence} ("${place}"); `);
  });

  it("refuses a switch after the last pass, and switches out of order", () => {
    const to = (...passes: number[]) => passes.map((pass) => ({ pass, potential: "2-norm" }));
    expect(refusal(settingsWith("geometry.switches", to(30))).message).toContain("got 30");
    expect(refusal(settingsWith("geometry.switches", to(5, 5))).message).toContain(
      '("geometry.switches[1].pass")',
    );
    expect(
      parseExperiment(settingsWith("geometry.switches", to(1, 29)), "train").geometry.switches,
    ).toHaveLength(2);
  });
});

describe("presetNamed", () => {
  it("knows every preset, and says which it knows where a name is misspelt", () => {
    for (const name of names) expect(presetNamed(name)).toBe(presets[name]);
    expect(() => presetNamed("mnist-rn")).toThrow(/got "mnist-rn"; did you mean "mnist-rnn"\?$/);
    expect(() => presetNamed("constructor")).toThrow(/expected one of linear-regression, r-of-k/);
  });
});
