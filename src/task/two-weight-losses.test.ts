import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { twoWeightLosses, type WeightPair } from "./two-weight-losses.ts";

const [lineOfMinima] = twoWeightLosses;

describe.each(twoWeightLosses.map((loss) => [loss.name, loss] as const))("the loss %s", (name, loss) => {
  it("has the gradient of finite differences all over its view", () => {
    const random = createRandom(3).stream(name);
    const place = (k: 0 | 1) => loss.view.low[k] + random.uniform() * (loss.view.high[k] - loss.view.low[k]);
    const step = 1e-5;
    for (let trial = 0; trial < 100; trial++) {
      const [first, second]: WeightPair = [place(0), place(1)];
      const slopes = [
        loss.value([first + step, second]) - loss.value([first - step, second]),
        loss.value([first, second + step]) - loss.value([first, second - step]),
      ].map((difference) => difference / (2 * step));
      // The third derivative, below 100 in these views, times step²/6, and the rounding of a loss of 20 over the step.
      for (const [k, slope] of loss.gradient([first, second]).entries())
        expect(Math.abs(slope - slopes[k])).toBeLessThan(1e-8);
    }
  });

  it("starts inside its view, above its minimum, with no weight at zero", () => {
    const { low, high } = loss.view;
    for (const [k, weight] of loss.start.entries()) {
      expect(weight).not.toBe(0);
      expect(weight).toBeGreaterThan(low[k]);
      expect(weight).toBeLessThan(high[k]);
    }
    expect(Math.hypot(...loss.gradient(loss.start))).toBeGreaterThan(0.1);
  });
});

describe("the loss line-of-minima", () => {
  it("is −1 on the line ½w₁ + w₂ = 0, and above it elsewhere", () => {
    for (const first of [-3, -0.5, 0, 2]) expect(lineOfMinima.value([first, -first / 2])).toBe(-1);
    for (const z of [-2, -0.1, 0.1, 2]) expect(lineOfMinima.value([1, z - 0.5])).toBeGreaterThan(-1);
  });
});
