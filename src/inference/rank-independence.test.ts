import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pNorm } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { continuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";
import {
  criticalValue,
  EXPONENT_RANGE,
  gatherPairs,
  independenceTest,
  rankExponent,
  rankExponentNear,
} from "./rank-independence.ts";
import { simulatePairs } from "./simulate.ts";

const runs = { seed: 19040115, numRuns: 60 };
const size = fc.double({ min: 0.01, max: 100, noNaN: true });
const list = fc.array(fc.tuple(size, size), { minLength: 4, maxLength: 40 });

/** Ranks from 1, ties sharing their mean, after rounding to float32. */
function ranksOf(values: readonly number[]): number[] {
  const rounded = values.map(Math.fround);
  return rounded.map(
    (value) =>
      rounded.filter((other) => other < value).length +
      0.5 * (rounded.filter((other) => other === value).length + 1),
  );
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return 0.5 * (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]);
}

/** Pearson's correlation of the ranks, times √(n − 1). */
function spearman(a: readonly number[], b: readonly number[]): number {
  const middle = 0.5 * (a.length + 1);
  const sum = (x: readonly number[], y: readonly number[]) =>
    x.reduce((total, value, i) => total + (value - middle) * (y[i] - middle), 0);
  const [x, y] = [ranksOf(a), ranksOf(b)];
  return (Math.sqrt(a.length - 1) * sum(x, y)) / Math.sqrt(sum(x, x) * sum(y, y));
}

/** |d − m/2| of the weights themselves, by the potential. */
function distances(initial: readonly number[], final: readonly number[], exponent: number): number[] {
  const potential = pNorm({ p: exponent + 1 });
  const changes = initial.map((before, i) => potential.dualChange(before, final[i]));
  return changes.map((change) => Math.abs(change - 0.5 * middleOf(changes)));
}

