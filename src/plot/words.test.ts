import { describe, expect, it } from "vitest";
import {
  exponentDecimals,
  formatCount,
  formatDecimals,
  formatEstimate,
  formatExponent,
  formatInterval,
  formatList,
  formatNumber,
  formatPercent,
  formatPlural,
  formatPower,
  formatPValue,
  NOTHING,
} from "./words.ts";

describe("words", () => {
  it.each([
    [0, "0"],
    [1, "1.00"],
    [-0.01234, "−0.0123"],
    [0.99951, "1.00"],
    [999.6, "1,000"],
    [1234.5, "1,230"],
    [0.0009999, "0.00100"],
    [0.00012345, "1.23 × 10⁻⁴"],
    [-1_000_000, "−1.00 × 10⁶"],
    [1.5e-300, "1.50 × 10⁻³⁰⁰"],
  ])("formatNumber gives %d three significant digits: %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("formatNumber gives a dash for what does not exist", () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(formatNumber(value)).toBe(NOTHING);
    }
  });

  it("formatCount separates thousands", () => {
    expect([0, 999, 1000, 4_999_998, -12345].map(formatCount)).toEqual([
      "0",
      "999",
      "1,000",
      "4,999,998",
      "−12,345",
    ]);
  });

  it("formatPower raises the power and leaves a 1 out", () => {
    expect([1e-4, 30_000, -2e7].map(formatPower)).toEqual(["10⁻⁴", "3 × 10⁴", "−2 × 10⁷"]);
  });

  it("formatDecimals writes no minus before what rounds to zero", () => {
    expect(formatDecimals(-0.001, 2)).toBe("0.00");
    expect(formatDecimals(-0.006, 2)).toBe("−0.01");
  });

  it("formatPercent keeps the number and its sign on one line", () => {
    expect([0.05, 0.0525, 0.123456, 0, 0.00001].map(formatPercent)).toEqual([
      "5\u00a0%",
      "5.25\u00a0%",
      "12.3\u00a0%",
      "0\u00a0%",
      "< 0.01\u00a0%",
    ]);
  });

  it("formatPValue never says that p is 0", () => {
    expect([0, 0.0234, 0.5, null].map(formatPValue)).toEqual(["p < 0.001", "p = 0.023", "p = 0.50", "p –"]);
  });

  it("an exponent has as many decimals as the width of its interval calls for", () => {
    expect(exponentDecimals({ estimate: 0, low: -0.1, high: 0.15 })).toBe(2);
    expect(exponentDecimals({ estimate: 1, low: 0.9996, high: 1.0012 })).toBe(4);
    expect(exponentDecimals({ estimate: 1, low: null, high: 1.0012 })).toBe(2);
    expect(exponentDecimals({ estimate: 1, low: 1, high: 1 })).toBe(2);
    expect(formatExponent({ estimate: 1.00041, low: 0.9996, high: 1.0012 })).toBe("1.0004");
  });

  it("formatInterval says of an end beyond the range that it is", () => {
    expect(formatInterval({ estimate: 4, low: 1.2, high: null })).toBe("1.20 to above 5");
    expect(formatInterval({ estimate: -1, low: null, high: 0.5 })).toBe("below −2 to 0.50");
    expect(formatInterval({ estimate: null, low: null, high: null })).toBe(NOTHING);
  });

  it("formatEstimate gives estimate, level and interval, or says that there is none", () => {
    const estimate = { estimate: 0.021, low: -0.11, high: 0.15, level: 0.95 };
    expect(formatEstimate(estimate)).toBe("0.02 (95\u00a0% interval −0.11 to 0.15)");
    expect(formatEstimate({ ...estimate, estimate: null })).toBe("not estimated");
  });

  it("plurals and lists read as English", () => {
    expect([formatPlural(1, "pair"), formatPlural(2000, "pair")]).toEqual(["1 pair", "2,000 pairs"]);
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(formatList)).toEqual([
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });
});
