import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom } from "../random.ts";
import { fourierTransform } from "./fourier-transform.ts";
import { decayingCovariance } from "./linear-regression.ts";
import { stationaryNormals } from "./stationary-normals.ts";

describe("fourierTransform", () => {
  it.each([1, 2, 4, 8, 64, 128])("of length %i is the sum that defines it", (length) => {
    const random = createRandom(length);
    const real = Float64Array.from({ length }, () => random.normal());
    const imaginary = Float64Array.from({ length }, () => random.normal());
    const sums = Array.from({ length }, (_, k) => {
      let [re, im] = [0, 0];
      for (let j = 0; j < length; j++) {
        const angle = (-2 * Math.PI * ((j * k) % length)) / length;
        re += real[j] * Math.cos(angle) - imaginary[j] * Math.sin(angle);
        im += real[j] * Math.sin(angle) + imaginary[j] * Math.cos(angle);
      }
      return [re, im];
    });
    const fourier = fourierTransform(length);
    const [first, second] = [new Float64Array(length), new Float64Array(length)];
    for (const [j, place] of fourier.places.entries())
      [first[place], second[place]] = [real[j], imaginary[j]];
    fourier.transform(first, second);
    // Rounding of 128 terms of size one.
    for (let k = 0; k < length; k++) {
      expect(Math.abs(first[k] - sums[k][0])).toBeLessThan(1e-12);
      expect(Math.abs(second[k] - sums[k][1])).toBeLessThan(1e-12);
    }
  });
});

/** The matrices A, B of rows = A·noise and B·noise, column by column from unit vectors. */
function linearMaps(length: number, covariance: (lag: number) => number) {
  const normals = stationaryNormals(length, covariance);
  const columns = Array.from({ length: normals.noiseLength }, (_, k) => {
    const noise = new Float64Array(normals.noiseLength);
    noise[k] = 1;
    return normals.correlate(noise).map((row) => Float64Array.from(row));
  });
  const product = (a: number, b: number, i: number, j: number) =>
    columns.reduce((sum, rows) => sum + rows[a][i] * rows[b][j], 0);
  return product;
}

describe("stationaryNormals", () => {
  it.each([
    [2, 1],
    [1, 1],
    [0.5, 1],
    [3, 1],
    [8, 1],
    [2, 3],
    [1, 10],
  ])("is a linear map A of noise with A Aᵀ = C exactly, power %d and scale %d", (power, scale) => {
    const length = 24;
    const covariance = (lag: number) => decayingCovariance(lag, power, scale);
    const product = linearMaps(length, covariance);
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        const expected = covariance(Math.abs(i - j));
        // Exact but for rounding, and at most 1e-9 where a spectrum slightly below 0 was cut.
        expect(Math.abs(product(0, 0, i, j) - expected)).toBeLessThan(1.1e-9);
        expect(Math.abs(product(1, 1, i, j) - expected)).toBeLessThan(1.1e-9);
        expect(Math.abs(product(0, 1, i, j))).toBeLessThan(1.1e-9);
      }
    }
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [2, 100],
  ])("draws 20 000 in a row for power %d and scale %d", (power, scale) => {
    const normals = stationaryNormals(20_000, (lag) => decayingCovariance(lag, power, scale));
    const [row] = normals.drawTwo(createRandom(1));
    expect(row).toHaveLength(20_000);
    expect(row.every(Number.isFinite)).toBe(true);
  });

  it("draws what correlate makes of the stream's normals", () => {
    const normals = stationaryNormals(5, (lag) => decayingCovariance(lag, 2, 1));
    const noise = new Float64Array(normals.noiseLength);
    createRandom(3).fillNormals(noise);
    const expected = normals.correlate(noise).map((row) => Float64Array.from(row));
    expect(normals.drawTwo(createRandom(3))).toEqual(expected);
  });

  it.each([
    ["a correlation beyond 1", (lag: number) => (lag === 1 ? 1.5 : lag === 0 ? 1 : 0)],
    ["a step", (lag: number) => (lag < 3 ? 1 : 0)],
    ["NaN", () => Number.NaN],
  ])("refuses %s", async (_, covariance) => {
    const error = await refusal(() => stationaryNormals(8, covariance));
    expect(error).toMatchObject({ name: "InputError", code: "not-a-covariance" });
  });
});
