import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom, type Random } from "../random.ts";
import {
  balancedExponential,
  balancedUnits,
  dannDeviation,
  exponential,
  logNormal,
  normal,
  pytorchLayer,
  pytorchRecurrent,
  splitBias,
  uniform,
} from "./initialisations.ts";

const shape = [200, 500];
const draws = shape[0] * shape[1];
const create = (seed: number): Random => createRandom(seed).stream("initial weights");

interface Expected {
  readonly mean: number;
  readonly variance: number;
  /** Kurtosis E(w − mean)⁴/variance², which says how far a sample's variance may stray. */
  readonly kurtosis: number;
}

/**
 * Mean and variance of 1e5 independent draws within six of their standard errors: by chance about twice in 1e9, and
 * never again for these seeds.
 */
function expectMoments(values: Float64Array, { mean, variance, kurtosis }: Expected): void {
  const n = values.length;
  const sampleMean = values.reduce((sum, value) => sum + value, 0) / n;
  const sampleVariance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  expect(Math.abs(sampleMean - mean)).toBeLessThan(6 * Math.sqrt(variance / n));
  expect(Math.abs(sampleVariance / variance - 1)).toBeLessThan(6 * Math.sqrt((kurtosis - 1) / n));
}

const range = (values: Float64Array) => [
  values.reduce((low, value) => Math.min(low, value)),
  values.reduce((high, value) => Math.max(high, value)),
];

describe("normal and uniform", () => {
  it("have mean 0 and variance gain²/fan", () => {
    expectMoments(normal(shape, {}, create(1)), { mean: 0, variance: 1 / 500, kurtosis: 3 });
    expectMoments(normal(shape, { gain: 2, fan: "out" }, create(2)), {
      mean: 0,
      variance: 4 / 200,
      kurtosis: 3,
    });
    expectMoments(uniform(shape, { gain: 2 }, create(3)), { mean: 0, variance: 4 / 500, kurtosis: 1.8 });
  });

  it("uniform fills ±√3·gain/√fan", () => {
    const bound = Math.sqrt(3 / 500);
    const [low, high] = range(uniform(shape, {}, create(4)));
    // 1e5 draws leave the outer 1e-3 of the range empty with probability e^-50 on either side.
    for (const end of [-low, high]) {
      expect(end).toBeLessThanOrEqual(bound);
      expect(end).toBeGreaterThan(0.999 * bound);
    }
  });

  it("fan counts the kernel of a convolution [post, pre, rows, columns]", () => {
    const kernel = [64, 32, 3, 3];
    const scaled = (fan: number) => normal(kernel, { fan }, create(5));
    expect(normal(kernel, {}, create(5))).toEqual(scaled(32 * 9));
    expect(normal(kernel, { fan: "out" }, create(5))).toEqual(scaled(64 * 9));
  });
});

describe("PyTorch's defaults", () => {
  it("layers are uniform in ±1/√fan-in, their biases too", () => {
    const weights = pytorchLayer(shape, {}, create(6));
    expectMoments(weights, { mean: 0, variance: 1 / 1500, kurtosis: 1.8 });
    expect(range(weights).every((end) => Math.abs(end) <= 1 / Math.sqrt(500))).toBe(true);
    const scaled = uniform(shape, { gain: 1 / Math.sqrt(3) }, create(6));
    // √3 · (1/√3) is 1 up to rounding.
    expect(
      range(scaled.map((value, i) => value / weights[i] - 1)).every((end) => Math.abs(end) < 1e-14),
    ).toBe(true);
    expectMoments(pytorchLayer([draws], { fan: 500 }, create(7)), {
      mean: 0,
      variance: 1 / 1500,
      kurtosis: 1.8,
    });
  });

  it("recurrent cells are uniform in ±1/√hidden whatever the shape", () => {
    const weights = pytorchRecurrent([100, 1000], { hidden: 100 }, create(8));
    expectMoments(weights, { mean: 0, variance: 1 / 300, kurtosis: 1.8 });
    expect(range(weights).every((end) => Math.abs(end) <= 0.1)).toBe(true);
  });
});

