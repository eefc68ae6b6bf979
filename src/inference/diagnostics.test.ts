import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import {
  changeShape,
  flipTest,
  groupAgreement,
  logSizeDeviation,
  pairingOf,
  remainingDependence,
} from "./diagnostics.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { noisyPairs } from "./measurement-noise.ts";
import { pairWeights } from "./paired-weights.ts";
import { type SimulationSettings, simulatePairs } from "./simulate.ts";
import { normalCdf } from "./special-functions.ts";

const simulated = (settings: Partial<SimulationSettings>, name: string) =>
  continuumPairs(simulatePairs(settings, createRandom(name)));

describe("pairingOf", () => {
  it("finds the pairs of any geometry related", () => {
    for (const exponent of [0, 1, 2]) {
      for (const changeSize of [0.05, 1]) {
        const { related, signed } = pairingOf(
          simulated({ exponent, changeSize }, `paired ${exponent} ${changeSize}`),
        );
        expect(related).toBe(true);
        expect(signed).toBeGreaterThan(0.4);
      }
    }
  });

  it("finds shuffled pairs unrelated, with and without their signs", () => {
    // Related by chance: 10⁻⁴·10⁻³ with random signs, 10⁻⁴ where all are positive; 200 of each fail once in fifty seeds.
    for (const signs of ["random", "positive"] as const) {
      for (let k = 0; k < 200; k++) {
        const random = createRandom(`shuffled ${signs} ${k}`);
        const { initial, final } = simulatePairs({ signs, pairs: 100 }, random);
        const order = random.permutation(100);
        const shuffled = continuumPairs(
          pairWeights(
            initial,
            final.map((_, i) => final[order[i]]),
          ),
        );
        expect(pairingOf(shuffled).related).toBe(false);
      }
    }
  });

  it("shuffled within the signs alone is unrelated: the sizes must go together too", () => {
    const random = createRandom("signs kept");
    const { initial, final } = simulatePairs({ pairs: 400 }, random);
    const order = random.permutation(400);
    const kept = final.map((weight, i) => Math.sign(weight) * Math.abs(final[order[i]]));
    const { signed, magnitude, related } = pairingOf(continuumPairs(pairWeights(initial, kept)));
    expect(signed).toBeGreaterThan(0.5);
    expect(Math.abs(magnitude)).toBeLessThan(0.2);
    expect(related).toBe(false);
  });

  it("is not fooled by groups of different scale, within which the pairs are shuffled", () => {
    const random = createRandom("scales");
    const group = Array.from({ length: 200 }, (_, i) => `g${i % 2}`);
    const weights = () =>
      Float64Array.from(group, (name) => (name === "g0" ? 1 : 1000) * Math.exp(random.normal()));
    const [initial, final] = [weights(), weights()];
    expect(pairingOf(continuumPairs(pairWeights(initial, final))).related).toBe(true);
    expect(pairingOf(continuumPairs(pairWeights(initial, final, { group }))).related).toBe(false);
  });
});

describe("logSizeDeviation", () => {
  it("is the SD of ln|w⁰| within groups", () => {
    const group = ["a", "a", "b", "b"];
    const pairs = continuumPairs(pairWeights([1, -Math.E, 1e6, 1e6 * Math.E], [2, -2, 2, 2], { group }));
    // Four residuals of ½, three degrees of freedom.
    expect(logSizeDeviation(pairs)).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(logSizeDeviation(continuumPairs(pairWeights([0.3, -0.3, 0.3], [1, 2, 3])))).toBeCloseTo(0, 12);
  });
});

describe("remainingDependence", () => {
  it("at the true λ has p values that are about uniform", () => {
    const values = Array.from({ length: 300 }, (_, k) => {
      const found = remainingDependence(simulated({ pairs: 150 }, `uniform ${k}`), 0);
      return [found?.location.pValue ?? Number.NaN, found?.spread.pValue ?? Number.NaN];
    });
    for (const which of [0, 1]) {
      const mean = values.reduce((sum, pair) => sum + pair[which] / 300, 0);
      const small = values.filter((pair) => pair[which] < 0.1).length / 300;
      // Five errors: 0.29/√300 = 0.017 of a mean, 0.017 of a share of a tenth.
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.085);
      expect(Math.abs(small - 0.1)).toBeLessThan(0.087);
    }
  });

  it("at a wrong λ sees the spread, and with a mean that follows the weight the location and its direction", () => {
    const wrong = remainingDependence(simulated({ pairs: 300 }, "wrong"), 1.5);
    expect(wrong?.spread.pValue).toBeLessThan(1e-6);
    expect(wrong?.shareExplained).toBeGreaterThan(0.1);
    const random = createRandom("regression");
    const initial = Float64Array.from({ length: 300 }, () => Math.exp(random.normal()));
    const final = initial.map((weight) => weight * Math.exp(-0.5 * Math.log(weight) + 0.2 * random.normal()));
    const [fell, rose] = [
      [initial, final],
      [final, initial],
    ].map(([before, after]) => remainingDependence(continuumPairs(pairWeights(before, after)), 0));
    expect(fell?.location.pValue).toBeLessThan(1e-6);
    expect(fell?.trend).toBeLessThan(-0.5);
    expect(rose?.trend).toBeGreaterThan(0.5);
  });

  it("says nothing of fewer than twenty pairs", () => {
    expect(remainingDependence(simulated({ pairs: 19 }, "few"), 0)).toBeNull();
    expect(remainingDependence(simulated({ pairs: 20 }, "few"), 0)).not.toBeNull();
  });
});

