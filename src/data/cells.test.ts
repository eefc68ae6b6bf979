import { describe, expect, it } from "vitest";
import { explainNotANumber, isMissing, parseNumber } from "./cells.ts";

describe("parseNumber", () => {
  it.each([
    ["0", 0],
    ["-0", -0],
    ["+3", 3],
    ["007", 7],
    ["1.", 1],
    [".5", 0.5],
    ["-.5e-2", -0.005],
    ["1E3", 1000],
    ["1e400", Number.POSITIVE_INFINITY],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993.5", 9007199254740994],
    ["1e20", 1e20],
  ])("%s is %d", (cell, value) => {
    expect(parseNumber(cell)).toBe(value);
  });

  it.each([
    "",
    "NA",
    "nan",
    ".",
    "-",
    "+",
    "e5",
    "1e",
    "0x10",
    "1_000",
    "1,5",
    "1 000",
    "12%",
    "1.2.3",
    "١٢",
  ])("%j is no number", (cell) => {
    expect(parseNumber(cell)).toBeNaN();
  });

  it.each(["9007199254740992", "-648518346349539437"])("the identifier %s is no number", (cell) => {
    expect(parseNumber(cell)).toBeNaN();
  });
});

it.each(["", "NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL"])("%j is missing", (cell) => {
  expect(isMissing(cell)).toBe(true);
});

it.each(["-", ".", "0", "none", "None", "inf", "NAN1", "#VALUE!", "missing"])("%j is not missing", (cell) => {
  expect(isMissing(cell)).toBe(false);
});

it.each([
  ["0,13", "a decimal comma"],
  ["1,234", "a decimal comma or a thousands separator"],
  ["1,234,567", "thousands separators"],
  ["1.234,5", "thousands separators"],
  ["1 234", "thousands separators"],
  ["12.5 %", "a percentage"],
  ["<0.1", "a bound"],
  ["648518346349539437", "an integer of more digits than a number can hold"],
  ["pyr", "text"],
])("%j is explained as %s", (cell, reason) => {
  expect(explainNotANumber(cell).reason).toBe(reason);
});
