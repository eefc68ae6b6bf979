import { expect, it } from "vitest";
import { pairWeights } from "../paired-weights.ts";
import { controlPairs, gatherSized } from "./control-pairs.ts";

const learning = pairWeights([2, -4, 0, 8, 0.001], [3, -5, 1, Number.NaN, 1], {
  cluster: ["a", "b", "b", "c", "c"],
});
const control = pairWeights([1, 16], [1.5, 15], { cluster: ["c", "a"] });

it("takes the usable pairs of both groups in units of the geometric mean of their initial sizes", () => {
  const both = controlPairs(learning, control);
  expect(both.learning.place).toEqual(Int32Array.of(0, 1, 4));
  // (2 · 4 · 0.001 · 1 · 16)^(1/5)
  expect(both.scale).toBeCloseTo(0.128 ** 0.2, 12);
  expect(both.learning.initial[0]).toBeCloseTo(2 / both.scale, 12);
});

it("turns negative weights round, so that growth is growth", () => {
  const { learning: sized, scale } = controlPairs(learning, control);
  expect(sized.initial[1]).toBeCloseTo(4 / scale, 12);
  expect(sized.change[1]).toBeCloseTo(1 / scale, 12);
});

it("takes sizes below a fiftieth of the mean as that, and keeps the weights", () => {
  const { learning: sized, scale } = controlPairs(learning, control);
  expect(sized.initial[2]).toBeCloseTo(0.001 / scale, 12);
  expect(sized.size[2]).toBe(0.02);
});

it("a cluster of one name is one cluster in both groups; without clusters on a side there are none", () => {
  const both = controlPairs(learning, control);
  expect(both.learning.cluster).toEqual(Int32Array.of(0, 1, 2));
  expect(both.control.cluster).toEqual(Int32Array.of(2, 0));
  expect(both.clusterCount).toBe(3);
  expect(controlPairs({ ...learning, cluster: null }, control)).toMatchObject({ clusterCount: 0 });
});

it("gathers pairs, repeats allowed", () => {
  const { learning: sized } = controlPairs(learning, control);
  const gathered = gatherSized(sized, Int32Array.of(2, 2, 0));
  expect(gathered.count).toBe(3);
  expect(gathered.change[1]).toBe(sized.change[2]);
  expect(gathered.cluster).toEqual(Int32Array.of(2, 2, 0));
});
