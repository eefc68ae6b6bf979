import { describe, expect, it } from "vitest";
import { openSession } from "../graph/index.node.ts";
import { defineGraph, type GraphTensor, input, Relu, sizeOf, tensorOf } from "../graph/index.ts";
import { createRandom } from "../random.ts";
import {
  activation,
  averagePool,
  convolution,
  convolutionalNetwork,
  flatten,
  globalAveragePool,
  initialise,
  type Layer,
  layerNormalisation,
  linear,
  maxPool,
  multilayerPerceptron,
  recurrent,
  recurrentNetwork,
  sequential,
} from "./index.ts";

const random = createRandom("layers");

interface Row {
  readonly layer: Layer;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const rows: Readonly<Record<string, Row>> = {
  linear: { layer: linear({ inputs: 4, outputs: 3 }), inputs: [5, 4], outputs: [5, 3] },
  "linear without bias": {
    layer: linear({ inputs: 4, outputs: 1, bias: "none" }),
    inputs: [5, 4],
    outputs: [5, 1],
  },
  "linear with a split bias": {
    layer: linear({ inputs: 4, outputs: 3, bias: "split" }),
    inputs: [5, 4],
    outputs: [5, 3],
  },
  recurrent: { layer: recurrent({ inputs: 3, hidden: 4 }), inputs: [6, 5, 3], outputs: [5, 4] },
  "recurrent of ReLU": {
    layer: recurrent({ inputs: 3, hidden: 4, nonlinearity: "relu" }),
    inputs: [6, 5, 3],
    outputs: [5, 4],
  },
  "recurrent without bias": {
    layer: recurrent({ inputs: 3, hidden: 4, bias: "none" }),
    inputs: [6, 5, 3],
    outputs: [5, 4],
  },
  "recurrent of one step": {
    layer: recurrent({ inputs: 3, hidden: 4, bias: "split" }),
    inputs: [1, 5, 3],
    outputs: [5, 4],
  },
  convolution: {
    layer: convolution({ inputs: 2, outputs: 4, kernel: [3, 2], padding: [1, 0], stride: [2, 1], groups: 2 }),
    inputs: [5, 2, 6, 6],
    outputs: [5, 4, 3, 5],
  },
  "max-pooling": { layer: maxPool(2), inputs: [5, 3, 6, 4], outputs: [5, 3, 3, 2] },
  "average pooling": { layer: averagePool(2), inputs: [5, 3, 6, 4], outputs: [5, 3, 3, 2] },
  "global average pooling": { layer: globalAveragePool(), inputs: [5, 3, 6, 4], outputs: [5, 3] },
  flatten: { layer: flatten(), inputs: [5, 3, 2, 2], outputs: [5, 12] },
  "layer normalisation": { layer: layerNormalisation({ size: 6 }), inputs: [5, 6], outputs: [5, 6] },
  "multilayer perceptron": {
    layer: multilayerPerceptron({ inputs: 4, hidden: [6, 5], outputs: 3 }),
    inputs: [5, 4],
    outputs: [5, 3],
  },
  "recurrent network": {
    layer: recurrentNetwork({ inputs: 3, hidden: 4, outputs: 2 }),
    inputs: [6, 5, 3],
    outputs: [5, 2],
  },
  "convolutional network": {
    layer: convolutionalNetwork({ rows: 8, columns: 9, channels: [2, 3], outputs: 4 }),
    inputs: [5, 1, 8, 9],
    outputs: [5, 4],
  },
};

const all = Object.entries(rows);

function numbers(shape: readonly number[], name: string): GraphTensor {
  const stream = random.stream(name);
  const values = Array.from({ length: sizeOf(shape) }, () => stream.normal());
  return tensorOf("float32", shape, values);
}

async function outputOf(
  { layer, inputs }: Row,
  weights: Readonly<Record<string, GraphTensor>>,
  runs: number | null,
) {
  const x = input("x", "float32", inputs);
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, { dtype, shape }]) => [name, input(name, dtype, shape)]),
  );
  const y = layer.apply(values, x, runs);
  const session = await openSession(defineGraph({ inputs: [x, ...Object.values(values)], outputs: { y } }));
  const result = await session.run({ x: numbers(inputs, "inputs"), ...weights });
  await session.close();
  return result.y;
}

