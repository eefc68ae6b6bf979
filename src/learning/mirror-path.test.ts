import { describe, expect, it } from "vitest";
import { euclidean, negativeEntropy, potentialExamples } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import { defineGraph, input, Mul, Sub, tensorOf } from "../graph/index.ts";
import { mirrorPath } from "./mirror-path.ts";
import { mirrorStep } from "./mirror-step.ts";

const TARGET = [0.6, 0.3];
/** Of ½‖w − target‖². */
const gradient = (weights: readonly number[]) => weights.map((weight, k) => weight - TARGET[k]);

describe("mirrorPath", () => {
  it.each(potentialExamples.map((potential) => [potential.name, potential] as const))(
    "takes the steps of the graph in %s",
    async (_, potential) => {
      const start = [0.4, 0.5];
      const [learningRate, steps] = [0.02, 50];
      const weight = input("weight", "float64", [2]);
      const target = input("target", "float64", [2]);
      const update = Mul(Sub(weight, target), -learningRate);
      const next = mirrorStep(potential)(weight, update);
      const session = await openSession(defineGraph({ inputs: [weight, target], outputs: { next } }));
      const path = mirrorPath({ potential, gradient, start, learningRate, steps });
      let state = tensorOf("float64", [2], start);
      for (let step = 1; step <= steps; step++) {
        const outputs = await session.run({ weight: state, target: tensorOf("float64", [2], TARGET) });
        const stepped = Array.from(outputs.next.data, Number);
        state = tensorOf("float64", [2], stepped);
        // The graph comes back from the dual at every step: fifty roundings of 2e-16, times ten in the 1.1-norm.
        for (const [k, value] of path.weights[step].entries())
          expect(Math.abs(value - stepped[k])).toBeLessThan(1e-12);
      }
      await session.close();
    },
  );

  it("is geometric on a parabola in the 2-norm: w − target shrinks by 1 − η a step", () => {
    const path = mirrorPath({ potential: euclidean, gradient, start: [-1, 2], learningRate: 0.1, steps: 20 });
    for (const [step, [first]] of path.weights.entries())
      expect(first).toBeCloseTo(0.6 - 1.6 * 0.9 ** step, 12);
  });

  it("keeps signs under the negative entropy, and its duals are φ′ of its weights", () => {
    const start = [-0.5, 0.2];
    const path = mirrorPath({ potential: negativeEntropy, gradient, start, learningRate: 0.1, steps: 200 });
    for (const [step, weights] of path.weights.entries()) {
      expect(weights.map(Math.sign)).toEqual([-1, 1]);
      for (const [k, weight] of weights.entries())
        expect(path.duals[step][k]).toBeCloseTo(negativeEntropy.mirrorMap(weight), 10);
    }
  });

  it("ends where a weight is no finite number, and says so", () => {
    const path = mirrorPath({ potential: euclidean, gradient, start: [1, 1], learningRate: 1e9, steps: 100 });
    expect(path.diverged).toBe(true);
    expect(path.weights.length).toBeLessThan(100);
    expect(path.weights.flat().every(Number.isFinite)).toBe(true);
  });

  it("refuses a start outside the domain", () => {
    expect(() =>
      mirrorPath({ potential: negativeEntropy, gradient, start: [0, 1], learningRate: 0.1, steps: 1 }),
    ).toThrow(/negativeEntropy.mirrorMap: expected/);
  });
});
