import { describe, expect, it } from "vitest";
import type { Diagnostics, LikelihoodEstimate, NoiseReport, PotentialScore } from "./geometry-fit.ts";
import { EQUIVALENCE_MARGIN, type Evidence, judge } from "./verdict.ts";

const names = ["negative-entropy", "1.5-norm", "2-norm", "2.5-norm", "3-norm"];

function interval(estimate: number | null, low: number | null, high: number | null) {
  return { estimate, low, high, level: 0.95, method: "rank independence" };
}

function likelihood(estimate: number | null, low: number | null, high: number | null): LikelihoodEstimate {
  return { estimate, low, high, degreesOfFreedom: null, cutoffFactor: 1, method: "likelihood", profile: [] };
}

/** The five potentials, inside or not as the interval says. */
function scores(low: number, high: number): PotentialScore[] {
  return names.map((name, k) => ({
    name,
    exponent: k / 2,
    deltaCdf: 0.1,
    deltaCdfCentred: 0.1,
    deltaCdfFloor: 0.08,
    deltaCdfStatus: "ok",
    changeMagnitude: 0.1,
    logLikelihood: -100,
    weight: 0.2,
    inside: low <= k / 2 && k / 2 <= high,
  }));
}

const noNoise: NoiseReport = {
  additive: null,
  multiplicative: null,
  source: "none",
  method: null,
  changeOverNoise: null,
  sensitivity: [],
};
const known: NoiseReport = {
  ...noNoise,
  additive: 0.1,
  multiplicative: 0,
  source: "given",
  method: "latent-grid",
  changeOverNoise: 2,
};

const sound: Diagnostics = {
  pairing: { signed: 0.98, magnitude: 0.95, related: true },
  logSizeDeviation: 0.8,
  remainingDependence: null,
  flips: { observed: 0, expected: 0, pValue: null },
  groupAgreement: null,
  kurtosis: 3,
  andersonDarling: 0.3,
  pairsNeeded: 180,
};

