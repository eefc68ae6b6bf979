import { describe, expect, it } from "vitest";
import { parsePotential } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import { Add, type FloatType, input, Mul, openLoop, ReduceSum, tensorOf } from "../graph/index.ts";
import { createRandom } from "../random.ts";
import { adam } from "./adam.ts";
import { trainingStep } from "./training-step.ts";
import { chain, type Unit } from "./unit.ts";
import { clipGlobalNorm, decoupledWeightDecay, scaleByLearningRate } from "./units.ts";

const STEPS = 50;
const COUNT = 6;
const [BETA1, BETA2, EPSILON] = [0.8, 0.97, 1e-3];
const RATE = 0.05;
const DECAY = 0.1;

/** Gradients of very different sizes, large ones first, so that the largest square is an old one. */
const random = createRandom(11).stream("gradients");
const gradients = Array.from({ length: STEPS }, (_, t) =>
  Array.from({ length: COUNT }, (_, i) => (random.normal() * 10 ** (i - 3)) / (1 + t / 5)),
);
const start = [0.5, -0.25, 1, -2, 0.1, -0.7];

/** The weights after 50 steps with the given gradients, as loss of that slope; the second half of the weights is `b`. */
async function trained(unit: Unit, potential: string, dtype: FloatType = "float64"): Promise<number[]> {
  const half = COUNT / 2;
  const [slopeA, slopeB] = [input("slopeA", dtype, [half]), input("slopeB", dtype, [half])];
  const parameter = (values: readonly number[]) => ({
    tensor: tensorOf(dtype, [half], values),
    potential: parsePotential(potential),
  });
  const step = trainingStep({
    parameters: { a: parameter(start.slice(0, half)), b: parameter(start.slice(half)) },
    inputs: [slopeA, slopeB],
    forward: ({ a, b }) => ({ loss: Add(ReduceSum(Mul(a, slopeA)), ReduceSum(Mul(b, slopeB))) }),
    chain: chain(unit, scaleByLearningRate()),
  });
  const session = await openSession(step.graph);
  const loop = openLoop(session, step);
  for (const slopes of gradients) {
    await loop.step({
      slopeA: tensorOf(dtype, [half], slopes.slice(0, half)),
      slopeB: tensorOf(dtype, [half], slopes.slice(half)),
      learningRate: step.learningRate(RATE),
    });
  }
  const { a, b } = loop.state();
  await session.close();
  return [...a.data, ...b.data].map(Number);
}

interface Plain {
  readonly exponentiated?: boolean;
  readonly amsgrad?: boolean;
  readonly decay?: number;
  readonly clip?: number;
}

/** The published loops of AdamW and AdamW-EG, weight by weight. */
function plain({ exponentiated = false, amsgrad = false, decay = 0, clip = Infinity }: Plain): number[] {
  const [m, v, largest] = [0, 0, 0].map(() => new Array<number>(COUNT).fill(0));
  const w = [...start];
  for (const [i, raw] of gradients.entries()) {
    const t = i + 1;
    const norm = Math.sqrt(raw.reduce((sum, g) => sum + g ** 2, 0));
    for (let j = 0; j < COUNT; j++) {
      const g = norm > clip ? (raw[j] * clip) / norm : raw[j];
      m[j] = BETA1 * m[j] + (1 - BETA1) * g;
      v[j] = BETA2 * v[j] + (1 - BETA2) * g ** 2;
      largest[j] = Math.max(largest[j], v[j]);
      const size = Math.sqrt(amsgrad ? largest[j] : v[j]) / Math.sqrt(1 - BETA2 ** t) + EPSILON;
      const change = ((RATE / (1 - BETA1 ** t)) * m[j]) / size;
      w[j] *= 1 - RATE * decay;
      w[j] = exponentiated ? w[j] * Math.exp(-Math.sign(w[j]) * change) : w[j] - change;
    }
  }
  return w;
}

