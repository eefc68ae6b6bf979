import { describe, expect, it } from "vitest";
import { parsePotential } from "../../geometry/index.ts";
import { twoWeightLosses, type WeightPair } from "../../task/two-weight-losses.ts";
import { coordinatesOf, offZero, pathOf, placeOf, weightsAt } from "./mirror-paths.ts";

const [line, , sparse] = twoWeightLosses;

describe("coordinatesOf", () => {
  it.each(["2-norm", "3-norm", "1.5-norm", "negative-entropy", "hyperbolic-entropy:0.1"])(
    "of %s lead from weights to the picture and back",
    (name) => {
      const start: WeightPair = [-0.5, 1.5];
      const coordinates = coordinatesOf(line, name, start);
      const place = placeOf(coordinates, start);
      if (place === null) expect.fail("the start is not shown");
      for (const k of [0, 1] as const) {
        expect(place[k]).toBeGreaterThan(k === 0 ? coordinates.x.low : coordinates.y.low);
        expect(place[k]).toBeLessThan(k === 0 ? coordinates.x.high : coordinates.y.high);
        expect(weightsAt(coordinates, place)[k]).toBeCloseTo(start[k], 10);
      }
    },
  );

  it("show one quadrant of the negative entropy, which no place outside is in", () => {
    const coordinates = coordinatesOf(line, "negative-entropy", [-0.5, 1.5]);
    expect(placeOf(coordinates, [0.5, 1.5])).toBe(null);
    expect(placeOf(coordinates, [-0.5, 0])).toBe(null);
  });
});

describe("pathOf", () => {
  it("is straight in the dual of its own geometry where the gradient has one direction", () => {
    for (const name of ["2-norm", "negative-entropy", "3-norm"]) {
      const { weights } = pathOf(line, name, line.start, line.learningRate);
      const potential = parsePotential(name);
      const moved = weights.map((pair) =>
        pair.map((weight, k) => potential.dualChange(line.start[k], weight)),
      );
      for (const [first, second] of moved) expect(second).toBeCloseTo(2 * first, 9);
    }
  });

  it("ends at a sparse answer under the negative entropy, and at the nearest one under the 2-norm", () => {
    const end = (name: string) => pathOf(sparse, name, sparse.start, 0.1).weights.at(-1) ?? [0, 0];
    expect(end("negative-entropy")[1] / end("negative-entropy")[0]).toBeLessThan(0.2);
    expect(end("2-norm")[1] / end("2-norm")[0]).toBeGreaterThan(0.45);
  });

  it("moves a start off zero, to the side that it is on", () => {
    expect(offZero([0, -0.0001])).toEqual([0.001, -0.001]);
    expect(offZero([0.5, -2])).toEqual([0.5, -2]);
  });
});