it.each([1, 3])("linear with %d outputs gives the run r the inputs r mod sets", async (outputs) => {
  const layer = linear({ inputs: 4, outputs, bias: "none" });
  const stacked = { weight: numbers([6, outputs, 4], "weights of six runs") };
  const together = await outputOf({ layer, inputs: [2, 5, 4], outputs: [] }, stacked, 6);
  expect(together.shape).toEqual([6, 5, outputs]);
  const x = numbers([2, 5, 4], "inputs").data;
  for (let i = 0; i < together.data.length; i++) {
    const [run, example, output] = [Math.floor(i / (5 * outputs)), Math.floor(i / outputs) % 5, i % outputs];
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const weight = stacked.weight.data[(run * outputs + output) * 4 + k];
      sum += Number(weight) * Number(x[((run % 2) * 5 + example) * 4 + k]);
    }
    expect(Number(together.data[i])).toBeCloseTo(sum, 5); // four float32 terms of size 1
  }
});

describe.each(all)("%s", (_, row) => {
  const weightsOf = (run: number) => initialise(row.layer, {}, random.stream(`run ${run}`));

  it("has parameters of the planned shapes and outputs of the right one", async () => {
    const weights = weightsOf(0);
    for (const [name, { shape }] of Object.entries(row.layer.parameters)) {
      expect(weights[name].shape).toEqual(shape);
    }
    expect((await outputOf(row, weights, null)).shape).toEqual(row.outputs);
  });

  it.skipIf(!row.layer.sideBySide)("gives several runs side by side what it gives each alone", async () => {
    const each = [0, 1, 2].map(weightsOf);
    const stacked = Object.fromEntries(
      Object.entries(each[0]).map(([name, { shape }]) => {
        const values = each.flatMap((weights) => Array.from(weights[name].data, Number));
        return [name, tensorOf("float32", [3, ...shape], values)];
      }),
    );
    const noParameters = Object.keys(each[0]).length === 0;
    const together = await outputOf(row, stacked, noParameters ? null : 3);
    const size = sizeOf(row.outputs);
    for (const [run, weights] of each.entries()) {
      const alone = await outputOf(row, weights, null);
      for (const [i, value] of alone.data.entries()) {
        // Sums of a few dozen float32 terms of size 1 in another order.
        expect(Number(together.data[run * size + i])).toBeCloseTo(Number(value), 5);
      }
    }
  });
});

const at = (tensor: GraphTensor, ...index: readonly number[]) => {
  const place = index.reduce((offset, k, axis) => offset * tensor.shape[axis] + k, 0);
  return Number(tensor.data[place]);
};

describe("recurrent", () => {
  it("computes h_t = tanh(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh) from h_0 = 0 and returns the last", async () => {
    const row = rows.recurrent;
    const weights = initialise(row.layer, {}, random.stream("formula"));
    const x = numbers(row.inputs, "inputs");
    const [steps, examples, inputs] = row.inputs;
    const result = await outputOf(row, weights, null);
    for (let example = 0; example < examples; example++) {
      let state = [0, 0, 0, 0];
      for (let t = 0; t < steps; t++) {
        state = state.map((_, post) => {
          let sum = at(weights.bias_ih_l0, post) + at(weights.bias_hh_l0, post);
          for (let i = 0; i < inputs; i++) sum += at(weights.weight_ih_l0, post, i) * at(x, t, example, i);
          for (let pre = 0; pre < 4; pre++) sum += at(weights.weight_hh_l0, post, pre) * state[pre];
          return Math.tanh(sum);
        });
      }
      // float32 against float64.
      for (let k = 0; k < 4; k++) expect(at(result, example, k)).toBeCloseTo(state[k], 5);
    }
  });

  it("refuses inputs that are not sequences with the steps first", () => {
    const x = input("x", "float32", [5, 28]);
    expect(() => rows.recurrent.layer.apply({}, x, null)).toThrow(
      "recurrent: expected inputs [steps, examples, 3], got [5,28]; put the steps first (timeFirst)",
    );
  });
});