const options = { meanDecay: BETA1, squareDecay: BETA2, epsilon: EPSILON };
const decayed = decoupledWeightDecay({ rate: DECAY });
const CLIP = 5; // the norm of the first 20 gradients or so is larger
const cases: readonly (readonly [string, Unit, Plain])[] = [
  ["Adam", adam(options), {}],
  ["Adam with the largest square", adam({ ...options, amsgrad: true }), { amsgrad: true }],
  ["AdamW", chain(decayed, adam(options)), { decay: DECAY }],
  ["AdamW, its decay behind", chain(adam(options), decayed), { decay: DECAY }],
  [
    "clipped AdamW with the largest square",
    chain(clipGlobalNorm({ maximum: CLIP }), decayed, adam({ ...options, amsgrad: true })),
    { amsgrad: true, decay: DECAY, clip: CLIP },
  ],
];

function expectNear(got: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, weight] of expected.entries())
    expect(Math.abs(got[i] - weight)).toBeLessThanOrEqual(tolerance * Math.abs(weight));
}

describe.each(cases)("%s", (_, unit, how) => {
  // Some roundings of 1e-16 a step; 50 steps.
  it("is the published loop in the 2-norm", async () =>
    expectNear(await trained(unit, "2-norm"), plain(how), 1e-12));

  it("is the published exponentiated form under the negative entropy", async () =>
    expectNear(await trained(unit, "negative-entropy"), plain({ ...how, exponentiated: true }), 1e-12));

  it("keeps seven digits less a few roundings in float32, from the first step on", async () =>
    // 50 steps of some roundings of 6e-8, one step being up to a tenth of the weight.
    expectNear(
      await trained(unit, "negative-entropy", "float32"),
      plain({ ...how, exponentiated: true }),
      2e-5,
    ));
});

describe("adam", () => {
  it("differs by each of its parts on these gradients", () => {
    const all = cases.map(([, , how]) => plain(how)[3]);
    expect(new Set(all).size).toBe(4); // the decay behind is the decay before
  });

  it("refuses options outside their range", () => {
    expect(() => adam({ meanDecay: 1 })).toThrow(
      "adam: expected meanDecay >= 0 and < 1, got 1; choose another value",
    );
    expect(() => adam({ squareDecay: -0.1 })).toThrow("got -0.1");
    expect(() => adam({ epsilon: 0 })).toThrow("adam: expected epsilon > 0 and finite, got 0");
  });
});

describe("decoupledWeightDecay", () => {
  const step = (rate: number, given: number | null) => {
    const made = trainingStep({
      parameters: { w: { tensor: tensorOf("float64", [2], [4, -2]), potential: parsePotential("gd") } },
      inputs: [],
      forward: ({ w }) => ({ loss: ReduceSum(Mul(w, 0)) }),
      chain: chain(decoupledWeightDecay({ rate }), decoupledWeightDecay({ rate }), scaleByLearningRate()),
    });
    return { made, learningRate: given === null ? null : made.learningRate(given) };
  };

  it("shrinks by 1 − ηλ, twice where it stands twice, and by nothing at rate 0", async () => {
    for (const [rate, expected] of [
      [0.5, [1, -0.5]],
      [0, [4, -2]],
    ] as const) {
      const { made } = step(rate, null);
      const session = await openSession(made.graph);
      const loop = openLoop(session, made);
      await loop.step({ learningRate: made.learningRate(1) });
      expect(Array.from(loop.state().w.data, Number)).toEqual(expected);
      await session.close();
    }
  });

  it("refuses learning rates that would take whole weights or more", () => {
    expect(() => step(0.5, 2)).toThrow(
      "learningRate: expected rates < 2 (the limit of the chain), got 2 (run 0); lower it, or the decoupled decay",
    );
    expect(() => step(0, 1e9)).not.toThrow();
    expect(() => step(0, Number.NaN)).toThrow("got NaN (run 0)");
    expect(() => decoupledWeightDecay({ rate: -1 })).toThrow("decoupledWeightDecay: expected rate >= 0");
  });
});
