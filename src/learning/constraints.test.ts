import { describe, expect, it } from "vitest";
import { optimisers } from "../../test/learning/optimisers.ts";
import { parsePotential } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import { type FloatType, input, Mul, openLoop, ReduceSum, tensorOf } from "../graph/index.ts";
import { type Constraint, frozenSigns, mask, nonNegative } from "./constraints.ts";
import { trainingStep } from "./training-step.ts";
import { chain, type Unit } from "./unit.ts";
import { clipGlobalNorm, scaleByLearningRate } from "./units.ts";

interface Setting {
  readonly constraints: readonly Constraint[];
  readonly start: readonly number[];
  readonly dtype?: FloatType;
  readonly potential?: string;
  readonly unit?: Unit;
}

const floatTypes = ["float32", "float64"] as const;
const plain = scaleByLearningRate();

function make({ constraints, start, dtype = "float64", potential = "2-norm", unit = plain }: Setting) {
  const slope = input("slope", dtype, [start.length]);
  return trainingStep({
    parameters: {
      w: {
        tensor: tensorOf(dtype, [start.length], start),
        potential: parsePotential(potential),
        constraints,
      },
    },
    inputs: [slope],
    forward: ({ w }) => ({ loss: ReduceSum(Mul(w, slope)) }),
    chain: unit,
  });
}

/** The weights after each step of rate 1 with the given gradients. */
async function weights(setting: Setting, gradients: readonly (readonly number[])[], rate = 1) {
  const step = make(setting);
  const session = await openSession(step.graph);
  const loop = openLoop(session, step);
  const found: number[][] = [];
  for (const values of gradients) {
    const slope = tensorOf(setting.dtype ?? "float64", [values.length], values);
    await loop.step({ slope, learningRate: step.learningRate(rate) });
    found.push(Array.from(loop.state().w.data, Number));
  }
  await session.close();
  return found;
}

describe.each(floatTypes)("frozenSigns in %s", (dtype) => {
  const remnant = dtype === "float32" ? Math.fround(1e-18) : 1e-18;

  it("leaves a remnant of the old sign where the sign would change, and moves the others freely", async () => {
    const setting = { constraints: [frozenSigns()], start: [1, -1, 1, -1, 2], dtype };
    const [next] = await weights(setting, [[2, -2, 1, -1, 1]]);
    expect(next).toEqual([remnant, -remnant, remnant, -remnant, 1]);
  });

  it("lets a remnant stay, and grow again on its own side", async () => {
    const setting = { constraints: [frozenSigns()], start: [1, -1], dtype };
    const pushes = [
      [2, -2],
      [5, -5],
      [0, 0],
      [-0.5, 0.5],
    ];
    expect(await weights(setting, pushes)).toEqual([
      [remnant, -remnant],
      [remnant, -remnant],
      [remnant, -remnant],
      [0.5, -0.5],
    ]);
  });

  it("keeps absent synapses absent, and lets NaN be seen", async () => {
    const setting = { constraints: [frozenSigns()], start: [0, 0, 1], dtype };
    const [next] = await weights(setting, [[1, -1, Number.NaN]]);
    expect(next.map(Math.abs)).toEqual([0, 0, Number.NaN]);
  });

  it.each(Object.entries(optimisers))("holds in several geometries with %s", async (_, { unit }) => {
    for (const potential of [
      "1.5-norm",
      "2-norm",
      "3-norm",
      "10-norm",
      "hyperbolic-entropy:0.1",
      "affine:0.5",
    ]) {
      const start = [0.5, -0.5, 1e-3, -1e-3];
      const pushes = Array.from({ length: 30 }, (_, i) => start.map((w) => Math.sign(w) * Math.cos(i)));
      const all = await weights({ constraints: [frozenSigns()], start, dtype, potential, unit }, pushes, 0.3);
      for (const next of all) expect(next.map(Math.sign), potential).toEqual([1, -1, 1, -1]);
      const smallest = Math.min(...all.flat().map(Math.abs));
      expect(smallest, potential).toBe(remnant);
      expect(new Set(all.map(([first]) => first)).size, potential).toBeGreaterThan(2);
    }
  });
});

describe("nonNegative", () => {
  it("stops at 0, from where a weight may grow again", async () => {
    const setting = { constraints: [nonNegative()], start: [1, 0, 2] };
    const pushes = [
      [3, 1, 1],
      [-1, -0.5, 0],
    ];
    expect(await weights(setting, pushes)).toEqual([
      [0, 0, 1],
      [1, 0.5, 1],
    ]);
  });

  it("refuses negative weights", () => {
    expect(() => make({ constraints: [nonNegative()], start: [1, -0.5] })).toThrow(
      'trainingStep: expected weights >= 0 (nonNegative), got -0.5 (index 1 of "w"); choose another initialisation or constraint',
    );
  });
});

describe("mask", () => {
  const places = tensorOf("bool", [3], [1, 0, 1]);

  it.each(Object.entries(optimisers))("holds weights at exactly 0 with %s", async (_, { unit }) => {
    for (const potential of ["negative-entropy", "1.5-norm", "2-norm", "hyperbolic-entropy:0.1"]) {
      const setting = { constraints: [mask(places)], start: [0.5, 0, -0.5], potential, unit };
      const all = await weights(
        setting,
        [
          [1, Number.NaN, 1],
          [1, 7, 1],
          [-1, -7, 1],
        ],
        0.1,
      );
      for (const [first, second] of all) {
        expect(Object.is(second, 0), potential).toBe(true);
        expect(Number.isFinite(first)).toBe(true);
        expect(first).not.toBe(0.5);
      }
    }
  });

  it("keeps the gradients of absent synapses out of the global norm", async () => {
    const unit = chain(clipGlobalNorm({ maximum: 2.5 }), plain);
    const [next] = await weights({ constraints: [mask(places)], start: [0, 0, 0], unit }, [[3, 1e6, 4]]);
    expect(next).toEqual([-1.5, 0, -2]);
  });

  it("goes together with other constraints", async () => {
    const setting = { constraints: [mask(places), frozenSigns(), nonNegative()], start: [1, 0, 1] };
    expect(await weights(setting, [[2, -1, -1]])).toEqual([[1e-18, 0, 2]]);
  });

  it("refuses weights where there is no synapse, shapes that do not fit and values other than 0 and 1", () => {
    const started = (start: readonly number[]) => () => make({ constraints: [mask(places)], start });
    expect(started([1, 2, 3])).toThrow(
      'trainingStep: expected weights 0 where the mask is 0, got 2 (index 1 of "w"); choose another initialisation or constraint',
    );
    expect(started([1, 0])).toThrow(
      'mask: expected the shape of float64[2] or the end of it, got bool[3] ("w"); make a mask of that shape',
    );
    expect(() => mask(tensorOf("float32", [2], [1, 0.5]))).toThrow(
      "mask: expected 0 and 1 only, got 0.5 (index 1); compare with a threshold first",
    );
  });
});