describe("the statistic T", () => {
  it("of one group is √(n − 1) times Spearman's correlation of |d − m/2| with |w⁰|", () => {
    fc.assert(
      fc.property(list, fc.double({ min: 0.1, max: 4, noNaN: true }), (drawn, exponent) => {
        const initial = drawn.map(([before], i) => before * (1 + i / 1000));
        const final = drawn.map(([, after], i) => (i % 3 === 0 ? -after : after));
        const wanted = distances(initial, final, exponent);
        // Two distances that only rounding separates may be tied in one computation and not in the other.
        const sorted = wanted.toSorted((a, b) => a - b);
        fc.pre(sorted.every((value, i) => i === 0 || value - sorted[i - 1] > 1e-5 * value));
        const ours = independenceTest(continuumPairs(pairWeights(initial, final))).at(exponent);
        expect(ours).toBeCloseTo(spearman(wanted, initial), 8);
      }),
      runs,
    );
  });

  it("of several groups is Σ S_g / √(Σ V_g), groups below three pairs left out", () => {
    const random = createRandom("groups");
    const sizes = [3, 2, 17, 1, 40];
    const group = sizes.flatMap((count, g) => new Array<string>(count).fill(`g${g}`));
    const initial = group.map(() => Math.exp(random.normal()));
    const final = initial.map((before) => before * Math.exp(0.3 * random.normal() + 0.1));
    const test = independenceTest(continuumPairs(pairWeights(initial, final, { group })));
    let [score, variance] = [0, 0];
    const expected = sizes.map((count, g) => {
      const places = [...group.keys()].filter((i) => group[i] === `g${g}`);
      if (count < 3) return Number.NaN;
      const [before, after] = [places.map((i) => initial[i]), places.map((i) => final[i])];
      const statistic = spearman(distances(before, after, 1), before);
      // V_g = ((n³ − n)/12)²/(n − 1)/(n + 1)⁴ without ties, and S_g = T_g √V_g.
      const spread = (count * (count ** 2 - 1)) ** 2 / 144 / (count - 1) / (count + 1) ** 4;
      score += statistic * Math.sqrt(spread);
      variance += spread;
      return statistic;
    });
    expect(test.at(1)).toBeCloseTo(score / Math.sqrt(variance), 10);
    const changes = Float64Array.from(initial, (before, i) => final[i] - before);
    const byGroup = test.byGroup(changes);
    for (const [g, wanted] of expected.entries()) {
      if (Number.isNaN(wanted)) expect(byGroup[g]).toBeNaN();
      else expect(byGroup[g]).toBeCloseTo(wanted, 10);
    }
  });

  it("does not change with the unit of the weights, nor when all signs are reversed", () => {
    const { initial, final } = simulatePairs({ exponent: 1, pairs: 80 }, createRandom("unit"));
    const at = (factor: number) =>
      independenceTest(
        continuumPairs(
          pairWeights(
            initial.map((weight) => factor * weight),
            final.map((weight) => factor * weight),
          ),
        ),
      );
    for (const exponent of [-1, 0, 0.5, 1, 2]) {
      for (const factor of [2 ** 20, 2 ** -20, -1])
        expect(at(factor).at(exponent)).toBeCloseTo(at(1).at(exponent), 10);
    }
  });

  it("of groups with scales of their own is that of the groups in one scale", () => {
    const { initial, final } = simulatePairs({ pairs: 90 }, createRandom("scales"));
    const group = Array.from(initial, (_, i) => `g${i % 3}`);
    const scaled = (weights: PairedWeights["initial"]) =>
      Float64Array.from(weights, (weight, i) => weight * 8 ** (i % 3));
    const [plain, spread] = [
      pairWeights(initial, final, { group }),
      pairWeights(scaled(initial), scaled(final), { group }),
    ];
    for (const exponent of [0, 1, 2]) {
      const [a, b] = [plain, spread].map((pairs) => independenceTest(continuumPairs(pairs)).at(exponent));
      expect(b).toBeCloseTo(a, 10);
    }
  });

  it("of centre none ranks the changes themselves: any increasing function of them is as good", () => {
    const random = createRandom("none");
    const initial = Float64Array.from({ length: 60 }, () => Math.exp(random.normal()));
    const changes = initial.map((weight) => 0.5 * weight + random.normal());
    const test = independenceTest(
      continuumPairs(
        pairWeights(
          initial,
          initial.map((weight) => 2 * weight),
        ),
      ),
    );
    const plain = test.of(Float64Array.from(changes), "none");
    expect(plain).toBeCloseTo(spearman(Array.from(changes), Array.from(initial)), 8);
    expect(
      test.of(
        changes.map((change) => 7 + Math.atan(change)),
        "none",
      ),
    ).toBeCloseTo(plain, 8);
    expect(plain).toBeGreaterThan(1);
  });

  it("of centre median ranks |d − m|, spread alone", () => {
    const random = createRandom("median");
    const initial = Float64Array.from({ length: 61 }, () => Math.exp(random.normal()));
    const changes = Float64Array.from(initial, () => 3 + random.normal());
    const middle = middleOf(Array.from(changes));
    const wanted = spearman(
      Array.from(changes, (change) => Math.abs(change - middle)),
      Array.from(initial),
    );
    const test = independenceTest(
      continuumPairs(
        pairWeights(
          initial,
          initial.map((weight) => 2 * weight),
        ),
      ),
    );
    expect(test.of(changes, "median")).toBeCloseTo(wanted, 8);
  });

  it("at the true λ has mean 0 and SD 1 whatever the law of the change", () => {
    // 400 data sets of 60 pairs a law: the error of the mean is 0.05 and of the SD 0.035, so that both fail below once in a million.
    for (const [law, exponent] of [
      ["gaussian", 0],
      ["student-4", 1],
      ["silent", 2],
    ] as const) {
      const values = Array.from({ length: 400 }, (_, k) => {
        const pairs = simulatePairs({ law, exponent, pairs: 60 }, createRandom(`null ${law} ${k}`));
        return independenceTest(continuumPairs(pairs)).at(exponent);
      });
      const mean = values.reduce((sum, value) => sum + value, 0) / 400;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399);
      expect(Math.abs(mean)).toBeLessThan(0.25);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.18);
    }
  });

  it("rises with λ: small weights must have changed less in a larger exponent", () => {
    const test = independenceTest(continuumPairs(simulatePairs({ pairs: 500 }, createRandom("rises"))));
    expect(test.at(-1.5)).toBeLessThan(-8);
    expect(Math.abs(test.at(0))).toBeLessThan(5);
    expect(test.at(1.5)).toBeGreaterThan(8);
  });
});

