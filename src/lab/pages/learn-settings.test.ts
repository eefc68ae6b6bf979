import { describe, expect, it } from "vitest";
import { initialWeights, objectiveOf } from "../../experiment/experiment-network.ts";
import { createRandom } from "../../random.ts";
import {
  commandOf,
  completed,
  experimentOf,
  type LearnSettings,
  layerOf,
  suitedRate,
  TASKS,
  type TaskName,
  tasks,
} from "./learn-settings.ts";

const settings = (task: TaskName, others: Partial<LearnSettings> = {}): LearnSettings => ({
  processor: "wasm",
  task,
  potential: "negative-entropy",
  initialisation: "log-normal",
  examples: 0,
  passes: 0,
  rate: 0,
  momentum: 0.9,
  seed: 1,
  layer: "",
  ...others,
});

describe("suitedRate", () => {
  it("is the task's step under the 2-norm, whose curvature is 1 everywhere", () => {
    for (const task of TASKS) expect(suitedRate(task, "2-norm")).toBe(tasks[task].step);
  });

  it("moves a weight of the usual size at one speed in every geometry: the rate over φ″ is the same", () => {
    const { step, size } = tasks["mnist-rnn"];
    // φ″ of the negative entropy is 1/|w|, of the 3-norm 2|w|.
    expect(suitedRate("mnist-rnn", "negative-entropy") * size).toBeCloseTo(step, 6);
    expect(suitedRate("mnist-rnn", "3-norm") / (2 * size)).toBeCloseTo(step, 6);
  });

  it("is the task's step where the usual size lies outside the domain", () => {
    expect(suitedRate("mnist-rnn", "logit:0.01")).toBe(tasks["mnist-rnn"].step);
  });
});

describe("experimentOf", () => {
  it("fills in what is 0 and leaves what was chosen", () => {
    const { examples, passes } = tasks["mnist-mlp"];
    expect(completed(settings("mnist-mlp"))).toMatchObject({ examples, passes });
    const { task, learning } = experimentOf(settings("mnist-mlp", { examples: 77, passes: 3, rate: 0.5 }));
    expect(task).toMatchObject({ name: "digits", samples: 77 });
    expect(learning).toMatchObject({ passes: 3, learningRate: 0.5 });
  });

  it.each(TASKS)("of %s has the tensors that the layers name, in the shapes that they say", (task) => {
    const experiment = experimentOf(settings(task));
    const isRegression = task === "linear-regression";
    const shape = [1, ...(task === "mnist-rnn" ? [28, 28] : task === "mnist-mlp" ? [784] : [4000])];
    const count = shape.reduce((product, size) => product * size);
    const targets = isRegression
      ? ({ dtype: "float32", shape: [1, 1], data: new Float32Array(1) } as const)
      : ({ dtype: "int32", shape: [1], data: new Int32Array(1) } as const);
    const inputs = { dtype: "float32", shape, data: new Float32Array(count) } as const;
    const objective = objectiveOf(experiment, {
      classes: isRegression ? null : 10,
      train: { inputs, targets },
    });
    const weights = initialWeights(experiment, objective, createRandom(1));
    for (const { tensor, label } of tasks[task].layers) {
      const sizes = weights[tensor].shape.map((size) => size.toLocaleString("en"));
      expect(label.endsWith(`, ${sizes.join(" × ")}`), label).toBe(true);
    }
  });
});

it("commandOf is the command of the same experiment", () => {
  const command = commandOf(settings("linear-regression", { potential: "hyperbolic-entropy:0.1" }));
  expect(command).toMatch(/^syngeo train linear-regression --potential hyperbolic-entropy:0\.1 /);
  expect(command).toContain("--samples 32 --inputs 4000");
});

it("layerOf is the layer that the task is about, also where the chosen one is another task's", () => {
  expect(layerOf({ task: "mnist-rnn", layer: "" }).tensor).toBe("rnn.weight_hh_l0");
  expect(layerOf({ task: "mnist-mlp", layer: "output" }).tensor).toBe("fc3.weight");
  expect(layerOf({ task: "linear-regression", layer: "output" }).tensor).toBe("weight");
});