describe("logNormal", () => {
  it.each([
    [1.5, Math.SQRT2],
    [1, 1],
    [4, 0.5],
  ])(
    "with ratio %d has magnitudes of mean r·s and SD s, log-SD √ln(1+1/r²), and fair signs",
    (ratio, gain) => {
      const weights = logNormal(shape, { ratio, gain }, create(10 + ratio));
      const s = gain / Math.sqrt(500) / Math.sqrt(1 + ratio ** 2);
      // Kurtosis of a log-normal with e^σ² = q: q⁴ + 2q³ + 3q² − 3.
      const q = 1 + ratio ** -2;
      const magnitude = { mean: ratio * s, variance: s ** 2, kurtosis: q ** 4 + 2 * q ** 3 + 3 * q ** 2 - 3 };
      expectMoments(weights.map(Math.abs), magnitude);
      const logVariance = Math.log(q);
      expectMoments(
        weights.map((weight) => Math.log(Math.abs(weight))),
        { mean: Math.log(ratio * s) - logVariance / 2, variance: logVariance, kurtosis: 3 },
      );
      expectMoments(weights.map(Math.sign), { mean: 0, variance: 1, kurtosis: 1.01 });
      // E w⁴ = (r s)⁴ q⁶ and E w² = gain²/500.
      const variance = gain ** 2 / 500;
      expectMoments(weights, { mean: 0, variance, kurtosis: ((ratio * s) ** 4 * q ** 6) / variance ** 2 });
    },
  );

  it("takes the ratio 1.5 unless told, whose log-SD is 0.606", () => {
    const logs = logNormal([draws], { fan: 1 }, create(14)).map((weight) => Math.log(Math.abs(weight)));
    const mean = logs.reduce((sum, value) => sum + value, 0) / draws;
    expectMoments(logs, { mean, variance: 0.6064 ** 2, kurtosis: 3 });
    expect(logNormal([9], { fan: 1 }, create(1))).toEqual(logNormal([9], { fan: 1, ratio: 1.5 }, create(1)));
  });
});

describe("exponential", () => {
  it("has mean and SD σ and no weight ≤ 0", () => {
    const weights = exponential(shape, { deviation: 0.3 }, create(15));
    expectMoments(weights, { mean: 0.3, variance: 0.09, kurtosis: 9 });
    expect(range(weights)[0]).toBeGreaterThan(0);
  });

  it("dannDeviation gives W x a variance of 1 for rectified standard normals x", () => {
    // Var(w x) = E w² E x² − (E w E x)² = 2σ² · ½ − σ²/(2π), once for each of d inputs.
    for (const d of [10, 500]) {
      expect(dannDeviation(d) ** 2 * d * (1 - 1 / (2 * Math.PI))).toBeCloseTo(1, 14);
    }
  });

  it("balanced units cancel on average and keep one sign a column", () => {
    const units = balancedUnits(110, 10);
    expect(units).toMatchObject({ excitatory: 100, inhibitory: 10 });
    const { excitatoryDeviation: e, inhibitoryDeviation: i } = units;
    expect(100 * e - 10 * i).toBeCloseTo(0, 14);
    // n_e σ_e² + n_i σ_i² is the inverse of (2π − 1)/(2π).
    expect(100 * e ** 2 + 10 * i ** 2).toBeCloseTo(1 / (1 - 1 / (2 * Math.PI)), 14);
    const weights = balancedExponential([500, 110], { ratio: 10 }, create(16));
    expectMoments(
      weights.filter((_, k) => k % 110 < 100),
      { mean: e, variance: e ** 2, kurtosis: 9 },
    );
    expectMoments(
      weights.filter((_, k) => k % 110 >= 100),
      { mean: -i, variance: i ** 2, kurtosis: 9 },
    );
    expect(weights.every((weight, k) => weight > 0 === k % 110 < 100)).toBe(true);
  });
});

