import { describe, expect, it } from "vitest";
import { optimisers, parabola, rosenbrock } from "../../test/learning/optimisers.ts";
import { bytesSource, encodeSafetensors, readFile } from "../data/index.ts";
import { parsePotential, potentialExamples } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import {
  Add,
  type GraphTensor,
  input,
  Mul,
  openLoop,
  ReduceSum,
  type Tensors,
  tensorOf,
  type Value,
} from "../graph/index.ts";
import { cosineRate } from "./schedules.ts";
import { trainingStep } from "./training-step.ts";
import { chain, type Unit } from "./unit.ts";
import { clipGlobalNorm, momentum, scaleByLearningRate, weightDecay } from "./units.ts";

const rows = potentialExamples.flatMap((potential) =>
  Object.entries(optimisers).map(([name, row]) => [name, potential.name, row, potential] as const),
);

const bytesOf = (tensors: Tensors) =>
  encodeSafetensors(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })));

describe.each(rows)("%s in %s", (_, __, { unit, share }, potential) => {
  // The loss bends by 2/3 for each weight, so a step of rate η shortens the miss by 2η/(3φ″): at most by half anywhere on
  // the way, for the bias (φ″ = 1) too.
  const curvature = Math.min(...parabola(potential, unit).curvatures);
  const rate = Math.min(0.75, 0.75 * curvature);

  it("solves a parabola", async () => {
    const { step, end } = parabola(potential, unit);
    const session = await openSession(step.graph);
    const loop = openLoop(session, step);
    const slowest = Math.min(1, rate / Math.max(...end.map((weight) => potential.curvature(weight))));
    // Adam forgets a square in 1000 steps.
    const steps = Math.min(Math.max(Math.ceil(80 / slowest), share < 1 ? 3000 : 0), 20_000);
    const schedule = cosineRate(share * rate, { steps });
    for (let i = 0; i < steps; i++) await loop.step({ learningRate: step.learningRate(schedule(i)) });
    const { w } = loop.state();
    await session.close();
    // 80·2/3 time constants of the slowest weight at half the rate would leave 1e-11 of the miss; damping, clipping and
    // Adam, which is slow where gradients are small, take some of them.
    for (const [i, weight] of end.entries()) expect(Number(w.data[i])).toBeCloseTo(weight, 4);
  });

  it("goes on from a saved state bit for bit", async () => {
    const { step } = parabola(potential, unit, { dtype: "float32" });
    const session = await openSession(step.graph);
    const learningRate = step.learningRate(rate);
    const whole = openLoop(session, step);
    for (let i = 0; i < 5; i++) await whole.step({ learningRate });
    const file = bytesOf(whole.state());
    const contents = await readFile(bytesSource("state.safetensors", file));
    if (contents.kind !== "tensors") throw new Error(`expected tensors, got ${contents.kind}`);
    // The writer was given tensors of a graph, so the reader returns such.
    const initial = Object.fromEntries(
      contents.tensors.map(({ name, tensor }) => [name, tensor as GraphTensor]),
    );
    const second = openLoop(session, { ...step, initial });
    for (let i = 0; i < 5; i++) {
      await whole.step({ learningRate });
      await second.step({ learningRate });
    }
    expect(bytesOf(second.state())).toEqual(bytesOf(whole.state()));
    expect(bytesOf(second.state())).not.toEqual(file);
    await session.close();
  });
});

describe.each(
  ["2-norm", "negative-entropy"].flatMap((potential) =>
    Object.entries(optimisers).map(([name, row]) => [name, potential, row] as const),
  ),
)("%s in %s", (_, potential, { unit, share }) => {
  it("goes through Rosenbrock's valley to its end", async () => {
    const step = rosenbrock(parsePotential(potential), unit);
    const session = await openSession(step.graph);
    const loop = openLoop(session, step);
    // The valley bends by 1000 across, so plain descent bears rates below 2e-3, Nesterov's form below 1.5e-3.
    const steps = 12_000;
    const schedule = cosineRate(share === 1 ? 1.2e-3 : 1e-2, { steps });
    for (let i = 0; i < steps; i++) await loop.step({ learningRate: step.learningRate(schedule(i)) });
    // It bends by 0.4 along: exp(−0.4·1.2e-3·steps/2) = 6 % of the way is left to plain descent.
    for (const weight of loop.state().w.data) expect(Math.abs(Number(weight) - 1)).toBeLessThan(0.05);
    await session.close();
  });
});

