/** Every figure of three example fits, and learning curves: the picture itself is the expectation, in `gallery/`. */

import { beforeAll, describe, expect, it } from "vitest";
import { createDocument } from "../src/plot/index.node.ts";
import { type DrawnFigure, drawFigures, learningCurve, svgText } from "../src/plot/index.ts";
import { decidedExample, type ExampleFit, largeExample, unidentifiableExample } from "./example-fit.ts";
import { learningCurves } from "./learning-curves.ts";

const examples: readonly (readonly [string, () => ExampleFit, readonly string[]])[] = [
  [
    "decided",
    decidedExample,
    [
      "change-by-size",
      "final-by-initial",
      "independence",
      "likelihood-profile",
      "dual-change-histograms",
      "delta-cdf-continuum",
      "groups",
      "noise-sensitivity",
    ],
  ],
  [
    "unidentifiable",
    unidentifiableExample,
    [
      "change-by-size",
      "final-by-initial",
      "independence",
      "likelihood-profile",
      "dual-change-histograms",
      "delta-cdf-continuum",
    ],
  ],
  [
    "large",
    largeExample,
    [
      "change-by-size",
      "final-by-initial",
      "independence",
      "likelihood-profile",
      "dual-change-histograms",
      "delta-cdf-continuum",
    ],
  ],
];

describe.each(examples)("the figures of the %s fit", (name, example, figures) => {
  let drawn: DrawnFigure[];
  beforeAll(async () => {
    const { fit, picture } = example();
    drawn = drawFigures(fit, picture, { document: await createDocument() });
  });

  it("are those that the fit calls for, in the order of the report", () => {
    expect(drawn.map((figure) => figure.name)).toEqual(figures);
  });

  it.each(figures)("%s looks as in the gallery", async (figure) => {
    const { svg = "", caption } = drawn.find((one) => one.name === figure) ?? {};
    expect(caption).toMatchSnapshot();
    await expect(`${svg}\n`).toMatchFileSnapshot(`gallery/${name}-${figure}.svg`);
  });
});

describe("the learning curve", () => {
  it.each(learningCurves)("of a run (%s) looks as in the gallery", async (name, title, passes) => {
    const svg = svgText(learningCurve(passes, title, { document: await createDocument() }), "learning-curve");
    await expect(`${svg}\n`).toMatchFileSnapshot(`gallery/learning-curve-${name}.svg`);
  });
});
