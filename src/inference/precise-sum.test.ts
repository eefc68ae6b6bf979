import { expect, it } from "vitest";
import { preciseSum } from "./precise-sum.ts";

it("preciseSum keeps what plain addition rounds off, in any order", () => {
  expect(preciseSum([1, 1e100, 1, -1e100])).toBe(2);
  expect([1, 1e100, 1, -1e100].reduce((sum, value) => sum + value)).toBe(0);
  // The fraction 0.1 itself is rounded: 1e6 of it are 100000 and 5.55e-12.
  expect(preciseSum(new Float64Array(1e6).fill(0.1))).toBe(100000);
});

it("preciseSum gives infinities and NaN as addition does", () => {
  expect(preciseSum([1, Number.NEGATIVE_INFINITY, 2])).toBe(Number.NEGATIVE_INFINITY);
  expect(preciseSum([1, Number.NaN])).toBeNaN();
  expect(preciseSum([])).toBe(0);
});