/** The directions that a chain passes on for given gradients: in the 2-norm at rate 1, with a loss of slope g. */
async function directions(unit: Unit, gradients: readonly number[][], start: readonly number[]) {
  const slope = input("slope", "float64", [start.length]);
  const step = trainingStep({
    parameters: {
      w: { tensor: tensorOf("float64", [start.length], start), potential: parsePotential("gd") },
    },
    inputs: [slope],
    forward: ({ w }) => ({ loss: ReduceSum(Mul(w, slope), null, { keepdims: 0 }) }),
    chain: chain(unit, scaleByLearningRate()),
  });
  const session = await openSession(step.graph);
  const loop = openLoop(session, step);
  const passed: number[][] = [];
  for (const values of gradients) {
    const before = loop.state().w.data;
    await loop.step({ slope: tensorOf("float64", slope.shape, values), learningRate: step.learningRate(1) });
    const after = loop.state().w.data;
    passed.push(Array.from(before, Number).map((weight, i) => weight - Number(after[i])));
  }
  await session.close();
  return passed;
}

// All numbers below are sums of few powers of two: the arithmetic is exact.
describe("the units", () => {
  it("momentum lets the first gradient in undamped and damps the others", async () => {
    const unit = momentum({ decay: 0.5, dampening: 0.75 });
    expect(await directions(unit, [[8], [8], [8]], [0])).toEqual([[8], [6], [5]]);
  });

  it("momentum looks ahead by one buffer in Nesterov's form", async () => {
    const unit = momentum({ decay: 0.5, nesterov: true });
    expect(await directions(unit, [[8], [0], [8]], [0])).toEqual([[12], [2], [13]]);
  });

  it("weightDecay adds λw, or λ sgn(w), to the gradient", async () => {
    const start = [4, -2, 0];
    expect(await directions(weightDecay({ rate: 0.5 }), [[1, 1, 1]], start)).toEqual([[3, 0, 1]]);
    expect(await directions(weightDecay({ rate: 0.5, form: "sign" }), [[1, 1, 1]], start)).toEqual([
      [1.5, 0.5, 1],
    ]);
  });

  it("clipGlobalNorm shortens to the maximum and leaves shorter gradients alone", async () => {
    expect(
      await directions(
        clipGlobalNorm({ maximum: 2.5 }),
        [
          [3, -4],
          [1, 2],
          [0, 0],
        ],
        [0, 0],
      ),
    ).toEqual([
      [1.5, -2],
      [1, 2],
      [0, 0],
    ]);
  });

  it("clipGlobalNorm takes the norm over all parameters together", async () => {
    const step = trainingStep({
      parameters: {
        a: { tensor: tensorOf("float64", [1], [3]), potential: parsePotential("gd") },
        b: { tensor: tensorOf("float64", [2, 1], [0, 4]), potential: parsePotential("gd") },
      },
      inputs: [],
      forward: ({ a, b }) => ({
        loss: Add(
          ReduceSum(Mul(Mul(a, a), 0.5), null, { keepdims: 0 }),
          ReduceSum(Mul(Mul(b, b), 0.5), null, { keepdims: 0 }),
        ),
      }),
      chain: chain(clipGlobalNorm({ maximum: 2.5 }), scaleByLearningRate()),
    });
    const session = await openSession(step.graph);
    const loop = openLoop(session, step);
    await loop.step({ learningRate: step.learningRate(1) });
    expect(loop.state().a.data).toEqual(Float64Array.of(1.5));
    expect(loop.state().b.data).toEqual(Float64Array.of(0, 2));
    await session.close();
  });

  it("refuse options outside their range", () => {
    expect(() => momentum({ decay: 1 })).toThrow(
      "momentum: expected decay >= 0 and < 1, got 1; choose another value",
    );
    expect(() => momentum({ decay: 0.9, dampening: 0.1, nesterov: true })).toThrow(
      "momentum: expected dampening 0 with nesterov, got 0.1; choose another value",
    );
    expect(() => weightDecay({ rate: -1 })).toThrow("got -1");
    expect(() => clipGlobalNorm({ maximum: 0 })).toThrow("got 0");
    expect(() => chain()).toThrow("chain: expected one or more units, got 0; end with scaleByLearningRate()");
  });
});

