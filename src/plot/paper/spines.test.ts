import { describe, expect, it } from "vitest";
import { createDocument } from "../index.node.ts";
import { svgText } from "../svg-text.ts";
import { type SizeBin, type SizeModel, sizesBeforeAndAfter, type WidthCurve } from "./spines.ts";

const bins = (shift: number): readonly SizeBin[] =>
  Array.from({ length: 16 }, (_, k) => ({
    low: 0.002 * 1.5 ** k,
    high: 0.002 * 1.5 ** (k + 1),
    initial: k === 8 + shift ? 0.9 : 0.1 / 15,
    final: 0.16 * Math.exp(-0.12 * (k - 8 - shift) ** 2),
    observed: 0.16 * Math.exp(-0.12 * (k - 8) ** 2),
  }));

const common = {
  ratio: 0.15,
  wasserstein: 9e-4,
  interval: null,
  belowZero: 0.003,
  points: [],
  bins: bins(0),
} as const;
const models: readonly SizeModel[] = [
  {
    ...common,
    potential: "negative-entropy",
    interval: { low: 0.0012, high: 0.0031 },
    belowZero: 0,
    points: [
      { weight: 0.04, share: 0.7 },
      { weight: 0.16, share: 0.3 },
    ],
    sameChange: [],
  },
  { ...common, potential: "2-norm", sameChange: bins(2) },
];
const curves = models.map(
  ({ potential }, k): WidthCurve => ({
    potential,
    widths: [0.01, 0.1, 1].map((ratio) => ({ ratio, distance: 0.2 * ratio * (k + 1) })),
    critical: 0.03,
  }),
);

describe("sizes before and after", () => {
  it("look as in the gallery", async () => {
    const drawn = sizesBeforeAndAfter(models, curves, {
      document: await createDocument(),
      unit: "µm³",
      notes: ["2-norm: no change fits."],
    });
    await expect(`${svgText(drawn, "paper-spines")}\n`).toMatchFileSnapshot(
      "../../../test/gallery/paper-spines.svg",
    );
  });

  it("say in words what is drawn", async () => {
    const drawn = sizesBeforeAndAfter(models, curves, {
      document: await createDocument(),
      unit: null,
      notes: [],
    });
    expect(drawn.getAttribute("aria-label")).toContain("2-norm: after: σ = 0.150 SD");
    // A unit that is not known is not claimed.
    expect(drawn.textContent).not.toContain("µm");
  });
});
