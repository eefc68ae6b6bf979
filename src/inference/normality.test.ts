/** Both measures of normality, against scipy. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { andersonDarling } from "./anderson-darling.ts";
import { shapiroWilk } from "./shapiro-wilk.ts";

interface Sample {
  readonly law: string;
  readonly values: readonly number[];
  readonly shapiroWilk: number;
  readonly andersonDarling: number;
}

const file = new URL("../../test/fixtures/normality.json", import.meta.url);
// The script beside the file wrote it in this form.
const { samples } = JSON.parse(readFileSync(file, "utf8")) as { readonly samples: readonly Sample[] };
const rows = samples.map((sample) => [sample.law, sample.values.length, sample] as const);

function standardised(values: readonly number[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Float64Array.from(values, (value) => (value - mean) / Math.sqrt(squares / (values.length - 1)));
}

describe.each(rows)("of a sample (%s, n = %i)", (_, __, sample) => {
  it("W is that of scipy", () => {
    // scipy works in float32: seven digits.
    expect(Math.abs(shapiroWilk(Float64Array.from(sample.values)) - sample.shapiroWilk)).toBeLessThan(1e-6);
  });

  it("A² with fitted mean and SD is that of scipy", () => {
    expect(andersonDarling(standardised(sample.values))).toBeCloseTo(sample.andersonDarling, 10);
  });
});

describe("shapiroWilk", () => {
  it("does not depend on unit, place or order", () => {
    const { values } = samples[samples.length - 1];
    const moved = Float64Array.from([...values].reverse(), (value) => 1000 - 7 * value);
    expect(shapiroWilk(moved)).toBeCloseTo(shapiroWilk(Float64Array.from(values)), 12);
  });

  it.each([2, 5001])("refuses %i values", (count) => {
    expect(() => shapiroWilk(new Float64Array(count))).toThrow(
      `shapiroWilk: expected 3 to 5000 values, got ${count}; take a sample of them`,
    );
  });
});
