import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import type { GeometryFit } from "../geometry-fit.ts";
import { infer } from "../infer.ts";
import { pairWeights } from "../paired-weights.ts";
import { simulateControl } from "./simulate-control.ts";

const simulated = simulateControl({ change: 0.4, clusterSize: 10 }, createRandom(2));
const options = { random: createRandom(1), resamples: 200 };

describe("infer with a control", () => {
  let fit: GeometryFit;
  const labels = new Map<string, number>();
  beforeAll(() => {
    let last = 0;
    fit = infer(simulated.pairs, {
      ...options,
      control: simulated.control,
      onProgress: ({ done, total, label }) => {
        expect(done).toBeGreaterThanOrEqual(last);
        expect(done).toBeLessThanOrEqual(total);
        last = done;
        labels.set(label, (labels.get(label) ?? 0) + 1);
      },
    });
  }, 120_000);

  it("puts the estimate that the verdict rests on into the headline", () => {
    const { control, exponent } = fit;
    const headline = control?.estimates.find(({ name }) => name === control.headline);
    expect(headline).toMatchObject(exponent);
    expect(exponent.method).toContain("whole-cluster bootstrap");
    expect(fit.potentials.map(({ inside }) => inside)).toEqual(
      fit.potentials.map(
        ({ exponent: named }) => (exponent.low ?? -9) <= (named ?? 9) && (named ?? 9) <= (exponent.high ?? 9),
      ),
    );
  });

  it("reports what the control does by itself and what would be said without it", () => {
    const { control } = fit;
    expect(control?.pairs.used).toBe(300);
    // 15 % of fluctuation and 7 % of noise grow with size: near the negative entropy.
    expect(Math.abs(control?.fluctuation.estimate ?? 9)).toBeLessThan(0.5);
    expect(control?.withoutControl.method).toContain("rank independence");
    expect(control?.learningShare).toBeGreaterThan(0.7);
    expect(control?.clusters).toBe(60);
  });

  it("tells of its progress, resample by resample", () => {
    expect(labels.get("cluster bootstrap")).toBeGreaterThanOrEqual(600);
    expect(labels.has("convolution likelihood")).toBe(true);
  });

  it("survives JSON", () => {
    expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
  });
});

it("says nothing of synapses that did not learn", () => {
  const none = simulateControl({ change: 1e-9, drift: 0, learning: 150, control: 150 }, createRandom(5));
  const fit = infer(none.pairs, { ...options, control: none.control });
  expect(fit.verdict).toMatchObject({ status: "unidentifiable", potential: null });
}, 60_000);

describe("refusals", () => {
  const alone = { ...simulated.pairs, cluster: null };
  it.each([
    [
      "noise",
      { ...alone },
      { ...simulated.control, cluster: null },
      { noise: { additive: 1, multiplicative: 0 } },
      "control-with-noise",
    ],
    [
      "groups",
      {
        ...alone,
        group: { names: ["a", "b"], index: alone.initial.length ? new Int32Array(300) : new Int32Array() },
      },
      { ...simulated.control, cluster: null },
      {},
      "control-with-groups",
    ],
    ["clusters on one side", alone, simulated.control, {}, "control-clusters"],
    ["a control of three pairs", alone, pairWeights([1, 2, 3], [1.1, 2, 2.9]), {}, "too-few-pairs"],
  ])("%s", (_, pairs, control, more, code) => {
    expect(() => infer(pairs, { ...options, ...more, control })).toThrow(expect.objectContaining({ code }));
  });
});
