/** A small recurrent network of the reference implementation: its outputs, gradients and five steps of each optimiser. */

import { describe, expect, it } from "vitest";
import { parsePotential } from "../src/geometry/index.ts";
import { openSession } from "../src/graph/index.node.ts";
import {
  defineGraph,
  type FloatType,
  type GraphTensor,
  gradient,
  input,
  openLoop,
  tensorOf,
  type Value,
} from "../src/graph/index.ts";
import { chain, momentum, scaleByLearningRate, trainingStep } from "../src/learning/index.ts";
import { crossEntropy, recurrentNetwork } from "../src/network/index.ts";
import { oracleArrays } from "./oracle-arrays.ts";

const { isHere, numbersOf } = await oracleArrays("F_rnn_small_step.npz", "steps of the reference network");

const EXAMPLES = 6;
const network = recurrentNetwork({ inputs: 28, hidden: 8, outputs: 10 });
const names = Object.keys(network.parameters);
const suffixes: Readonly<Record<FloatType, string>> = { float64: "f64", float32: "f32" };

function tensorsOf(prefix: string, dtype: FloatType): Readonly<Record<string, GraphTensor>> {
  const entries = names.map((name) => {
    const { shape } = network.parameters[name];
    return [name, tensorOf(dtype, shape, numbersOf(`${prefix}.${name}_${suffixes[dtype]}`))] as const;
  });
  return Object.fromEntries(entries);
}

/** The images with their rows first: [28 rows, 6 examples, 28 columns]. */
function sequences(dtype: FloatType): GraphTensor {
  const images = numbersOf(`inputs_${suffixes[dtype]}`);
  const values = new Array<number>(images.length);
  for (let example = 0; example < EXAMPLES; example++) {
    for (let row = 0; row < 28; row++) {
      for (let k = 0; k < 28; k++) {
        values[(row * EXAMPLES + example) * 28 + k] = images[(example * 28 + row) * 28 + k];
      }
    }
  }
  return tensorOf(dtype, [28, EXAMPLES, 28], values);
}

/** The largest |got − expected| of a tensor as a share of its largest |expected|. */
function error(got: GraphTensor, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(Number(got.data[i]) - value))) / scale;
}

function fed(dtype: FloatType) {
  const x = input("x", dtype, [28, EXAMPLES, 28]);
  const labels = input("labels", "int32", [EXAMPLES]);
  const lossOf = (weights: Readonly<Record<string, Value>>) => {
    const logits = network.apply(weights, x, null);
    return { logits, loss: crossEntropy(logits, labels, null).loss };
  };
  const feeds = { x: sequences(dtype), labels: tensorOf("int32", [EXAMPLES], numbersOf("labels")) };
  return { inputs: [x, labels], lossOf, feeds };
}

// Sums in another order: 28 steps of products with 28 or 8 terms.
const tolerances: Readonly<Record<FloatType, number>> = { float64: 1e-12, float32: 1e-5 };

describe.skipIf(!isHere).each(["float64", "float32"] as const)("the reference network in %s", (dtype) => {
  it("has the same outputs and gradients", async () => {
    const { inputs, lossOf, feeds } = fed(dtype);
    const initial = tensorsOf("init", dtype);
    const weights = Object.fromEntries(names.map((name) => [name, input(name, dtype, initial[name].shape)]));
    const { logits, loss } = lossOf(weights);
    const slopes = gradient(loss, Object.values(weights));
    const graph = defineGraph({
      inputs: [...inputs, ...Object.values(weights)],
      outputs: { logits, ...Object.fromEntries(names.map((name, i) => [`d:${name}`, slopes[i]])) },
    });
    const session = await openSession(graph);
    const results = await session.run({ ...feeds, ...initial });
    await session.close();
    expect(error(results.logits, numbersOf(`logits0_${suffixes[dtype]}`))).toBeLessThan(tolerances[dtype]);
    for (const name of names) {
      const expected = numbersOf(`grad0.${name}_${suffixes[dtype]}`);
      expect(error(results[`d:${name}`], expected), name).toBeLessThan(tolerances[dtype]);
    }
  });

  it.each(["none", "negative_entropy", "2-norm", "3-norm"])(
    "takes the same five steps in %s",
    async (key) => {
      const { inputs, lossOf, feeds } = fed(dtype);
      const potential = parsePotential(key === "none" ? "euclidean" : key.replace("_", "-"));
      const initial = tensorsOf("init", dtype);
      const step = trainingStep({
        parameters: Object.fromEntries(names.map((name) => [name, { tensor: initial[name], potential }])),
        inputs,
        forward: lossOf,
        chain: chain(momentum({ decay: 0.9 }), scaleByLearningRate()),
      });
      const session = await openSession(step.graph);
      const loop = openLoop(session, step);
      const losses = numbersOf(`loss_${key}_${suffixes[dtype]}`);
      for (const [i, rate] of numbersOf(`lr_${suffixes[dtype]}`).entries()) {
        const { loss } = await loop.step({ ...feeds, learningRate: step.learningRate(rate) });
        expect(Math.abs(Number(loss.data[0]) / losses[i] - 1)).toBeLessThan(tolerances[dtype]);
      }
      const state = loop.state();
      await session.close();
      for (const name of names) {
        const expected = numbersOf(`after5.${name}_${key}_${suffixes[dtype]}`);
        expect(error(state[name], expected), name).toBeLessThan(tolerances[dtype]);
      }
    },
  );
});
