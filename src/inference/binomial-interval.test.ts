import { describe, expect, it } from "vitest";
import { binomialInterval } from "./binomial-interval.ts";

describe("binomialInterval", () => {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3; printed to four decimals.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%d of %d is %d to %d, as published", (found, runs, low, high) => {
    const interval = binomialInterval(found / runs, runs);
    expect(Math.abs(interval.low - low)).toBeLessThan(6e-5);
    expect(Math.abs(interval.high - high)).toBeLessThan(6e-5);
  });

  it("of all runs mirrors that of none", () => {
    const [all, none] = [binomialInterval(1, 200), binomialInterval(0, 200)];
    expect(all.high).toBe(1);
    expect(all.low).toBeCloseTo(1 - none.high, 12);
  });
});
