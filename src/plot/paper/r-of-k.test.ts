import { describe, expect, it } from "vitest";
import { createDocument } from "../document.node.ts";
import { svgText } from "../svg-text.ts";
import { irrelevantInputs } from "./r-of-k.ts";

const point = (potential: string, irrelevant: number, accuracy: number) => ({
  potential,
  irrelevant,
  accuracy,
});
const points = [
  point("2-norm", 100, 0.98),
  point("2-norm", 100, 0.96),
  point("2-norm", 1900, 0.71),
  point("negative-entropy", 1900, 0.95),
  point("negative-entropy", 100, 0.97),
];
const published = [
  point("2-norm", 100, 0.973),
  point("2-norm", 19_900, 0.481),
  point("negative-entropy", 19_900, 0.898),
];
const draw = async (own: typeof points) =>
  svgText(irrelevantInputs(own, published, { document: await createDocument() }), "r-of-k");

describe("accuracy with irrelevant inputs", () => {
  it("looks as in the gallery", async () => {
    await expect(`${await draw(points)}\n`).toMatchFileSnapshot("../../../test/gallery/paper-r-of-k.svg");
  });

  it("says the means to those who cannot see it", async () => {
    expect((await draw(points)).replaceAll("\u00a0", " ")).toMatch(
      /2-norm with 100 irrelevant inputs 97 %, 2-norm with 1,900 irrelevant inputs 71 %/,
    );
  });

  it("keeps accuracies below its usual range above the axis", async () => {
    const low = await draw([...points, point("2-norm", 1900, 0.1)]);
    const heights = Array.from(low.matchAll(/<circle[^>]* cy="([\d.]+)"/g), ([, y]) => Number(y));
    expect(heights.length).toBeGreaterThan(points.length);
    // 420 pixels without title, legend and the margin of the axis.
    expect(Math.max(...heights)).toBeLessThanOrEqual(420 - 38 - 18 - 46);
  });
});
