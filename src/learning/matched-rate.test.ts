import { expect, it } from "vitest";
import { parsePotential } from "../geometry/index.ts";
import { matchedRate } from "./matched-rate.ts";
import { mirrorPath } from "./mirror-path.ts";

it.each(["2-norm", "negative-entropy", "3-norm", "1.5-norm", "hyperbolic-entropy:0.1"])(
  "matchedRate moves a weight of the size under %s as far as gradient descent does",
  (name) => {
    const [rate, size] = [1e-6, 0.3];
    const potential = parsePotential(name);
    const { weights } = mirrorPath({
      potential,
      gradient: () => [1],
      start: [size],
      learningRate: matchedRate(potential, { rate, size }),
      steps: 1,
    });
    // Of first order in a step of 3e-6 of the weight.
    expect((size - weights[1][0]) / rate).toBeCloseTo(1, 4);
  },
);

it("matchedRate leaves the rate as it is for a size outside the domain", () => {
  expect(matchedRate(parsePotential("logit:0.01"), { rate: 0.2, size: 0.3 })).toBe(0.2);
});
