import { describe, expect, it } from "vitest";
import { optimisers, parabola } from "../../test/learning/optimisers.ts";
import { parsePotential } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import {
  constant,
  type FloatType,
  Gemm,
  MatMul,
  Mul,
  openLoop,
  ReduceSum,
  Reshape,
  Sub,
  type Tensors,
  Transpose,
  tensorOf,
  type Value,
} from "../graph/index.ts";
import { adam } from "./adam.ts";
import { frozenSigns, mask, nonNegative } from "./constraints.ts";
import { stackRuns, takeRun } from "./runs.ts";
import { trainingStep } from "./training-step.ts";
import { chain } from "./unit.ts";
import { clipGlobalNorm, momentum, scaleByLearningRate, weightDecay } from "./units.ts";

const RATES = [0.01, 0.1, 0.02, 0.3];
const STEPS = 20;

type Step = Parameters<typeof openLoop>[1] & Pick<ReturnType<typeof trainingStep>, "graph" | "learningRate">;

async function run(step: Step, rate: number | readonly number[], initial?: Tensors) {
  const session = await openSession(step.graph);
  const loop = openLoop(session, initial === undefined ? step : { ...step, initial });
  const losses: number[][] = [];
  for (let i = 0; i < STEPS; i++) {
    const { loss } = await loop.step({ learningRate: step.learningRate(rate) });
    losses.push(Array.from(loss.data, Number));
  }
  await session.close();
  return { losses, state: loop.state() };
}

function expectNear(got: Tensors, expected: Tensors, tolerance: number): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, { shape, dtype, data }] of Object.entries(expected)) {
    expect([got[name].dtype, got[name].shape], name).toEqual([dtype, shape]);
    for (const [i, value] of data.entries()) {
      const miss = Math.abs(Number(got[name].data[i]) - Number(value));
      expect(miss, name).toBeLessThanOrEqual(tolerance * Math.abs(Number(value)));
    }
  }
}

const potentials = [
  "negative-entropy",
  "2-norm",
  "3-norm",
  "hyperbolic-entropy:0.1",
  "affine:0.5",
  "logit:1",
];

describe.each(
  potentials.flatMap((potential) =>
    Object.entries(optimisers).map(([name, row]) => [name, potential, row] as const),
  ),
)("%s in %s, runs side by side", (_, name, { unit }) => {
  it.each([
    // All but the sums of loss and norm is element by element; vectorised kernels differ by where an element stands.
    ["float64", 1e-13],
    ["float32", 1e-5],
  ] as const)("are the runs one by one in %s", async (dtype: FloatType, tolerance) => {
    const potential = parsePotential(name);
    const many = parabola(potential, unit, { dtype, runs: RATES.length }).step;
    const together = await run(many, RATES);
    const { step } = parabola(potential, unit, { dtype });
    for (const [k, rate] of RATES.entries()) {
      const alone = await run(step, rate);
      expectNear(takeRun(together.state, k), alone.state, tolerance);
      const [last, single] = [together.losses[STEPS - 1][k], alone.losses[STEPS - 1][0]];
      expect(Math.abs(last - single)).toBeLessThanOrEqual(tolerance * 10 * single);
    }
  });
});