/** Sound evidence for the negative entropy, with what a test changes. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    pairs: 1234,
    exponent: interval(0.05, -0.1, 0.2),
    likelihood: likelihood(0.03, -0.08, 0.15),
    potentials: scores(-0.1, 0.2),
    noise: noNoise,
    changeBeyondNoise: true,
    diagnostics: sound,
    clusters: null,
    groupSpread: null,
    ...changes,
  };
}

const dependence = (
  pValue: number,
  shareExplained: number,
  which: "location" | "spread" = "spread",
  trend = 0,
) => {
  const test = (p: number) => ({ statistic: 1, degreesOfFreedom: 4, pValue: p });
  return {
    location: test(which === "location" ? pValue : 0.5),
    spread: test(which === "spread" ? pValue : 0.5),
    shareExplained,
    trend,
  };
};

describe("a verdict is decided", () => {
  it("for the only potential inside, with the interval and the condition that noise is negligible", () => {
    const verdict = judge(evidence());
    expect(verdict).toMatchObject({
      potential: "negative-entropy",
      status: "decided",
      candidates: ["negative-entropy"],
    });
    for (const part of [
      "1,234 synapses",
      "negative entropy (exponentiated gradient)",
      "λ = 0.05 [−0.10, 0.20]",
    ]) {
      expect(verdict.statement).toContain(part);
    }
    expect(verdict.statement).toContain("if measurement noise is negligible");
    expect(verdict.advice).toContain("without learning");
  });

  it("without the condition where the noise is known", () => {
    const verdict = judge(evidence({ noise: known }));
    expect(verdict.status).toBe("decided");
    expect(verdict.statement).not.toContain("negligible");
  });

  it("for the nearest potential within the margin of 0.2 where the interval is finer than a finite network can be", () => {
    const near = judge(
      evidence({
        exponent: interval(1.12, 1.1, 1.14),
        likelihood: likelihood(1.1, 1.05, 1.15),
        potentials: scores(1.1, 1.14),
      }),
    );
    expect(near).toMatchObject({ status: "decided", potential: "2-norm" });
    expect(near.statement).toContain("within 0.2 of it");
    const between = evidence({
      exponent: interval(1.25, 1.21, 1.29),
      likelihood: likelihood(1.25, 1.2, 1.3),
      potentials: scores(1.21, 1.29),
    });
    expect(judge(between)).toMatchObject({ status: "none", potential: null });
    expect(EQUIVALENCE_MARGIN).toBe(0.2);
  });

  it("with the second opinion where the likelihood leaves the potential out", () => {
    const verdict = judge(
      evidence({ likelihood: likelihood(0.4, 0.25, 0.55), exponent: interval(0.1, -0.1, 0.3) }),
    );
    expect(verdict.status).toBe("decided");
    expect(verdict.statement).toContain("second opinion");
    expect(verdict.statement).toContain("0.40 [0.25, 0.55]");
  });

  it("for the 1.5-norm where flips rule out the negative entropy that is inside too", () => {
    const flips = { observed: 12, expected: 1.5, pValue: 1e-8 };
    const verdict = judge(
      evidence({
        exponent: interval(0.3, -0.1, 0.6),
        likelihood: likelihood(0.3, 0, 0.6),
        potentials: scores(-0.1, 0.6),
        diagnostics: { ...sound, flips },
      }),
    );
    expect(verdict).toMatchObject({ status: "decided", potential: "1.5-norm" });
    expect(verdict.statement).toContain(
      "Sign flips (12, where noise explains 1.5) rule out negative entropy.",
    );
  });
});

describe("a verdict is undecided", () => {
  it("between all potentials inside, and says how many synapses would do", () => {
    const verdict = judge(
      evidence({
        exponent: interval(0.8, 0.4, 1.1),
        likelihood: likelihood(0.8, 0.5, 1),
        potentials: scores(0.4, 1.1),
        diagnostics: { ...sound, pairsNeeded: 2500 },
      }),
    );
    expect(verdict).toMatchObject({
      status: "undecided",
      potential: null,
      candidates: ["1.5-norm", "2-norm"],
    });
    expect(verdict.statement).toContain("cannot tell 1.5-norm and 2-norm apart");
    expect(verdict.advice).toContain("2,500 synapses");
  });

  it("with open ends shown as such", () => {
    const verdict = judge(
      evidence({
        exponent: interval(0.8, null, null),
        likelihood: likelihood(0.8, null, null),
        potentials: scores(-9, 9),
      }),
    );
    expect(verdict.status).toBe("undecided");
    expect(verdict.statement).toContain("λ = 0.80 […, …]");
    expect(verdict.statement).toContain("negative-entropy, 1.5-norm, 2-norm, 2.5-norm and 3-norm");
  });
});

describe("a verdict is none", () => {
  it("where no potential is inside or near, with the nearest name", () => {
    const verdict = judge(
      evidence({
        exponent: interval(-0.7, -0.9, -0.5),
        likelihood: likelihood(-0.7, -0.9, -0.5),
        potentials: scores(-0.9, -0.5),
      }),
    );
    expect(verdict).toMatchObject({ status: "none", potential: null, candidates: [] });
    expect(verdict.statement).toContain("None of the named potentials");
    expect(verdict.statement).toContain("nearest to negative-entropy");
    expect(verdict.advice).toContain("hyperbolic-entropy");
  });

  it("where flips rule out the only one inside and the next is too far", () => {
    const flips = { observed: 3, expected: 0, pValue: 0 };
    const verdict = judge(evidence({ diagnostics: { ...sound, flips } }));
    expect(verdict.status).toBe("none");
    expect(verdict.statement).toContain("Sign flips (3) rule out negative entropy.");
  });

  it("but flips that the noise explains rule out nothing", () => {
    const flips = { observed: 3, expected: 2.5, pValue: 0.46 };
    expect(judge(evidence({ noise: known, diagnostics: { ...sound, flips } })).status).toBe("decided");
  });
});

describe("a verdict is misfit", () => {
  it("where no exponent makes the change independent of the weight", () => {
    const verdict = judge(evidence({ exponent: interval(null, null, null), potentials: scores(9, 9) }));
    expect(verdict.status).toBe("misfit");
    expect(verdict.statement).toContain("No exponent");
  });

  it("where the change at λ̂ still depends on size, surely and by more than 1 % of the rank variance", () => {
    const status = (pValue: number, share: number, noise = noNoise) =>
      judge(evidence({ noise, diagnostics: { ...sound, remainingDependence: dependence(pValue, share) } }))
        .status;
    expect(status(1e-5, 0.1)).toBe("misfit");
    expect(status(1e-5, 0.01)).toBe("decided");
    expect(status(0.01, 0.1)).toBe("decided");
    // What remains is noise where noise is known.
    expect(status(1e-5, 0.1, known)).toBe("decided");
  });

  it("says what remains: the spread, or a mean that falls or rises with the weight", () => {
    const statement = (which: "location" | "spread", trend: number) =>
      judge(evidence({ diagnostics: { ...sound, remainingDependence: dependence(1e-9, 0.1, which, trend) } }))
        .statement;
    expect(statement("spread", -0.5)).toMatch(/spread of the change/);
    expect(statement("location", -0.5)).toMatch(/regression to the mean/);
    expect(statement("location", 0.5)).toMatch(/away from the middle/);
    expect(statement("location", 0)).toMatch(/mean of the change/);
    expect(statement("location", 0)).toContain("10 % of the rank variance");
  });

  it("not where only the mean grows with the weight, by up to 5 % of the rank variance, and both estimators agree", () => {
    const verdict = (share: number, trend: number, other = likelihood(0.03, -0.08, 0.15)) =>
      judge(
        evidence({
          likelihood: other,
          diagnostics: { ...sound, remainingDependence: dependence(1e-9, share, "location", trend) },
        }),
      );
    expect(verdict(0.03, 0.17).status).toBe("decided");
    expect(verdict(0.03, 0.17).statement).toContain("grows with the weight (3 % of the rank variance)");
    expect(verdict(0.06, 0.24).status).toBe("misfit");
    expect(verdict(0.03, -0.17).status).toBe("misfit");
    expect(verdict(0.03, 0.17, likelihood(0.3, 0.1, 0.5)).status).toBe("misfit");
  });

  it("where the two estimators disagree beyond their intervals and by more than 0.2", () => {
    const status = (other: LikelihoodEstimate) => judge(evidence({ likelihood: other })).status;
    expect(status(likelihood(0.5, 0.35, 0.65))).toBe("misfit");
    expect(status(likelihood(-0.4, -0.5, -0.3))).toBe("misfit");
    expect(status(likelihood(0.5, 0.15, 0.85))).toBe("decided");
    expect(status(likelihood(0.24, 0.21, 0.27))).toBe("decided");
    expect(status(likelihood(null, null, null))).toBe("decided");
  });

  it("where the groups do not share an exponent, surely and by more than the margin", () => {
    const judged = (pValue: number, groupSpread: number | null) =>
      judge(
        evidence({
          groupSpread,
          diagnostics: { ...sound, groupAgreement: { statistic: 40, degreesOfFreedom: 3, pValue } },
        }),
      );
    expect(judged(1e-6, 0.5).status).toBe("misfit");
    expect(judged(1e-6, 0.5).statement).toContain(
      "The groups do not share one exponent (SD between groups 0.5",
    );
    expect(judged(1e-6, 0.1).status).toBe("decided");
    expect(judged(0.01, 0.5).status).toBe("decided");
    expect(judged(1e-6, null).status).toBe("decided");
  });
});

describe("a verdict is unidentifiable", () => {
  it("before change, noise and misfit where the pairs are not related", () => {
    const pairing = { signed: 0.02, magnitude: -0.01, related: false };
    const verdict = judge(
      evidence({
        exponent: interval(null, null, null),
        diagnostics: { ...sound, pairing },
      }),
    );
    expect(verdict).toMatchObject({ status: "unidentifiable", potential: null });
    expect(verdict.statement).toContain("not related");
    expect(verdict.statement).toContain("0.02, of sizes −0.01");
    expect(verdict.advice).toContain("same order");
  });

  it("for too few pairs where a strong correlation is not yet sure", () => {
    const pairing = { signed: 0.9, magnitude: 0.85, related: false };
    const verdict = judge(evidence({ diagnostics: { ...sound, pairing } }));
    expect(verdict.status).toBe("unidentifiable");
    expect(verdict.statement).toContain("too few");
    expect(verdict.statement).not.toContain("not related");
  });

  it("for the sizes, not for the pairing, where initial weights hardly vary", () => {
    const pairing = { signed: 0.02, magnitude: -0.01, related: false };
    const narrow = evidence({
      exponent: interval(null, null, null),
      diagnostics: { ...sound, pairing, logSizeDeviation: 0.01 },
    });
    expect(judge(narrow).statement).toContain("hardly vary");
  });

  it("where the change is within the noise, if the noise is known", () => {
    const within = { changeBeyondNoise: false, exponent: interval(null, null, null) };
    const verdict = judge(evidence({ ...within, noise: { ...known, changeOverNoise: 1.04 } }));
    expect(verdict.status).toBe("unidentifiable");
    expect(verdict.statement).toContain("(1 times what the noise alone gives)");
  });

  it("where the initial weights hardly vary and the interval is hopelessly wide, not where it is narrow all the same", () => {
    const status = (logSizeDeviation: number, low: number | null, high: number | null) =>
      judge(evidence({ exponent: interval(0.05, low, high), diagnostics: { ...sound, logSizeDeviation } }))
        .status;
    expect(status(0.05, -1, 1)).toBe("unidentifiable");
    expect(status(0.05, null, 0.2)).toBe("unidentifiable");
    expect(status(0.05, -0.1, 0.2)).toBe("decided");
    expect(status(0.5, -1, 1)).toBe("decided");
  });
});

describe("every sentence", () => {
  const cases: readonly Partial<Evidence>[] = [
    {},
    { noise: known },
    { noise: { ...known, changeOverNoise: null }, changeBeyondNoise: false },
    { exponent: interval(null, null, null) },
    { potentials: scores(-9, 9), diagnostics: { ...sound, pairsNeeded: null } },
    { potentials: [] },
    { diagnostics: { ...sound, pairing: { signed: 0, magnitude: 0, related: false } } },
    { diagnostics: { ...sound, logSizeDeviation: 0.001 }, exponent: interval(1, null, null) },
  ];

  it.each(cases)("ends with a full stop and holds no gap where a number should be (case %#)", (changes) => {
    const { statement, advice } = judge(evidence(changes));
    expect(statement).toMatch(/^[A-Z].*\.$/);
    expect(`${statement} ${advice}`).not.toMatch(/undefined|NaN|null|Infinity| {2}/);
  });
});