describe("splitBias", () => {
  it("has halves of one sign whose sum has mean 0 and the variance k²/3 of U(−k, k)", () => {
    const bound = 0.1;
    const positive = splitBias([draws], { bound, sign: "positive" }, create(17).stream("+"));
    const negative = splitBias([draws], { bound, sign: "negative" }, create(17).stream("-"));
    const end = Math.SQRT2 * bound;
    expectMoments(positive, { mean: end / 2, variance: bound ** 2 / 6, kurtosis: 1.8 });
    expectMoments(negative, { mean: -end / 2, variance: bound ** 2 / 6, kurtosis: 1.8 });
    expect(range(positive)[0]).toBeGreaterThan(0);
    expect(range(negative)[1]).toBeLessThan(0);
    // The sum of two equal uniforms is triangular, with kurtosis 2.4.
    expectMoments(
      positive.map((value, i) => value + negative[i]),
      {
        mean: 0,
        variance: bound ** 2 / 3,
        kurtosis: 2.4,
      },
    );
  });

  it("is never 0, even where the stream gives 0", () => {
    const zero: Random = { ...createRandom(1), uniform: () => 0, exponential: () => 0 };
    expect([...splitBias([1], { bound: 1, sign: "positive" }, zero)]).toEqual([Math.SQRT2]);
    expect(exponential([1], { deviation: 1 }, zero)[0]).toBeGreaterThan(0);
  });
});

describe("every initialisation", () => {
  const all: readonly (readonly [string, (shape: readonly number[], random: Random) => Float64Array])[] = [
    ["normal", (size, random) => normal(size, {}, random)],
    ["uniform", (size, random) => uniform(size, {}, random)],
    ["pytorchLayer", (size, random) => pytorchLayer(size, {}, random)],
    ["pytorchRecurrent", (size, random) => pytorchRecurrent(size, { hidden: 5 }, random)],
    ["logNormal", (size, random) => logNormal(size, {}, random)],
    ["exponential", (size, random) => exponential(size, { deviation: 1 }, random)],
    ["balancedExponential", (size, random) => balancedExponential(size, { ratio: 1 }, random)],
    ["splitBias", (size, random) => splitBias(size, { bound: 1, sign: "negative" }, random)],
  ];

  it.each(all)("%s has the shape's length, and is the same for a seed and a name only", (_, draw) => {
    const weights = draw([3, 4], create(1));
    expect(weights).toHaveLength(12);
    expect(draw([3, 4], create(1))).toEqual(weights);
    expect(draw([3, 4], create(2))).not.toEqual(weights);
    expect(draw([3, 4], create(1).stream("other"))).not.toEqual(weights);
  });

  it.each(all)("%s refuses a size that is no whole number", async (_, draw) => {
    expect(await refusal(() => draw([3, -4], create(1)))).toMatchObject({ code: "bad-shape" });
    expect(await refusal(() => draw([3, 0.5], create(1)))).toMatchObject({ code: "bad-shape" });
  });

  it.each([
    ["bad-fan", () => normal([10], {}, create(1))],
    ["bad-fan", () => uniform([10], { fan: 0 }, create(1))],
    ["bad-fan", () => pytorchLayer([10, 0], {}, create(1))],
    ["bad-fan", () => pytorchRecurrent([10], { hidden: Number.NaN }, create(1))],
    ["bad-parameter", () => normal([10, 10], { gain: 0 }, create(1))],
    ["bad-parameter", () => logNormal([10, 10], { ratio: -1 }, create(1))],
    ["bad-parameter", () => exponential([10, 10], { deviation: Infinity }, create(1))],
    ["bad-parameter", () => splitBias([10], { bound: 0, sign: "positive" }, create(1))],
    ["bad-parameter", () => dannDeviation(0)],
    ["bad-parameter", () => balancedUnits(1, 4)],
    ["bad-parameter", () => balancedUnits(10, 0)],
    ["bad-shape", () => balancedExponential([10], { ratio: 1 }, create(1))],
  ])("refuses with %s, case %#", async (code, attempt) => {
    expect(await refusal(attempt)).toMatchObject({ name: "InputError", code });
  });
});
