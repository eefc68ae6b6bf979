import { describe, expect, it } from "vitest";
import { bregmanBall } from "./bregman-ball.ts";
import { parsePotential } from "./potentials.ts";

describe("bregmanBall", () => {
  it("is a circle of radius √(2r) under the 2-norm", () => {
    const border = bregmanBall(parsePotential("2-norm"), [0.3, -1], 0.02, 96);
    expect(border).toHaveLength(96);
    for (const [x, y] of border) expect(Math.hypot(x - 0.3, y + 1)).toBeCloseTo(0.2, 9);
  });

  it("has every place at the distance asked for, and none on the other side of zero, under the negative entropy", () => {
    const potential = parsePotential("negative-entropy");
    for (const [x, y] of bregmanBall(potential, [0.5, 2], 0.1, 96)) {
      expect(x).toBeGreaterThan(0);
      expect(potential.divergence(x, 0.5) + potential.divergence(y, 2)).toBeCloseTo(0.1, 8);
    }
  });

  it("ends at the end of a domain that it reaches beyond", () => {
    for (const [x, y] of bregmanBall(parsePotential("logit:1"), [0.9, 0.5], 50, 8)) {
      expect(Math.min(x, y)).toBeGreaterThan(0);
      expect(Math.max(x, y)).toBeLessThan(1);
    }
  });
});
