import { describe, expect, it } from "vitest";
import type { PotentialScore } from "../geometry-fit.ts";
import type { ControlEstimate, ControlFit, ControlMethod, Selectivity } from "./control-fit.ts";
import { type ControlEvidence, judgeControl } from "./control-verdict.ts";

const exponents = { "negative-entropy": 0, "1.5-norm": 0.5, "2-norm": 1, "2.5-norm": 1.5, "3-norm": 2 };
const potentials = Object.entries(exponents).map(
  ([name, exponent]): PotentialScore => ({
    name,
    exponent,
    deltaCdf: null,
    deltaCdfCentred: null,
    deltaCdfFloor: null,
    deltaCdfStatus: "ok",
    changeMagnitude: null,
    logLikelihood: null,
    weight: null,
    inside: false,
  }),
);

type Ends = readonly [number | null, number | null, number | null];

function evidence(
  given: Partial<Record<ControlMethod, Ends>>,
  settings: { share?: number; exceedances?: number; selectivity?: Partial<Selectivity> } = {},
): ControlEvidence {
  const usual: Record<ControlMethod, Ends> = {
    "variance-function": [0.1, -0.2, 0.4],
    convolution: [0.05, -0.1, 0.2],
    "convolution-mixture": [0.05, -0.2, 0.3],
    "truncated-independence": [null, null, null],
    "activity-mixture": [0.05, -0.1, 0.2],
  };
  const interval = { level: 0.95, method: "" };
  const names: readonly ControlMethod[] = [
    "variance-function",
    "convolution",
    "convolution-mixture",
    "truncated-independence",
    "activity-mixture",
  ];
  const estimates = names.map((name): ControlEstimate => {
    const [estimate, low, high] = given[name] ?? usual[name];
    const numbers = { standardError: 0.1, law: null, logLikelihood: null, resamples: 0, calibrated: true };
    return { name, estimate, low, high, ...interval, ...numbers };
  });
  const control: Omit<ControlFit, "headline"> = {
    source: "control",
    pairs: {
      total: 300,
      used: 300,
      nonFinite: 0,
      absentInitially: 0,
      absentFinally: 0,
      absentThroughout: 0,
      unchanged: 0,
      signFlips: 0,
    },
    learningShare: settings.share ?? 0.6,
    withoutControl: { estimate: 0.2, low: 0, high: 0.4, ...interval },
    estimates,
    selectivity: {
      estimate: 0,
      low: -1,
      high: 1,
      likelihoodRatio: 0,
      detected: false,
      ...settings.selectivity,
    },
    fluctuation: { estimate: 0.1, low: 0, high: 0.2, ...interval },
    meanChange: { estimate: null, low: null, high: null, ...interval },
    variance: { exponent: 0.1, learning: 0.04, additive: 0.005, multiplicative: 0.03 },
    exceedances: { count: settings.exceedances ?? 100, bound: 3 },
    smallSizes: 0,
    changeBySize: [],
    clusters: null,
  };
  return { pairs: 300, control, potentials };
}

describe("no statement", () => {
  it("is made where learning is less than a fifth of the variance", () => {
    const { verdict, headline } = judgeControl(evidence({}, { share: 0.19 }));
    expect(verdict).toMatchObject({ status: "unidentifiable", potential: null });
    expect(verdict.statement).toContain("19 % of the variance");
    expect(headline).toBeNull();
  });

  it.each<readonly [Ends, string]>([
    [[0.5, -0.6, 1.5], "wider than 2"],
    [[0.5, null, 1], "[…, 1.00]"],
  ])("is made where the variance function leaves %j", (ends, words) => {
    const { verdict } = judgeControl(evidence({ "variance-function": ends }));
    expect(verdict.status).toBe("unidentifiable");
    expect(verdict.statement).toContain(words);
  });
});

describe("noise comparable with learning", () => {
  it("the variance function decides where one potential is inside", () => {
    const { verdict, headline } = judgeControl(evidence({}));
    expect(verdict).toMatchObject({ status: "decided", potential: "negative-entropy" });
    expect(headline).toBe("variance-function");
    expect(verdict.statement).toContain("60 % of the variance");
  });

  it("is undecided where several are", () => {
    const { verdict } = judgeControl(evidence({ "variance-function": [0.3, -0.1, 0.7] }));
    expect(verdict).toMatchObject({ status: "undecided", candidates: ["negative-entropy", "1.5-norm"] });
  });

  it("a gap of more than 0.35 between the two descriptions is a misfit, with a range and no headline", () => {
    const { verdict, headline } = judgeControl(
      evidence({ "variance-function": [0.93, 0.49, 1.75], convolution: [0.53, 0.24, 0.82] }),
    );
    expect(verdict).toMatchObject({ status: "misfit", potential: null });
    expect(verdict.statement).toContain("λ between 0.05 and 0.93; 3-norm lies outside every interval");
    expect(headline).toBeNull();
  });

  it("beyond 1.3 the convolution speaks", () => {
    const { verdict, headline } = judgeControl(
      evidence({ "variance-function": [1.5, 1.2, 1.8], convolution: [1.95, 1.6, 2.3] }),
    );
    expect(verdict).toMatchObject({ status: "decided", potential: "3-norm" });
    expect(headline).toBe("convolution");
  });
});

describe("not all synapses took part", () => {
  const selectivity = { estimate: -2, low: -3, high: -1, likelihoodRatio: 20, detected: true };

  it("the mixture speaks where the three intervals share a named potential", () => {
    const { verdict, headline } = judgeControl(evidence({}, { selectivity }));
    expect(verdict).toMatchObject({ status: "decided", potential: "negative-entropy" });
    expect(headline).toBe("convolution-mixture");
  });

  it("only a range may be reported where they share none", () => {
    const { verdict, headline } = judgeControl(
      evidence(
        {
          "variance-function": [0.3, 0.1, 0.45],
          convolution: [0.2, 0.1, 0.3],
          "convolution-mixture": [0.05, -0.1, 0.2],
        },
        { selectivity },
      ),
    );
    expect(verdict).toMatchObject({ status: "undecided", candidates: ["negative-entropy"] });
    expect(verdict.statement).toContain("respond more often");
    expect(headline).toBeNull();
  });
});

describe("noise negligible", () => {
  const sure: Ends = [0.02, -0.2, 0.24];

  it("the truncated test speaks, whatever the variance function says", () => {
    const { verdict, headline } = judgeControl(
      evidence({ "truncated-independence": sure, "variance-function": [0.6, 0.4, 0.8] }, { share: 0.97 }),
    );
    expect(verdict).toMatchObject({ status: "decided", potential: "negative-entropy" });
    expect(headline).toBe("truncated-independence");
  });

  it("but not against the tied mixture", () => {
    const { verdict } = judgeControl(
      evidence({ "truncated-independence": sure, "activity-mixture": [0.6, 0.5, 0.7] }, { share: 0.97 }),
    );
    expect(verdict.status).toBe("misfit");
  });

  it.each([
    ["with fewer than 30 exceedances", sure, 29, 0.97],
    ["with an open end", [0.02, null, 0.24] as Ends, 100, 0.97],
    ["wider than 1.5", [0.02, -0.9, 0.7] as Ends, 100, 0.97],
    ["where learning is less than nine tenths of the variance", sure, 100, 0.89],
  ])("and not %s", (_, ends, exceedances, share) => {
    const { headline } = judgeControl(evidence({ "truncated-independence": ends }, { share, exceedances }));
    expect(headline).toBe("convolution");
  });
});