describe("a split bias", () => {
  it("adds b⁺ + b⁻, which start with one sign each", async () => {
    const row = rows["linear with a split bias"];
    const weights = initialise(row.layer, {}, random.stream("split"));
    const [positive, negative] = [weights["bias.positive"], weights["bias.negative"]];
    for (let k = 0; k < 3; k++) {
      expect(at(positive, k)).toBeGreaterThan(0);
      expect(at(negative, k)).toBeLessThan(0);
    }
    const sum = tensorOf(
      "float32",
      [3],
      [0, 1, 2].map((k) => at(positive, k) + at(negative, k)),
    );
    const plain = await outputOf(rows.linear, { weight: weights.weight, bias: sum }, null);
    const split = await outputOf(row, weights, null);
    for (const [i, value] of plain.data.entries())
      expect(Number(split.data[i])).toBeCloseTo(Number(value), 6);
  });
});

describe("sequential", () => {
  it("names parameters by layer, as PyTorch's state_dict does", () => {
    expect(Object.keys(rows["recurrent network"].layer.parameters)).toEqual([
      "rnn.weight_ih_l0",
      "rnn.weight_hh_l0",
      "rnn.bias_ih_l0",
      "rnn.bias_hh_l0",
      "fc.weight",
      "fc.bias",
    ]);
    expect(Object.keys(rows["multilayer perceptron"].layer.parameters)).toEqual([
      "fc1.weight",
      "fc1.bias",
      "fc2.weight",
      "fc2.bias",
      "fc3.weight",
      "fc3.bias",
    ]);
  });

  it("computes side by side only if all its layers do", () => {
    const dense = linear({ inputs: 2, outputs: 2 });
    expect(sequential({ a: dense, relu: activation(Relu), b: dense }).sideBySide).toBe(true);
    expect(sequential({ a: dense, pool: maxPool(2) }).sideBySide).toBe(false);
  });

  it("refuses no layers", () => {
    expect(() => sequential({})).toThrow("sequential: expected one or more layers, got 0");
  });
});

describe("initialise", () => {
  const layer = recurrentNetwork({ inputs: 28, hidden: 100, outputs: 10 });
  const spread = ({ data }: GraphTensor) =>
    Math.sqrt(Array.from(data, Number).reduce((sum, value) => sum + value ** 2, 0) / data.length);

  it("draws each parameter from the stream of its own name", () => {
    const other = recurrentNetwork({ inputs: 28, hidden: 100, outputs: 7 });
    const [a, b] = [layer, other].map((network) => initialise(network, {}, createRandom(3)));
    expect(a["rnn.weight_hh_l0"]).toEqual(b["rnn.weight_hh_l0"]);
    expect(a["fc.weight"].data).not.toEqual(a["rnn.weight_hh_l0"].data.subarray(0, 1000));
  });

  it("gives PyTorch's bounds: 1/√hidden in the recurrent layer, 1/√fan-in elsewhere", () => {
    const weights = initialise(layer, {}, createRandom(4));
    for (const { data } of Object.values(weights)) {
      const largest = Math.max(...Array.from(data, Number).map(Math.abs));
      expect(largest).toBeLessThanOrEqual(Math.fround(0.1)); // both fans are 100 here
    }
    // U(−0.1, 0.1) has spread 0.1/√3; of 10,000 draws the standard error is 0.5 %.
    expect(spread(weights["rnn.weight_hh_l0"]) / (0.1 / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  it("measures log-normal sizes by the connections asked for", () => {
    const weights = initialise(layer, { scheme: "log-normal", fan: "out" }, createRandom(5));
    // Variance gain²/fan: the read-out has 10 outputs. 1,000 log-normal draws, standard error about 4 %.
    expect(spread(weights["fc.weight"]) * Math.sqrt(10)).toBeGreaterThan(0.8);
    expect(spread(weights["fc.weight"]) * Math.sqrt(10)).toBeLessThan(1.2);
  });

  it("refuses constant weights without a value", () => {
    expect(() => initialise(layer, { scheme: "constant" }, random)).toThrow(
      'initialise: expected a value for constant weights, got null; give one, such as { scheme: "constant", value: 0.01 }',
    );
  });

  it("refuses so many convolutions that no pixel is left", () => {
    expect(() => convolutionalNetwork({ rows: 8, columns: 7, channels: [1, 1, 1], outputs: 2 })).toThrow(
      "convolutionalNetwork: expected convolutions that leave a pixel of 8 × 7, got 3; give fewer channels, as each halves the image",
    );
  });
});
