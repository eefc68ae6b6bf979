import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom } from "../random.ts";
import { type InferOptions, infer } from "./infer.ts";
import { pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";

const random = () => createRandom(1);
const count = (length: number, weight: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => weight(i));
const good = simulatePairs({}, createRandom("refusals"));
const ramp = (length: number) => count(length, (i) => 1 + i / 10);

describe("infer refuses, in one sentence of the agreed form", () => {
  it("fewer than ten pairs present at both ends, with what became of the others", async () => {
    const pairs = pairWeights([...ramp(9), 0, 0.1, Number.NaN], [...ramp(9), 1, 0, 1], {
      source: 'table "spines.csv"',
    });
    const { code, message } = await refusal(() => infer(pairs, { random: random() }));
    expect(code).toBe("too-few-pairs");
    expect(message).toContain('table "spines.csv": expected at least 10 pairs');
    expect(message).toContain("got 9 (of 12: 1 missing or not finite, 2 absent");
  });

  it("no pairs at all", async () => {
    expect((await refusal(() => infer(pairWeights([], []), { random: random() }))).message).toContain(
      "got 0 (of 0",
    );
  });

  it("fewer than ten pairs that changed", async () => {
    const initial = ramp(50);
    const pairs = pairWeights(
      initial,
      initial.map((weight, i) => (i < 9 ? 1.1 * weight : weight)),
    );
    const { code, message } = await refusal(() => infer(pairs, { random: random() }));
    expect(code).toBe("too-few-pairs");
    expect(message).toContain("expected at least 10 pairs that changed, got 9 of 50");
  });

  it("pairs that are all the same at both ends", async () => {
    const { code, message } = await refusal(() =>
      infer(pairWeights(ramp(30), ramp(30)), { random: random() }),
    );
    expect(code).toBe("no-change");
    expect(message).toContain("got 30 pairs that are all the same");
  });

  it("constant initial weights, of either sign, in float32 too", async () => {
    for (const initial of [
      count(40, () => 0.3),
      count(40, (i) => (i % 2 === 0 ? 0.3 : -0.3)),
      Float32Array.from(count(40, () => 0.3)),
    ]) {
      const final = Float64Array.from(initial, (weight, i) => weight * (1.1 + i / 100));
      const { code, message } = await refusal(() => infer(pairWeights(initial, final), { random: random() }));
      expect(code).toBe("constant-initial");
      expect(message).toMatch(/the constant 0\.3\d* in all 40 pairs/);
      expect(message).toContain("unidentifiable");
    }
  });

  it("weights that are constant within each group", async () => {
    const group = Array.from({ length: 40 }, (_, i) => `g${i % 2}`);
    const pairs = pairWeights(
      count(40, (i) => 1 + (i % 2)),
      count(40, (i) => 2 + i),
      { group },
    );
    const { code, message } = await refusal(() => infer(pairs, { random: random() }));
    expect(code).toBe("constant-initial");
    expect(message).toContain("within each group");
  });

  it.each([0, 0.5, 1, 95, Number.NaN])("a level of %d", async (level) => {
    const { code, message } = await refusal(() => infer(good, { random: random(), level }));
    expect(code).toBe("bad-level");
    expect(message).toContain(`got ${level};`);
  });

  it.each([0, 199, Number.NaN])("%d resamples of clusters", async (resamples) => {
    const { code, message } = await refusal(() => infer(good, { random: random(), resamples }));
    expect(code).toBe("too-few-resamples");
    expect(message).toContain(`got ${resamples};`);
  });

  it("repeats of fewer than ten synapses", async () => {
    const first = count(9, (i) => 1 + i);
    const pairs = pairWeights(good.initial, good.final, {
      repeat: { first, second: first.map((weight) => 1.1 * weight) },
    });
    const { code, message } = await refusal(() => infer(pairs, { random: random() }));
    expect(code).toBe("too-few-pairs");
    expect(message).toContain("got 9; give the noise with --noise-additive");
  });
});

describe("infer refuses", () => {
  it.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])("noise of %d", async (level) => {
    const noises = [
      { additive: level, multiplicative: 0 },
      { additive: 0, multiplicative: level },
    ];
    for (const noise of noises) await refusal(() => infer(good, { random: random(), noise }));
  });
});

describe("a long inference", () => {
  const grouped = simulatePairs({ pairs: 120, groups: 3 }, createRandom("progress"));

  it("says what it does, in steps that never go back or beyond the total", () => {
    const rows: readonly (readonly [typeof good, Partial<InferOptions>])[] = [
      [good, {}],
      [grouped, {}],
      [simulatePairs({ pairs: 100, clusterSize: 10 }, createRandom("progress clusters")), { resamples: 200 }],
      [good, { noise: { additive: 0, multiplicative: 0.02 } }],
    ];
    for (const [pairs, options] of rows) {
      const events: { done: number; total: number; label: string }[] = [];
      infer(pairs, { random: random(), ...options, onProgress: (event) => events.push(event) });
      expect(events.length).toBeGreaterThan(3);
      expect(events.map(({ done }) => done)).toEqual(events.map((_, k) => Math.min(k, events[0].total)));
      for (const { done, total, label } of events) {
        expect(done).toBeLessThan(total + 1);
        expect(total).toBe(events[0].total);
        expect(label).toMatch(/^[a-z0-9].+/);
      }
    }
  });

  it("stops at the first step after its signal is aborted, with the signal's reason", () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let steps = 0;
    const attempt = () =>
      infer(grouped, {
        random: random(),
        signal: controller.signal,
        onProgress: () => {
          steps++;
          if (steps === 3) controller.abort(reason);
        },
      });
    expect(attempt).toThrow(reason);
    expect(steps).toBe(3);
  });
});
