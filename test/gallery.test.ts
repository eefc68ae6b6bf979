/** Every figure of four example fits, learning curves and power curves: the picture itself is the expectation, in `gallery/`. */

import { beforeAll, describe, expect, it } from "vitest";
import { createDocument } from "../src/plot/index.node.ts";
import { type DrawnFigure, drawFigures, learningCurve, powerCurve, svgText } from "../src/plot/index.ts";
import { controlExample } from "./example-control.ts";
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
  ["control", controlExample, ["learning-and-control", "control-estimates", "who-responded"]],
];

describe.each(examples)("the figures of the %s fit", (name, example, figures) => {
  let drawn: DrawnFigure[];
  beforeAll(async () => {
    const { fit, picture } = example();
    drawn = drawFigures(fit, picture, { document: await createDocument() });
  });

  it("are those that the fit calls for, in the order of the report", () => {
    expect(drawn.map((figure) => figure.name).slice(0, figures.length)).toEqual(figures);
    // After the figures of the control come those of every fit, which the others show.
    if (name !== "control") expect(drawn).toHaveLength(figures.length);
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

describe("the power curve", () => {
  const point = (synapses: number, power: number) => ({
    learning: synapses,
    control: synapses,
    clusters: synapses,
    controlClusters: synapses,
    power,
  });
  const simulated = (synapses: number, power: number, low: number, high: number) => ({
    ...point(synapses, power),
    runs: 200,
    low,
    high,
  });
  const curve = [7, 10, 14, 20, 28, 39, 56, 111].map((synapses, k) =>
    point(synapses, [0.29, 0.38, 0.51, 0.65, 0.8, 0.91, 0.98, 1][k]),
  );
  const answer = simulated(34, 0.79, 0.75, 0.82);
  const short = simulated(40, 0.6, 0.53, 0.67);

  it.each([
    ["answered", [simulated(28, 0.74, 0.67, 0.79), answer], answer],
    ["unanswered", [simulated(28, 0.5, 0.43, 0.57), short], short],
  ] as const)("of a design (%s) looks as in the gallery", async (name, found, simulation) => {
    const design = { power: 0.8, curve, simulated: found, simulation };
    const names = ["negative-entropy", "2-norm"] as const;
    const svg = svgText(powerCurve(design, names, { document: await createDocument() }), "power-curve");
    await expect(`${svg}\n`).toMatchFileSnapshot(`gallery/power-curve-${name}.svg`);
  });
});
