import { describe, expect, it } from "vitest";
import { hyperbolicEntropy, type Potential, parsePotential } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { type InferOptions, infer } from "./infer.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";

const with1 = (more: Partial<InferOptions> = {}): InferOptions => ({ random: createRandom(1), ...more });
const simulated = (settings: Parameters<typeof simulatePairs>[0], name: string) =>
  simulatePairs(settings, createRandom(name));

/** Weights that learned under any potential: ∇φ(w¹) = ∇φ(w⁰) + σε. */
function learned(potential: Potential, count: number, deviation: number, name: string): PairedWeights {
  const random = createRandom(name);
  const initial = Float64Array.from(
    { length: count },
    () => Math.exp(random.normal()) * (random.uniform() < 0.5 ? -1 : 1),
  );
  return pairWeights(
    initial,
    initial.map((weight) =>
      potential.inverseMirrorMap(
        potential.mirrorMap(weight) + deviation * random.normal(),
        weight < 0 ? -1 : 1,
      ),
    ),
  );
}

describe("infer", () => {
  // A wrong verdict of 300 pairs 1.0 apart is 6 SE away; the right one is missed where the interval holds a neighbour.
  it.each([
    [0, "negative-entropy"],
    [1, "2-norm"],
    [2, "3-norm"],
  ])("finds that weights which learned at λ = %i did so under %s", (exponent, name) => {
    const fit = infer(simulated({ exponent, pairs: 300 }, `found ${exponent}`), with1());
    expect(fit.verdict).toMatchObject({ status: "decided", potential: name });
    expect(Math.abs((fit.exponent.estimate ?? Number.NaN) - exponent)).toBeLessThan(0.3);
    expect(Math.abs((fit.likelihood.estimate ?? Number.NaN) - exponent)).toBeLessThan(0.3);
    const weights = fit.potentials.map(({ weight }) => weight ?? 0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(fit.potentials.find((score) => score.name === name)).toMatchObject({
      inside: true,
      weight: Math.max(...weights),
    });
  });

  it("has the shape of syngeo.infer/1", () => {
    const fit = infer(simulated({}, "shape"), with1({ seed: 7 }));
    expect(fit).toMatchObject({
      schema: "syngeo.infer/1",
      source: "simulated pairs",
      seed: 7,
      groups: [],
      clusters: null,
      subsample: null,
    });
    expect(fit.exponent).toMatchObject({ level: 0.95, method: expect.stringContaining("rank independence") });
    expect(fit.potentials.map(({ name }) => name)).toEqual([
      "negative-entropy",
      "1.5-norm",
      "2-norm",
      "2.5-norm",
      "3-norm",
    ]);
    expect(fit.noise).toEqual({
      additive: null,
      multiplicative: null,
      source: "none",
      method: null,
      changeOverNoise: null,
      sensitivity: [],
    });
    for (const score of fit.potentials) expect(score.deltaCdfFloor).toBeGreaterThan(0.05);
  });

  it("is the same bit for bit with the same seed, clusters and permutations included", () => {
    const pairs = simulated({ pairs: 120, clusterSize: 6 }, "seed");
    const text = (seed: number) =>
      JSON.stringify(infer(pairs, { random: createRandom(seed), resamples: 200 }));
    expect(text(5)).toBe(text(5));
    expect(text(6)).not.toBe(text(5));
  });

  it("does not depend on the order of the pairs: λ to 1e-9", () => {
    const { initial, final } = simulated({ exponent: 1, law: "student-4" }, "order");
    const order = createRandom("order").permutation(initial.length);
    const turned = pairWeights(
      Float64Array.from(order, (i) => initial[i]),
      Float64Array.from(order, (i) => final[i]),
    );
    const [a, b] = [pairWeights(initial, final), turned].map((pairs) => infer(pairs, with1()));
    expect(Math.abs((a.exponent.estimate ?? 0) - (b.exponent.estimate ?? 9))).toBeLessThan(1e-9);
    // The likelihood is found by a search that stops at 1e-5.
    expect(b.likelihood.estimate).toBeCloseTo(a.likelihood.estimate ?? Number.NaN, 4);
    for (const [k, score] of a.potentials.entries())
      expect(b.potentials[k].deltaCdf).toBeCloseTo(score.deltaCdf ?? 9, 12);
  });

  it("does not depend on the unit of the weights but in the numbers that have one", () => {
    const { initial, final } = simulated({}, "unit");
    const unit = 2 ** -30;
    const scaled = pairWeights(
      initial.map((weight) => unit * weight),
      final.map((weight) => unit * weight),
    );
    const [a, b] = [pairWeights(initial, final), scaled].map((pairs) => infer(pairs, with1()));
    expect(b.exponent.estimate).toBeCloseTo(a.exponent.estimate ?? Number.NaN, 5);
    expect(b.verdict.potential).toBe(a.verdict.potential);
    expect(b.changeBySize[0].size / a.changeBySize[0].size).toBeCloseTo(unit, 15);
    for (const [k, { weight }] of a.potentials.entries())
      expect(b.potentials[k].weight).toBeCloseTo(weight ?? 9, 4);
  });

  it("counts births, eliminations, flips and what is missing, and uses the rest", () => {
    const { initial, final } = simulated({ pairs: 150, signs: "positive" }, "counts");
    const extra = {
      initial: [0, 0, 0.4, 0, Number.NaN, 0.5, 0.7, -0.2],
      final: [0.3, 0.2, 0, 0, 0.1, Number.POSITIVE_INFINITY, 0.7, 0.1],
    };
    const fit = infer(pairWeights([...initial, ...extra.initial], [...final, ...extra.final]), with1());
    expect(fit.pairs).toEqual({
      total: 158,
      used: 152,
      nonFinite: 2,
      absentInitially: 2,
      absentFinally: 1,
      absentThroughout: 1,
      unchanged: 1,
      signFlips: 1,
    });
    expect(fit.diagnostics.flips).toMatchObject({ observed: 1, expected: 0, pValue: 0 });
    // One flip without known noise makes every λ ≤ 0 impossible.
    expect(fit.potentials[0]).toMatchObject({ name: "negative-entropy", logLikelihood: null, weight: 0 });
    expect(
      fit.likelihood.profile.every(({ exponent, logLikelihood }) => exponent > 0 || logLikelihood === null),
    ).toBe(true);
    expect(fit.verdict.potential).not.toBe("negative-entropy");
  });

  it("is wider the higher the level asked for", () => {
    const pairs = simulated({}, "level");
    const widths = [0.68, 0.95, 0.99].map((level) => {
      const { exponent } = infer(pairs, with1({ level }));
      expect(exponent.level).toBe(level);
      return (exponent.high ?? 9) - (exponent.low ?? -9);
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths[2]).toBeGreaterThan(1.5 * widths[0]);
  });

  it("names an unpaired set unidentifiable, whatever its weights", () => {
    const random = createRandom("shuffled");
    const { initial, final } = simulated({ pairs: 300 }, "shuffled");
    const order = random.permutation(300);
    const shuffled = pairWeights(
      initial,
      final.map((_, i) => final[order[i]]),
    );
    expect(infer(shuffled, with1()).verdict).toMatchObject({ status: "unidentifiable", potential: null });
  });

  it("compares potentials that are no powers by the test itself: what made the change is inside, others are not", () => {
    const names = ["hyperbolic-entropy:0.5", "negative-entropy", "2-norm", "affine:0.05", "logit:3"];
    const potentials = names.map((name) => parsePotential(name));
    const fit = infer(
      learned(hyperbolicEntropy({ beta: 0.5 }), 1500, 0.15, "hyperbolic"),
      with1({ potentials }),
    );
    const scores = Object.fromEntries(fit.potentials.map((score) => [score.name, score]));
    expect(fit.potentials.map(({ name }) => name)).toEqual(names);
    expect(scores["hyperbolic-entropy:0.5"]).toMatchObject({
      exponent: null,
      inside: true,
      deltaCdfStatus: "ok",
    });
    expect(scores["hyperbolic-entropy:0.5"].weight).toBeGreaterThan(0.99);
    for (const name of ["negative-entropy", "2-norm", "affine:0.05"]) expect(scores[name].inside).toBe(false);
    // Weights of either sign lie outside a bounded synapse.
    expect(scores["logit:3"]).toMatchObject({
      inside: false,
      deltaCdf: null,
      deltaCdfStatus: "outside-domain",
      logLikelihood: null,
      weight: 0,
    });
  });

  it("weighs potentials that have a unit against those that have none, whatever the unit", () => {
    const { initial, final } = learned(hyperbolicEntropy({ beta: 0.5 }), 120, 0.3, "weighed");
    const [a, b] = [1, 1000].map((unit) => {
      const potentials = [`hyperbolic-entropy:${0.5 * unit}`, "1.5-norm", "2-norm"].map((name) =>
        parsePotential(name),
      );
      const pairs = pairWeights(
        initial.map((weight) => unit * weight),
        final.map((weight) => unit * weight),
      );
      return infer(pairs, with1({ potentials })).potentials;
    });
    const drop = (scores: typeof a, k: number) =>
      (scores[0].logLikelihood ?? Number.NaN) - (scores[k].logLikelihood ?? Number.NaN);
    for (const k of [1, 2]) expect(drop(b, k)).toBeCloseTo(drop(a, k), 5);
    expect(a[0].weight).toBeGreaterThan(0.5);
  });

  it("takes 10,000 pairs of the likelihood and 100,000 of the ranks at most, says so, and comes to the same answer", () => {
    const pairs = simulated({ exponent: 0.5, pairs: 110_000 }, "large");
    const fit = infer(pairs, with1());
    expect(fit.subsample?.likelihood).toBeLessThan(fit.subsample?.rank ?? 0);
    expect(fit.subsample?.rank).toBeLessThan(110_000);
    expect(fit.pairs.used).toBe(110_000);
    // SE = 0.003 and 0.01.
    expect(Math.abs((fit.exponent.estimate ?? 9) - 0.5)).toBeLessThan(0.02);
    expect(Math.abs((fit.likelihood.estimate ?? 9) - 0.5)).toBeLessThan(0.04);
    expect(fit.verdict).toMatchObject({ status: "decided", potential: "1.5-norm" });
  });
});

describe("groups", () => {
  it("of different scale and drift, one exponent: the pooled verdict is right, and each group has its own", () => {
    const pairs = simulated({ exponent: 0, pairs: 600, groups: 3 }, "three groups");
    const fit = infer(pairs, with1());
    expect(fit.verdict).toMatchObject({ status: "decided", potential: "negative-entropy" });
    expect(fit.groups.map(({ name, pairs: count }) => [name, count])).toEqual([
      ["group 0", 200],
      ["group 1", 200],
      ["group 2", 200],
    ]);
    for (const group of fit.groups) {
      expect(Math.abs(group.exponent.estimate ?? Number.NaN)).toBeLessThan(0.4);
      expect(group.potentials).toHaveLength(5);
    }
    expect(fit.diagnostics.groupAgreement?.pValue).toBeGreaterThan(1e-3);
  });

  it("that learned in different geometries are told apart, and the pooled verdict says that they disagree", () => {
    const [a, b] = [0, 2].map((exponent) =>
      simulated({ exponent, signs: "positive", pairs: 200 }, `apart ${exponent}`),
    );
    const group = Array.from({ length: 400 }, (_, i) => (i < 200 ? "cortex" : "cerebellum"));
    const fit = infer(
      pairWeights([...a.initial, ...b.initial], [...a.final, ...b.final], { group }),
      with1(),
    );
    expect(fit.groups.map(({ verdict }) => verdict.potential)).toEqual(["negative-entropy", "3-norm"]);
    expect(fit.verdict.status).toBe("misfit");
  });

  it("too small, unchanged or constant say so in a verdict of their own, and the rest is as good as without them", () => {
    const { initial, final } = simulated({ pairs: 200, signs: "positive" }, "small");
    const all = (count: number, weight: (i: number) => number) =>
      Float64Array.from({ length: count }, (_, i) => weight(i));
    const fit = infer(
      pairWeights(
        [...initial, ...all(9, (i) => 1 + i), ...all(12, (i) => 1 + i), ...all(12, () => 0.7)],
        [
          ...final,
          ...all(9, (i) => 1.1 + 1.2 * i),
          ...all(12, (i) => 1 + i),
          ...all(12, (i) => 0.7 + 0.01 * (i + 1)),
        ],
        {
          group: [
            ...Array.from(initial, () => "main"),
            ...new Array(9).fill("few"),
            ...new Array(12).fill("still"),
            ...new Array(12).fill("one size"),
          ],
        },
      ),
      with1(),
    );
    const [main, few, still, constant] = fit.groups;
    expect(main.verdict.status).not.toBe("unidentifiable");
    for (const group of [few, still, constant]) {
      expect(group.verdict).toMatchObject({ status: "unidentifiable", potential: null });
      expect(group.exponent).toMatchObject({ estimate: null, low: null, high: null, level: 0.95 });
    }
    expect(few.verdict.statement).toContain('group "few"');
    expect(few.verdict.statement).toContain("got 9");
    expect(still.verdict.statement).toContain("the same at both ends");
    expect(constant.verdict.statement).toContain("0.7");
    expect(Math.abs(fit.exponent.estimate ?? Number.NaN)).toBeLessThan(0.3);
  });
});

describe("clusters", () => {
  it("are resampled whole, as often as asked, and the method says so", () => {
    const pairs = simulated({ pairs: 200, clusterSize: 10 }, "clusters");
    const fit = infer(pairs, with1({ resamples: 210 }));
    expect(fit.clusters).toEqual({ count: 20, resamples: 210 });
    expect(fit.exponent.method).toContain("bootstrap of whole clusters");
    expect(fit.exponent.low).toBeLessThan(fit.exponent.estimate ?? Number.NaN);
    expect(fit.exponent.high).toBeGreaterThan(fit.exponent.estimate ?? Number.NaN);
  });
});
