import { beforeAll, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { createDocument } from "./document.node.ts";
import { svgText } from "./svg-text.ts";
import { weightHistograms } from "./weight-histograms.ts";

let document: Document;
beforeAll(async () => {
  document = await createDocument();
});

const drawn = (initial: Float32Array, final: Float32Array) =>
  svgText(weightHistograms(initial, final, "Recurrent weights", { document }), "weight-histograms");

const random = createRandom(1);
const weights = (deviation: number) => Float32Array.from({ length: 2000 }, () => deviation * random.normal());

/** Tick labels of the horizontal axis that begins at the n-th area. */
const labelsOf = (svg: string) => Array.from(svg.matchAll(/>([−\d.]+)<\/text>/g), (match) => match[1]);

it("says the spread before and after to those who cannot see it", () => {
  const svg = drawn(Float32Array.of(-1, 1, -1, 1), Float32Array.of(-2, 2, -2, 2));
  expect(svg).toContain("4 weights; their standard deviation was 1.00 and is 2.00.");
});

it("draws weights on a linear axis from minus to plus, and sizes on a logarithmic one", () => {
  const labels = labelsOf(drawn(weights(0.1), weights(0.12)));
  expect(labels).toContain("−0.2");
  expect(labels).toContain("0.2");
  expect(labels).toContain("0.01");
  expect(labels).toContain("0.1");
});

it("leaves the axes where they are while weights move a little, so that only the bars move", () => {
  const initial = weights(0.1);
  const axes = (final: Float32Array) =>
    labelsOf(drawn(initial, final)).filter((label) => !label.includes("%"));
  expect(axes(initial.map((weight) => 1.02 * weight))).toEqual(axes(initial));
});

it("has no place for zeros on the logarithmic axis, and draws the others", () => {
  const svg = drawn(weights(0.1), weights(0.1).fill(0, 0, 100));
  expect(svg).not.toMatch(/NaN|Infinity|Not drawn/);
});

it("says why nothing is drawn where no weight is finite", () => {
  expect(drawn(Float32Array.of(0, 0), Float32Array.of(Number.NaN, Number.NaN))).toContain(
    "Not drawn: no weight is finite and not zero",
  );
});
