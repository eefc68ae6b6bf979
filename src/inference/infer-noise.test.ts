import { describe, expect, it } from "vitest";
import { parsePotential } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import type { GeometryFit } from "./geometry-fit.ts";
import { type InferOptions, infer } from "./infer.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";

const with1 = (more: Partial<InferOptions> = {}): InferOptions => ({ random: createRandom(1), ...more });
const simulated = (settings: Parameters<typeof simulatePairs>[0], name: string) =>
  simulatePairs(settings, createRandom(name));

/** Paths of the numbers in a result that JSON would lose. */
function lost(value: unknown, path = "fit"): string[] {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value)))
    return [`${path} = ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => lost(inner, `${path}.${key}`));
}

/** Repeats within the same pairs, so that the noise can be estimated from them. */
function withRepeats(pairs: PairedWeights, noise: number, name: string): PairedWeights {
  const random = createRandom(name);
  const read = () => Float64Array.from(pairs.initial, (weight) => weight * (1 + noise * random.normal()));
  return { ...pairs, repeat: { first: read(), second: read() } };
}

describe("noise", () => {
  const noise = { additive: 0, multiplicative: 0.1 };

  it("that is known removes the condition, and finds the 2-norm behind multiplicative noise", () => {
    const pairs = simulated({ exponent: 1, noise, pairs: 200, changeSize: 0.5 }, "given");
    const fit = infer(pairs, with1({ noise }));
    expect(fit.noise).toMatchObject({ ...noise, source: "given", method: "latent-grid" });
    expect(fit.noise.changeOverNoise).toBeGreaterThan(2);
    expect(Math.abs((fit.exponent.estimate ?? Number.NaN) - 1)).toBeLessThan(0.35);
    expect(fit.verdict.statement).not.toContain("negligible");
  });

  it("is estimated from repeated measurements, and without learning no geometry is named", () => {
    const pairs = withRepeats(simulated({ noise, pairs: 300, changeSize: 1e-9 }, "null"), 0.1, "null");
    const fit = infer(pairs, with1());
    expect(fit.noise.source).toBe("repeats");
    expect(Math.abs((fit.noise.multiplicative ?? 9) - 0.1)).toBeLessThan(0.03);
    expect(fit.verdict).toMatchObject({ status: "unidentifiable", potential: null });
  });

  it("that is given counts, not the repeats", () => {
    const pairs = withRepeats(simulated({ noise, pairs: 60, changeSize: 0.5 }, "both"), 0.4, "both");
    expect(infer(pairs, with1({ noise })).noise).toMatchObject({ ...noise, source: "given" });
  });

  it("that nobody knows of is tried in 5, 10 and 20 % of either kind when asked for", () => {
    const pairs = simulated({ pairs: 40, changeSize: 0.15 }, "sensitivity");
    const { noise: report, verdict } = infer(pairs, with1({ sensitivity: true }));
    expect(report.sensitivity.map(({ kind, share }) => [kind, share])).toEqual([
      ["multiplicative", 0.05],
      ["multiplicative", 0.1],
      ["multiplicative", 0.2],
      ["additive", 0.05],
      ["additive", 0.1],
      ["additive", 0.2],
    ]);
    expect(report.sensitivity[0].status).toBe("ok");
    expect(report.sensitivity[2]).toMatchObject({ status: "change-within-noise", estimate: null });
    const scaled = pairWeights(
      pairs.initial.map((weight) => 1024 * weight),
      pairs.final.map((weight) => 1024 * weight),
    );
    const statuses = infer(scaled, with1({ sensitivity: true })).noise.sensitivity.map(
      ({ status }) => status,
    );
    expect(statuses).toEqual(report.sensitivity.map(({ status }) => status));
    expect(report.source).toBe("none");
    expect(verdict.statement).toContain("negligible");
  });
});

describe("a fit survives JSON: no NaN, no infinity, nothing undefined", () => {
  const rows: readonly (readonly [string, () => GeometryFit])[] = [
    ["plain", () => infer(simulated({}, "json"), with1())],
    ["ten pairs", () => infer(simulated({ pairs: 10 }, "json 10"), with1())],
    [
      "flips and absences",
      () => {
        const { initial, final } = simulated({ exponent: 2, law: "student-4", changeSize: 1 }, "json flips");
        return infer(pairWeights([...initial, 0, Number.NaN, 1], [...final, 1, 1, 0]), with1());
      },
    ],
    ["groups", () => infer(simulated({ pairs: 240, groups: 4 }, "json groups"), with1())],
    [
      "clusters",
      () => infer(simulated({ pairs: 100, clusterSize: 10 }, "json clusters"), with1({ resamples: 200 })),
    ],
    [
      "one cluster",
      () => infer(simulated({ pairs: 60, clusterSize: 60 }, "json one"), with1({ resamples: 200 })),
    ],
    [
      "large noise",
      () =>
        infer(
          simulated({ pairs: 60 }, "json noise"),
          with1({ noise: { additive: 0.5, multiplicative: 0.5 } }),
        ),
    ],
    [
      "repeats",
      () =>
        infer(withRepeats(simulated({ pairs: 60, changeSize: 0.5 }, "json repeats"), 0.05, "json"), with1()),
    ],
    [
      "other potentials",
      () =>
        infer(
          simulated({}, "json logit"),
          with1({ potentials: [parsePotential("logit:1"), parsePotential("affine:2")] }),
        ),
    ],
    ["no potentials", () => infer(simulated({}, "json none"), with1({ potentials: [] }))],
    [
      "every weight doubled",
      () => {
        const { initial } = simulated({}, "json doubled");
        return infer(
          pairWeights(
            initial,
            initial.map((weight) => 2 * weight),
          ),
          with1(),
        );
      },
    ],
    [
      "every sign changed",
      () => {
        const { initial, final } = simulated({}, "json reversed");
        return infer(
          pairWeights(
            initial,
            final.map((weight) => -weight),
          ),
          with1(),
        );
      },
    ],
  ];

  it.each(rows)("%s", (_, make) => {
    const found = make();
    expect(lost(found)).toEqual([]);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });
});

describe("awkward pairs", () => {
  it("noise given as zero, or repeats that agree, is a noise that every change is beyond", () => {
    const pairs = simulated({ exponent: 1, pairs: 60, changeSize: 0.5 }, "zero noise");
    const fit = infer(pairs, with1({ noise: { additive: 0, multiplicative: 0 } }));
    expect(lost(fit)).toEqual([]);
    expect(fit.verdict.status).not.toBe("unidentifiable");
  });

  it("one weight that exactly changes sign does not hide the change of all others behind multiplicative noise", () => {
    const { initial, final } = simulated({ exponent: 1, pairs: 60, changeSize: 0.5 }, "reversed");
    const fit = infer(
      pairWeights([...initial, 0.01], [...final, -0.01]),
      with1({ noise: { additive: 0, multiplicative: 0.02 } }),
    );
    expect(lost(fit)).toEqual([]);
    expect(fit.verdict.status).not.toBe("unidentifiable");
  });

  it("a group of two equal pairs leaves the likelihood, the drift and the shape of the others as they are", () => {
    const { initial, final } = simulated({ pairs: 60 }, "two equal");
    const group = [...Array.from(initial, () => "main"), "twin", "twin"];
    const fit = infer(pairWeights([...initial, 1, 1], [...final, 1.5, 1.5], { group }), with1());
    expect(lost(fit)).toEqual([]);
    expect(fit.likelihood.estimate).not.toBeNull();
  });

  it("of a large matrix of few synapses all are seen", () => {
    const { initial, final } = simulated({ pairs: 100 }, "sparse");
    const matrix = (weights: PairedWeights["initial"]) => {
      const cells = new Float64Array(300_000);
      for (const [k, weight] of weights.entries()) cells[3000 * k] = weight;
      return cells;
    };
    const fit = infer(pairWeights(matrix(initial), matrix(final)), with1());
    expect(fit.pairs.used).toBe(100);
    expect(fit.subsample).toBeNull();
  });

  it("the number of synapses needed does not depend on the level of the interval it is taken from", () => {
    const pairs = simulated({ pairs: 400 }, "needed");
    const [a, b] = [0.68, 0.95].map((level) => infer(pairs, with1({ level })).diagnostics.pairsNeeded ?? 0);
    expect(a / b).toBeGreaterThan(0.6);
  });

  // To become a plain `it` with its repair: all flips are compared with those expected among the 100,000 pairs seen.
  it("flips that the noise explains are explained however many pairs there are", () => {
    const random = createRandom("many flips");
    const initial = Float64Array.from({ length: 300_000 }, () => Math.exp(0.8 * random.normal()));
    const read = (weight: number) => weight + 0.3 * random.normal();
    const pairs = pairWeights(
      initial.map(read),
      initial.map((weight) => read(weight * Math.exp(0.2 * random.normal()))),
    );
    const { flips } = infer(pairs, with1({ noise: { additive: 0.3, multiplicative: 0 } })).diagnostics;
    expect(flips.expected).toBeGreaterThan(0.8 * flips.observed);
    expect(flips.pValue).toBeGreaterThan(0.001);
  });
});

describe("readings in whole numbers", () => {
  it("of synapses that did not change are no geometry, though many pairs are exactly equal", () => {
    const random = createRandom("counts");
    const sizes = Float64Array.from({ length: 400 }, () => Math.exp(0.7 * random.normal()));
    const read = () => sizes.map((size) => Math.max(1, Math.round(5 * size * (1 + 0.1 * random.normal()))));
    const [initial, final, first, second] = [read(), read(), read(), read()];
    const fit = infer(pairWeights(initial, final, { repeat: { first, second } }), with1());
    expect(fit.pairs.unchanged).toBeGreaterThan(100);
    expect(fit.verdict).toMatchObject({ status: "unidentifiable", potential: null });
  });
});

describe("groups with known noise", () => {
  it("of one exponent are not said to disagree", () => {
    const pairs = simulated(
      { pairs: 400, exponent: 2, groups: 2, noise: { additive: 0, multiplicative: 0.1 } },
      "two noisy",
    );
    const fit = infer(pairs, with1({ noise: { additive: 0, multiplicative: 0.1 } }));
    // Uniform under the null: below 0.001 once in a thousand seeds.
    expect(fit.diagnostics.groupAgreement?.pValue).toBeGreaterThan(1e-3);
  });
});

describe("groups of two pairs", () => {
  it("of another scale leave the likelihood of the others where it was", () => {
    const { initial, final } = simulated({ pairs: 200, exponent: 1 }, "with twins");
    const twins = Float64Array.from({ length: 100 }, (_, k) => 50 * (1 + k));
    const group = [...Array.from(initial, () => "main"), ...Array.from(twins, (_, k) => `twin ${k >> 1}`)];
    const moved = twins.map((weight, k) => weight + (k % 3) + 1);
    const fit = infer(pairWeights([...initial, ...twins], [...final, ...moved], { group }), with1());
    expect(Math.abs((fit.likelihood.estimate ?? 9) - 1)).toBeLessThan(0.3);
  });
});

describe("an outlier", () => {
  it("of sixteen orders of magnitude does not change the ranks of the others", () => {
    const { initial, final } = simulated({ pairs: 300 }, "outlier");
    const plain = infer(pairWeights(initial, final), with1());
    const pairs = pairWeights(
      [...initial, 2].map((weight) => 1e-12 * weight),
      [...Array.from(final, (weight) => 1e-12 * weight), -9999],
    );
    const fit = infer(pairs, with1());
    expect(fit.diagnostics.pairing.signed).toBeGreaterThan(0.9);
    expect(Math.abs((fit.exponent.estimate ?? 9) - (plain.exponent.estimate ?? -9))).toBeLessThan(0.1);
  });
});