describe("runs side by side", () => {
  it("take one rate for all, and refuse another number of them", async () => {
    const { step } = parabola(parsePotential("gd"), scaleByLearningRate(), { runs: 3 });
    const same = await run(step, 0.1);
    expect(await run(step, [0.1, 0.1, 0.1])).toEqual(same);
    expect(() => step.learningRate([1, 2])).toThrow(
      "learningRate: expected one rate for each of 3 runs, got 2; give one number for all",
    );
  });

  it("learn each in its own geometry, and anew from other weights", async () => {
    const names = ["negative-entropy", "3-norm", "3-norm", "negative-entropy"];
    const weights = (scale: number) => ({ w: tensorOf("float64", [2], [0.4 * scale, -0.7 * scale]) });
    const stepOf = (all: readonly string[], first: Tensors, runs?: number) =>
      trainingStep({
        parameters: { w: { tensor: first.w, potential: all.map((name) => parsePotential(name)) } },
        inputs: [],
        forward: ({ w }) => ({ loss: ReduceSum(Mul(Sub(w, 0.2), Sub(w, 0.2)), [-1], { keepdims: 0 }) }),
        chain: chain(momentum({ decay: 0.5 }), scaleByLearningRate()),
        ...(runs === undefined ? {} : { runs }),
      });
    const many = stepOf(names, stackRuns(names.map(() => weights(1))), names.length);
    const others = stackRuns(names.map((_, k) => weights(1 + k)));
    const together = await run(many, RATES);
    const anew = await run(many, RATES, many.startFrom(others));
    for (const [k, name] of names.entries()) {
      // Element by element, but vectorised kernels differ by where an element stands.
      expectNear(takeRun(together.state, k), (await run(stepOf([name], weights(1)), RATES[k])).state, 1e-13);
      expectNear(takeRun(anew.state, k), (await run(stepOf([name], weights(1 + k)), RATES[k])).state, 1e-13);
    }
    expect(() => stepOf(names.slice(1), stackRuns(names.map(() => weights(1))), names.length)).toThrow(
      'trainingStep: expected one potential, or one for each of 4 runs, got 3 ("w"); give one for all',
    );
    expect(() => many.startFrom(weights(1))).toThrow(
      'startFrom: expected float64[4,2] for "w", got float64[2]; give weights like the first',
    );
    expect(() => many.startFrom({})).toThrow('for "w", got nothing');
    const outside = stepOf(
      ["2-norm", "logit:1"],
      stackRuns([weights(-1), { w: tensorOf("float64", [2], [0.5, 0.5]) }]),
      2,
    );
    expect(() => outside.startFrom(stackRuns([weights(9), weights(1)]))).toThrow(
      'expected weights inside the domain of logit:1, got -0.7 (index 3 of "w")',
    );
  });

  it("go on alone from what takeRun gives", async () => {
    const { unit } = optimisers.AdamW;
    const potential = parsePotential("eg");
    const first = await run(parabola(potential, unit, { runs: 2 }).step, [0.01, 0.02]);
    const single = parabola(potential, unit).step;
    const on = await run(single, 0.02, takeRun(first.state, 1));
    const whole = await run(single, 0.02, (await run(single, 0.02)).state);
    expectNear(on.state, whole.state, 1e-12);
  });

  const examples = constant(tensorOf("float32", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]));
  /** The outputs [runs, 4] of weights [runs, 1, 2]: a product for each run, or all runs folded into one. */
  const products = {
    MatMul: (w: Value) => Reshape(MatMul(w, examples), [w.shape[0], 4]),
    "one Gemm": (w: Value) =>
      Transpose(Gemm(examples, Reshape(w, [w.shape[0], 2]), null, { transA: 1, transB: 1 }), {
        perm: [1, 0],
      }),
  };

  it.each(Object.entries(products))(
    "that diverge leave the others alone, bit for bit, with %s",
    async (_, product) => {
      const runs = 17; // more than one block of a kernel
      const start = tensorOf("float32", [1, 2], [0.5, 0.25]);
      const step = trainingStep({
        parameters: {
          w: {
            tensor: stackRuns(new Array(runs).fill({ start })).start,
            potential: parsePotential("gd"),
            constraints: [frozenSigns()],
          },
        },
        inputs: [],
        forward: ({ w }) => {
          const y = product(w);
          return { loss: ReduceSum(Mul(y, Sub(y, 1)), [1], { keepdims: 0 }) };
        },
        chain: chain(
          clipGlobalNorm({ maximum: 1e30 }),
          weightDecay({ rate: 0.1 }),
          momentum({ decay: 0.9, dampening: 0.1 }),
          adam(),
          scaleByLearningRate(),
        ),
        runs,
      });
      const rates = Array.from({ length: runs }, (_, run) => 1e-4 * (run + 1));
      const lost = new Map([
        [0, 3e38],
        [5, 1e38],
        [16, 2e38],
      ]);
      const sane = await run(step, rates);
      const mixed = await run(
        step,
        rates.map((rate, k) => lost.get(k) ?? rate),
      );
      for (const k of rates.keys()) {
        const [beside, without] = [mixed, sane].map(({ losses }) => losses.map((all) => all[k]));
        if (lost.has(k)) expect(Number.isNaN(beside[STEPS - 1])).toBe(true);
        else expect(beside).toEqual(without);
        if (!lost.has(k)) expect(takeRun(mixed.state, k)).toEqual(takeRun(sane.state, k));
      }
    },
  );

  it("keep to one mask together or to one each", async () => {
    const tensor = tensorOf("float64", [2, 2], [1, 0, 1, 0]);
    for (const places of [tensorOf("bool", [2], [1, 0]), tensorOf("bool", [2, 2], [1, 0, 1, 0])]) {
      const step = trainingStep({
        parameters: {
          w: { tensor, potential: parsePotential("gd"), constraints: [mask(places), nonNegative()] },
        },
        inputs: [],
        forward: ({ w }) => ({ loss: ReduceSum(w, [1], { keepdims: 0 }) }),
        chain: scaleByLearningRate(),
        runs: 2,
      });
      const { state } = await run(step, [1 / 64, 1]);
      expect(Array.from(state.w.data, Number)).toEqual([1 - STEPS / 64, 0, 0, 0]);
    }
  });

  it("refuse weights and losses without them", () => {
    const make = (shape: readonly number[], runs: number) => () =>
      trainingStep({
        parameters: { w: { tensor: tensorOf("float64", shape, [1, 1]), potential: parsePotential("gd") } },
        inputs: [],
        forward: ({ w }) => ({ loss: ReduceSum(w, null, { keepdims: 0 }) }),
        chain: scaleByLearningRate(),
        runs,
      });
    expect(make([2], 3)).toThrow(
      'trainingStep: expected parameters with 3 runs as first axis, got float64[2] ("w"); make them with stackRuns',
    );
    expect(make([2, 1], 2)).toThrow(
      "trainingStep: expected a loss of shape [2], one number for each run, got float64[]; reduce all axes but the first",
    );
    expect(make([2], 0)).toThrow("trainingStep: expected runs to be an integer > 0, got 0");
  });
});

