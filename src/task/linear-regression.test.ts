import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom } from "../random.ts";
import { firstExamples } from "./examples.ts";
import { decayingCovariance, linearRegression } from "./linear-regression.ts";

const draw = (inputs: number, samples: number, options = {}) =>
  linearRegression({ inputs, samples, largestInputs: 64, ...options }, createRandom(1).stream("task")).train;

describe("linearRegression", () => {
  it.each([
    [2, 1],
    [1, 1],
    [2, 3],
  ])("has inputs of covariance C + I/12, power %d and scale %d", (power, scale) => {
    const samples = 20_000;
    const inputs = 8;
    const { data } = draw(inputs, samples, { power, scale, dtype: "float64" }).inputs;
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let n = 0; n < samples; n++) sum += Number(data[n * inputs + i]) * Number(data[n * inputs + j]);
        const expected = decayingCovariance(i - j, power, scale) + (i === j ? 1 / 12 : 0);
        // A product of two such numbers has variance below 2·(13/12)² < 2.4; seven standard errors for each of 36
        // entries: by chance 1e-10.
        expect(Math.abs(sum / samples - expected)).toBeLessThan(7 * Math.sqrt(2.4 / samples));
      }
    }
  });

  it("has mean 0, and labels ±1 of mean 0 that do not depend on the inputs", () => {
    const samples = 20_000;
    const { inputs, targets } = draw(4, samples);
    const mean = (value: (n: number) => number) => {
      let sum = 0;
      for (let n = 0; n < samples; n++) sum += value(n);
      return sum / samples;
    };
    const label = (n: number) => Number(targets.data[n]);
    const input = (n: number) => Number(inputs.data[4 * n]);
    expect(targets.shape).toEqual([samples, 1]);
    expect(new Set(targets.data)).toEqual(new Set([-1, 1]));
    // Six standard errors, the variances being at most 13/12: 2e-9 by chance for each.
    const limit = 6 * Math.sqrt(13 / 12 / samples);
    expect(Math.abs(mean(label))).toBeLessThan(limit);
    expect(Math.abs(mean(input))).toBeLessThan(limit);
    expect(Math.abs(mean((n) => label(n) * input(n)))).toBeLessThan(limit);
  });

  it("gives smaller sizes as the first columns and rows of the same draw", () => {
    const large = draw(64, 7);
    for (const [inputs, samples] of [
      [64, 4],
      [10, 7],
      [1, 1],
      [33, 5],
    ]) {
      expect(draw(inputs, samples)).toEqual(firstExamples(large, { count: samples, inputs }));
    }
  });

  it("is the first part of the paper's 20 000 inputs unless told otherwise", () => {
    const { inputs } = linearRegression({ inputs: 100, samples: 4 }, createRandom(1)).train;
    const larger = linearRegression({ inputs: 200, samples: 3 }, createRandom(1)).train;
    expect(firstExamples(larger, { count: 3, inputs: 100 }).inputs.data).toEqual(inputs.data.slice(0, 300));
  });

  it("is the same for a seed, another for another, and float32 is float64 rounded", () => {
    expect(draw(5, 3)).toEqual(draw(5, 3));
    const other = linearRegression({ inputs: 5, samples: 3, largestInputs: 64 }, createRandom(2)).train;
    expect(other.inputs.data).not.toEqual(draw(5, 3).inputs.data);
    const wide = draw(5, 3, { dtype: "float64" });
    expect(wide.inputs.dtype).toBe("float64");
    expect(wide.targets.dtype).toBe("float64");
    expect(Float32Array.from(wide.inputs.data)).toEqual(draw(5, 3).inputs.data);
  });

  it.each([
    ["bad-size", { inputs: 65 }],
    ["bad-size", { inputs: 0 }],
    ["bad-size", { samples: 1.5 }],
    ["bad-parameter", { power: 0 }],
    ["bad-parameter", { scale: Number.NaN }],
  ])("refuses with %s: %o", async (code, options) => {
    expect(await refusal(() => draw(5, 3, options))).toMatchObject({ name: "InputError", code });
  });
});