describe("rankExponent", () => {
  const pairs = continuumPairs(simulatePairs({ exponent: 1, pairs: 300 }, createRandom("ends")));
  const critical = 1.96;
  const found = rankExponent(pairs, critical);

  it.each([0, 0.5, 1, 2])("recovers λ = %d from 400 pairs", (exponent) => {
    // SE = 1.06·√((κ − 1)/2)/√(2n Var ln|w|) = 0.05: five of them.
    const { estimate } = rankExponent(
      continuumPairs(simulatePairs({ exponent, pairs: 400 }, createRandom(exponent))),
      critical,
    );
    expect(Math.abs((estimate ?? Number.NaN) - exponent)).toBeLessThan(0.25);
  });

  it("has ends where T crosses the critical value, and the estimate where it crosses zero", () => {
    const { at } = independenceTest(pairs);
    for (const [place, target] of [
      [found.low, -critical],
      [found.estimate, 0],
      [found.high, critical],
    ] as const) {
      // T is a step function: the place is that of a step, to the 1e-6 of the search.
      expect(at((place ?? Number.NaN) - 2e-6)).toBeLessThanOrEqual(target);
      expect(at((place ?? Number.NaN) + 2e-6)).toBeGreaterThanOrEqual(target);
    }
    expect((found.high ?? 0) - (found.low ?? 0)).toBeLessThan(0.6);
  });

  it("does not depend on the unit of the weights", () => {
    const { initial, final } = simulatePairs({ exponent: 1, pairs: 300 }, createRandom("ends"));
    const scaled = rankExponent(
      continuumPairs(
        pairWeights(
          initial.map((weight) => 1024 * weight),
          final.map((weight) => 1024 * weight),
        ),
      ),
      critical,
    );
    for (const key of ["estimate", "low", "high"] as const)
      expect(scaled[key]).toBeCloseTo(found[key] ?? Number.NaN, 5);
  });

  it("keeps an end open that the range does not hold", () => {
    const few = continuumPairs(simulatePairs({ pairs: 12 }, createRandom("few")));
    const { estimate, low, high } = rankExponent(few, 30);
    expect(estimate).not.toBeNull();
    expect([low, high]).toEqual([null, null]);
  });

  it("has no estimate where T keeps its sign", () => {
    // The larger the weight, the smaller the change by more than any exponent to −2 explains.
    const initial = Float64Array.from({ length: 40 }, (_, i) => 1 + i / 10);
    const steep = initial.map((weight, i) => weight + (i % 2 === 0 ? 1 : -1) * 0.01 * weight ** -6.5);
    expect(rankExponent(continuumPairs(pairWeights(initial, steep)), critical).estimate).toBeNull();
    expect(EXPONENT_RANGE).toEqual({ low: -2, high: 5 });
  });

  it("finds among 30,000 pairs, where it begins with 5,000 of them, the λ that all give", () => {
    const many = continuumPairs(simulatePairs({ exponent: 0.5, pairs: 30_000 }, createRandom("many")));
    const { estimate } = rankExponent(many, critical);
    // SE = 0.006.
    expect(Math.abs((estimate ?? Number.NaN) - 0.5)).toBeLessThan(0.03);
    expect(independenceTest(many).at((estimate ?? 0) - 1e-5)).toBeLessThanOrEqual(0);
    expect(independenceTest(many).at((estimate ?? 0) + 1e-5)).toBeGreaterThanOrEqual(0);
  });

  it("searched near a start comes to the same place", () => {
    for (const start of [0.6, 1, 1.4])
      expect(rankExponentNear(pairs, start)).toBeCloseTo(found.estimate ?? Number.NaN, 3);
  });
});