describe("stackRuns and takeRun", () => {
  it("are each other's inverse, whatever the types", () => {
    const sets = [0, 1, 2].map((run) => ({
      weights: tensorOf("float32", [2, 2], [run, 1, 2, 3]),
      steps: tensorOf("float64", [], [run + 0.1]),
      order: tensorOf("int64", [2], [run, 7]),
    }));
    const stacked = stackRuns(sets);
    expect(stacked.weights.shape).toEqual([3, 2, 2]);
    expect(stacked.steps).toEqual(tensorOf("float64", [3], [0.1, 1.1, 2.1]));
    for (const [run, set] of sets.entries()) expect(takeRun(stacked, run)).toEqual(set);
  });

  it("copy", () => {
    const w = tensorOf("float32", [1], [1]);
    const stacked = stackRuns([{ w }, { w }]);
    takeRun(stacked, 0).w.data[0] = 5;
    expect([stacked.w.data[0], w.data[0]]).toEqual([1, 1]);
  });

  it("refuse no runs, runs that differ and runs that are not there", () => {
    const w = tensorOf("float32", [1], [1]);
    expect(() => stackRuns([])).toThrow("stackRuns: expected one or more runs, got 0");
    expect(() => stackRuns([{ w }, { w: tensorOf("float32", [2], [1, 2]) }])).toThrow(
      'stackRuns: expected a tensor of one type in every run, got float32[2] (run 1 of "w"); give each run the same parameters',
    );
    expect(() => stackRuns([{ w }, {}])).toThrow('got nothing (run 1 of "w")');
    expect(() => stackRuns([{}, { w }])).toThrow('got nothing (run 0 of "w")');
    expect(() => takeRun(stackRuns([{ w }]), 1)).toThrow(
      'takeRun: expected a run from 0 to below the first size of float32[1,1], got 1 ("w"); choose another',
    );
  });
});