describe("flipTest", () => {
  const pairs = continuumPairs(pairWeights([0.1, -0.2, 0.5, 3], [-0.1, -0.1, 0.4, 3.5]));

  it("without known noise expects none: one is enough, and none proves nothing", () => {
    expect(flipTest(1, null)).toEqual({ observed: 1, expected: 0, pValue: 0 });
    expect(flipTest(0, null)).toEqual({ observed: 0, expected: 0, pValue: null });
  });

  it("expects Σ Φ(−|w|/√(2τ_a² + 2τ_m² w²)), and compares with a Poisson count", () => {
    const noise = { additive: 0.2, multiplicative: 0.1 };
    const expected = [0.1, 0.2, 0.5, 3].reduce(
      (sum, size) => sum + normalCdf(-size / Math.sqrt(2 * 0.04 + 2 * 0.01 * size * size)),
      0,
    );
    for (const observed of [1, 2, 3, 5]) {
      let [below, term] = [0, Math.exp(-expected)];
      for (let n = 0; n < observed; n++) {
        below += term;
        term *= expected / (n + 1);
      }
      const found = flipTest(observed, noisyPairs(pairs, noise));
      expect(found.expected).toBeCloseTo(expected, 12);
      expect(found.pValue).toBeCloseTo(1 - below, 12);
    }
    expect(flipTest(0, noisyPairs(pairs, noise)).pValue).toBeNull();
  });

  it("where the noise is zero is as without", () => {
    expect(flipTest(1, noisyPairs(pairs, { additive: 0, multiplicative: 0 }))).toMatchObject({
      expected: 0,
      pValue: 0,
    });
  });
});

describe("groupAgreement", () => {
  it("has about the size it states where groups share one exponent", () => {
    let small = 0;
    for (let k = 0; k < 200; k++) {
      const found = groupAgreement(simulated({ pairs: 240, groups: 4 }, `agree ${k}`), 0);
      expect(found?.degreesOfFreedom).toBe(3);
      if ((found?.pValue ?? 1) < 0.1) small++;
    }
    // At the true exponent rather than at its estimate Q has four degrees of freedom, and 0.18 of its p values are below 0.1;
    // five errors of that share among 200.
    expect(Math.abs(small / 200 - 0.18)).toBeLessThan(0.136);
  });

  it("tells groups that learned in different geometries apart", () => {
    const [a, b] = [0, 2].map((exponent) =>
      simulatePairs({ exponent, signs: "positive" }, createRandom(`differ ${exponent}`)),
    );
    const group = Array.from({ length: 400 }, (_, i) => (i < 200 ? "NE" : "3-norm"));
    const both = pairWeights([...a.initial, ...b.initial], [...a.final, ...b.final], { group });
    expect(groupAgreement(continuumPairs(both), 1)?.pValue).toBeLessThan(1e-9);
  });

  it("needs two groups of three pairs", () => {
    expect(groupAgreement(simulated({}, "one"), 0)).toBeNull();
    const group = ["a", "a", "b", "b", "b"];
    expect(
      groupAgreement(continuumPairs(pairWeights([1, 2, 3, 4, 5], [2, 3, 5, 6, 8], { group })), 1),
    ).toBeNull();
  });
});

describe("changeShape", () => {
  it("has the drift, the kurtosis and the Anderson–Darling statistic of a Gaussian change", () => {
    let [drift, kurtosis, rejected] = [0, 0, 0];
    for (let k = 0; k < 100; k++) {
      const shape = changeShape(simulated({ drift: 0.7 }, `shape ${k}`), 0);
      drift += (shape?.drift ?? Number.NaN) / 100;
      kurtosis += (shape?.kurtosis ?? Number.NaN) / 100;
      // Stephens 1974, doi:10.1080/01621459.1974.10480196: 5 % of normal samples exceed 0.752 where mean and SD are estimated.
      if ((shape?.andersonDarling ?? 9) > 0.752) rejected++;
    }
    // Errors of the means of 100: 0.008 and 0.03; of 5 rejections: 2.2.
    expect(Math.abs(drift - 0.7)).toBeLessThan(0.04);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.2);
    expect(rejected).toBeLessThanOrEqual(16);
  });

  it("sees heavy tails", () => {
    const shape = changeShape(simulated({ law: "silent", pairs: 500 }, "tails"), 0);
    expect(shape?.kurtosis).toBeGreaterThan(5);
    expect(shape?.andersonDarling).toBeGreaterThan(10);
  });

  it("standardises within groups: scales and drifts of their own are no heavy tails", () => {
    const { initial, final } = simulatePairs(
      { pairs: 600, signs: "positive", changeSize: 0.1 },
      createRandom("within"),
    );
    const group = Array.from(initial, (_, i) => `g${i % 3}`);
    const spread = final.map(
      (weight, i) => initial[i] * (weight / initial[i]) ** (10 ** ((i % 3) - 1)) * (1 + (i % 3)),
    );
    const [apart, pooled] = [{ group }, {}].map((labels) =>
      changeShape(continuumPairs(pairWeights(initial, spread, labels)), 0),
    );
    expect(Math.abs((apart?.kurtosis ?? 0) - 3)).toBeLessThan(0.7);
    expect(apart?.andersonDarling).toBeLessThan(1.5);
    expect(pooled?.andersonDarling).toBeGreaterThan(10);
  });

  it("has nothing to say where a change is infinite", () => {
    const flipped = continuumPairs(pairWeights([1, 2, 3], [-1, 3, 4]));
    expect(changeShape(flipped, 0)).toBeNull();
    expect(changeShape(flipped, 1)).not.toBeNull();
  });
});