describe("trainingStep", () => {
  it("gives the loss before the update, and what else forward returns", async () => {
    const { step } = parabola(parsePotential("gd"), scaleByLearningRate());
    const session = await openSession(step.graph);
    const loop = openLoop(session, step);
    const { loss, sum } = await loop.step({ learningRate: step.learningRate(0.5) });
    // Twice the mean of 0.2², 0.25² and 0.05²; one rounding each.
    expect(Number(loss.data[0])).toBeCloseTo((2 * (0.04 + 0.0625 + 0.0025)) / 3, 14);
    expect(Array.from(sum.data, Number)).toEqual([0.8, 1.4, 1]);
    await session.close();
  });

  it("lets the geometry change in mid-run, the state of the optimiser kept", async () => {
    const inGeometry = async (name: string, initial?: Tensors) => {
      const { step } = parabola(parsePotential(name), optimisers["heavy ball"].unit);
      const session = await openSession(step.graph);
      const loop = openLoop(session, { ...step, initial: initial ?? step.initial });
      const learningRate = step.learningRate(0.1);
      for (let i = 0; i < 3; i++) await loop.step({ learningRate });
      const between = loop.state();
      await loop.step({ learningRate });
      const after = loop.state();
      await session.close();
      return { between, after };
    };
    const { between } = await inGeometry("negative-entropy");
    const switched = await inGeometry("2-norm", between);
    const buffers = switched.after["momentum/w.buffer"].data;
    for (const [i, weight] of switched.after.w.data.entries()) {
      // The last step in the 2-norm: w − η·buffer, in the same float64 operations.
      expect(Number(weight)).toBe(Number(switched.between.w.data[i]) + Number(buffers[i]) * -0.1);
    }
    expect(switched.between.w).not.toEqual(between.w);
  });

  it("refuses an output called like the next value of a state", () => {
    const w = { tensor: tensorOf("float32", [1], [1]), potential: parsePotential("gd") };
    const forward = ({ w }: Readonly<Record<string, Value>>) => ({
      loss: ReduceSum(w, null, { keepdims: 0 }),
      "next:w": w,
    });
    expect(() =>
      trainingStep({ parameters: { w }, inputs: [], forward, chain: scaleByLearningRate() }),
    ).toThrow('trainingStep: expected outputs of forward that no state has, got "next:w"; rename it');
  });

  it("names the states by unit and parameter", () => {
    const { step } = parabola(parsePotential("eg"), optimisers["chain in a chain"].unit);
    expect(Object.keys(step.initial)).toEqual([
      "w",
      "bias",
      "chain/momentum/w.buffer",
      "chain/momentum/bias.buffer",
      "chain/momentum-2/w.buffer",
      "chain/momentum-2/bias.buffer",
    ]);
    expect(step.carried.w).toBe("next:w");
  });

  it("refuses no parameters, mixed types and weights outside the domain", () => {
    const make = (parameters: Parameters<typeof trainingStep>[0]["parameters"]) => () =>
      trainingStep({
        parameters,
        inputs: [],
        forward: ({ w }) => ({ loss: ReduceSum(w, null, { keepdims: 0 }) }),
        chain: scaleByLearningRate(),
      });
    const potential = parsePotential("2-norm");
    const single = tensorOf("float32", [1], [1]);
    expect(make({})).toThrow("trainingStep: expected one or more parameters, got 0; name what is to learn");
    expect(
      make({ w: { tensor: single, potential }, v: { tensor: tensorOf("float64", [1], [1]), potential } }),
    ).toThrow('got float32 and float64 ("v")');
    expect(make({ w: { tensor: tensorOf("int32", [1], [1]), potential } })).toThrow('got int32 ("w")');
    expect(
      make({ w: { tensor: tensorOf("float32", [2], [0.5, 2]), potential: parsePotential("logit:1") } }),
    ).toThrow(
      'trainingStep: expected weights inside the domain of logit:1, got 2 (index 1 of "w"); choose another initialisation or potential',
    );
    expect(
      make({ w: { tensor: tensorOf("float32", [1], [0]), potential: parsePotential("eg") } }),
    ).not.toThrow();
  });
});