describe("gatherPairs", () => {
  it("takes the pairs at these positions, as often as named, and keeps their groups and clusters", () => {
    const all = continuumPairs(
      pairWeights([1, 2, 3, 4, 5], [2, 3, -4, 5, 7], {
        group: ["a", "a", "b", "c", "c"],
        cluster: ["x", "y", "x", "y", "z"],
      }),
    );
    const some = gatherPairs(all, Int32Array.of(1, 1, 3, 4));
    expect(Array.from(some.place)).toEqual([1, 1, 3, 4]);
    expect(Array.from(some.groupStart)).toEqual([0, 2, 2, 4]);
    expect(Array.from(some.cluster ?? [])).toEqual([1, 1, 1, 2]);
    const changes = dualChangesAt(all, 1, new Float64Array(5));
    expect(Array.from(dualChangesAt(some, 1, new Float64Array(4)))).toEqual(
      [1, 1, 3, 4].map((k) => changes[k]),
    );
  });
});

describe("criticalValue", () => {
  const of = (pairs: number, level: number, seed = 1) =>
    criticalValue(
      continuumPairs(simulatePairs({ pairs }, createRandom("critical"))),
      level,
      createRandom(seed),
    );

  it("for ten pairs is Spearman's tabulated two-sided 5 % point, 0.648·√9", () => {
    const { value, method } = of(10, 0.95);
    expect(method).toBe("permutation");
    // Neighbouring values of ρ are 2/165 apart, and 9,999 permutations place the point within one of them.
    expect(Math.abs(value / 3 - 0.648)).toBeLessThan(0.02);
  });

  it("for seven pairs splits all 5,040 orders at the level asked for", () => {
    const orders: number[][] = [[]];
    for (let n = 1; n <= 7; n++) {
      orders.splice(
        0,
        orders.length,
        ...orders.flatMap((order) => Array.from({ length: n }, (_, k) => order.toSpliced(k, 0, n))),
      );
    }
    const natural = [1, 2, 3, 4, 5, 6, 7];
    const exact = orders.map((order) => Math.abs(spearman(order, natural)));
    for (const level of [0.8, 0.9, 0.95]) {
      const { value } = of(7, level);
      const beyond = exact.filter((statistic) => statistic > value + 1e-9).length / 5040;
      const reached = exact.filter((statistic) => statistic > value - 1e-9).length / 5040;
      // Five errors of a share among 9,999 permutations: 0.02.
      expect(beyond).toBeLessThan(1 - level + 0.02);
      expect(reached).toBeGreaterThan(1 - level - 0.02);
    }
  });

  it("above 200 pairs is the normal quantile, which the permutations have come close to", () => {
    expect(of(201, 0.95)).toEqual({ value: expect.closeTo(1.959964, 6), method: "normal" });
    // The 95 % point of 9,999 draws has an error of 0.019; five of them.
    expect(Math.abs(of(200, 0.95).value - 1.96)).toBeLessThan(0.1);
  });

  it("is repeated bit for bit by the same seed, and moves with another", () => {
    expect(of(30, 0.95, 3)).toEqual(of(30, 0.95, 3));
    expect(of(30, 0.95, 3).value).not.toBe(of(30, 0.95, 4).value);
  });

  it("permutes within groups only: a small group never gets the ranks of a large one", () => {
    const random = createRandom("within");
    const sizes = [4, 36];
    const group = sizes.flatMap((count, g) => new Array<string>(count).fill(`g${g}`));
    const initial = group.map(() => Math.exp(random.normal()));
    const pairs = continuumPairs(
      pairWeights(
        initial,
        initial.map((weight) => 1.5 * weight),
        { group },
      ),
    );
    const { value } = criticalValue(pairs, 0.95, createRandom(1));
    const statistics = Array.from({ length: 20_000 }, () => {
      let [score, spread] = [0, 0];
      for (const count of sizes) {
        const order = random.permutation(count);
        const middle = 0.5 * (count - 1);
        score += order.reduce((sum, rank, k) => sum + (rank - middle) * (k - middle), 0) / (count + 1) ** 2;
        spread += (count * (count ** 2 - 1)) ** 2 / 144 / (count - 1) / (count + 1) ** 4;
      }
      return Math.abs(score) / Math.sqrt(spread);
    });
    // The 95 % points of 10,000 and of 20,000 draws differ by 0.023; five of them.
    expect(Math.abs(value - statistics.sort((a, b) => a - b)[19_000])).toBeLessThan(0.115);
  });
});
