/**
 * The law of the dual change that theory predicts, held against learning itself.
 *
 * N samples of D > N independent inputs: φ′(w∞) − φ′(w⁰) is Gaussian with SD ‖r‖/(D·h·σx) for every weight, whatever its
 * size; r = y − Xw⁰, h = E[1/φ″(w⁰)].
 *
 * @see Pogodin et al. 2024, "Synaptic Weight Distributions Depend on the Geometry of Plasticity" (ICLR), Theorem 1
 */

import { beforeAll, describe, expect, it } from "vitest";
import { dualChanges, type Potential, parsePotential } from "../src/geometry/index.ts";
import { openSession } from "../src/graph/index.node.ts";
import { input, MatMul, Mul, openLoop, ReduceMean, Sub, tensorOf } from "../src/graph/index.ts";
import { chain, momentum, scaleByLearningRate, trainingStep } from "../src/learning/index.ts";
import { logNormal, normal } from "../src/network/index.ts";
import { createRandom, type Random } from "../src/random.ts";
import { drawRegression, nearestInterpolation, norm, type Regression, residuals } from "./interpolation.ts";

const WEIGHTS = 4000;
const SAMPLES = 63; // ⌊√D⌋

const starts: Readonly<Record<string, (random: Random) => Float64Array>> = {
  Gaussian: (random) => normal([1, WEIGHTS], {}, random),
  "log-normal": (random) => logNormal([1, WEIGHTS], {}, random),
};

interface Setting {
  readonly regression: Regression;
  readonly initial: Float64Array;
}

function settingOf(start: string, seed: number): Setting {
  const random = createRandom(seed);
  return {
    regression: drawRegression(SAMPLES, WEIGHTS, random),
    initial: starts[start](random.stream("initial weights")),
  };
}

const mean = (values: Iterable<number>) => {
  const list = [...values];
  return list.reduce((sum, value) => sum + value, 0) / list.length;
};

/** h = E[1/φ″(w⁰)], how far a weight moves for a small step in the dual, on average. */
const mobility = (potential: Potential, initial: Float64Array) =>
  mean(initial.map((weight) => 1 / potential.curvature(weight)));

/** Full-batch mirror descent until the squared miss is below 1e-24. */
async function learn({ regression, initial }: Setting, potential: Potential): Promise<Float64Array> {
  const x = input("x", "float64", [SAMPLES, WEIGHTS]);
  const y = input("y", "float64", [SAMPLES]);
  const step = trainingStep({
    parameters: { w: { tensor: tensorOf("float64", [WEIGHTS], Array.from(initial)), potential } },
    inputs: [x, y],
    forward: ({ w }) => {
      const miss = Sub(MatMul(x, w), y);
      return { loss: ReduceMean(Mul(miss, miss), null, { keepdims: 0 }) };
    },
    chain: chain(momentum({ decay: 0.2 }), scaleByLearningRate()),
  });
  const session = await openSession(step.graph);
  const loop = openLoop(session, step);
  const feeds = {
    x: tensorOf("float64", x.shape, Array.from(regression.inputs)),
    y: tensorOf("float64", y.shape, Array.from(regression.labels)),
  };
  // Half the rate that would solve the linearised problem at once, were the samples orthogonal.
  let rate = SAMPLES / (4 * WEIGHTS * mobility(potential, initial));
  let loss = Infinity;
  for (let steps = 0; loss > 1e-24; steps++) {
    if (steps === 2000) throw new Error(`no interpolation after 2000 steps: loss ${loss}`);
    const results = await loop.step({ ...feeds, learningRate: step.learningRate(rate) });
    const next = Number(results.loss.data[0]);
    // Under the 3-norm a weight that comes near 0 moves so easily that the rate is too large for it.
    if (next > loss) rate /= 2;
    loss = next;
  }
  const weights = Float64Array.from(loop.state().w.data, Number);
  await session.close();
  return weights;
}

interface Observation {
  /** SD of the dual change over ‖r‖/(D·h·σx), σx = 1. */
  readonly ratio: number;
  readonly excessKurtosis: number;
  /** Correlation of the size of the dual change with the logarithm of the initial size. */
  readonly dependence: number;
  /** ‖difference of the dual changes‖ over ‖dual change‖, learning against duality. */
  readonly disagreement: number;
}

async function observe(start: string, potential: Potential, seed: number): Promise<Observation> {
  const setting = settingOf(start, seed);
  const { regression, initial } = setting;
  const changes = dualChanges(potential, initial, await learn(setting, potential));
  const exact = dualChanges(potential, initial, nearestInterpolation(regression, initial, potential));
  const scale = WEIGHTS * mobility(potential, initial);
  const deviation = Math.sqrt(centralMoment(changes, 2));
  return {
    ratio: deviation / (norm(residuals(regression, initial)) / scale),
    excessKurtosis: centralMoment(changes, 4) / deviation ** 4 - 3,
    dependence: correlation(
      changes.map(Math.abs),
      initial.map((weight) => Math.log(Math.abs(weight))),
    ),
    disagreement: norm(changes.map((change, i) => change - exact[i])) / norm(exact),
  };
}

function centralMoment(values: Float64Array, order: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** order));
}

function correlation(left: Float64Array, right: Float64Array): number {
  const [a, b] = [mean(left), mean(right)];
  const covariance = mean(left.map((value, i) => (value - a) * (right[i] - b)));
  return covariance / Math.sqrt(centralMoment(left, 2) * centralMoment(right, 2));
}

/*
 * Over seeds the ratio has an SD of 0.022 around 1.011 (negative entropy, Gaussian start), 0.018 around 1.022 (log-normal
 * start), 0.011 around 1.003 and 1.005 (2-norm), 0.93 around 3.8 (3-norm); the excess kurtosis 0.08 around -0.04; the
 * dependence 0.016 around 0 to 0.02. Means over 12 seeds pass the bounds by five SDs or more: other seeds would fail
 * less than once in a million times.
 */
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

describe.each([
  ["negative-entropy", "Gaussian", true],
  ["negative-entropy", "log-normal", true],
  ["2-norm", "Gaussian", true],
  ["2-norm", "log-normal", true],
  // 1/φ″ = 1/(2|w|) has no mean where weights of size 0 have a density: the theorem does not hold.
  ["3-norm", "Gaussian", false],
])("learning in the %s from %s weights", (name, start, holds) => {
  const observed: Observation[] = [];
  beforeAll(async () => {
    for (const seed of SEEDS) observed.push(await observe(start, parsePotential(name), seed));
  });
  const average = (read: (observation: Observation) => number) => mean(observed.map(read));

  it("ends at the interpolation that is nearest in the Bregman divergence", () => {
    // A miss of 1e-12 in labels of size 1, on both sides; 2e-13 to 1e-12 are seen.
    for (const { disagreement } of observed) expect(disagreement).toBeLessThan(1e-11);
  });

  it("moves the dual weights by a Gaussian amount, the same for small and large weights", () => {
    expect(Math.abs(average(({ excessKurtosis }) => excessKurtosis))).toBeLessThan(0.3);
    expect(Math.abs(average(({ dependence }) => dependence))).toBeLessThan(0.05);
  });

  it(`${holds ? "has" : "does not have"} the SD ‖r‖/(D·h·σx) of the dual change`, () => {
    const ratio = average((observation) => observation.ratio);
    if (holds) expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
    else expect(ratio).toBeGreaterThan(2);
  });
});
