import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import { shortened, textWidth, wrapped } from "./text-width.ts";

const require = createRequire(import.meta.url);
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

function drawnWidth(text: string, weight: "normal" | "bold"): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="40"><text x="9" y="30" font-size="12" font-weight="${weight}" font-family="DejaVu Sans">${text}</text></svg>`;
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" };
  return new Resvg(svg, { font }).innerBBox()?.width ?? 0;
}

describe("text width", () => {
  it.each([
    "negative-entropy",
    "hyperbolic-entropy:0.01",
    "L5 apical tuft (200)",
    "estimate λ̂ = 0.03, interval shaded",
    "ΔCDF 0.669 (floor 5.46 × 10⁻⁴)",
    "WWWMMM mmm",
    "illicit filling, i.e. little",
    "rank correlation T (standard errors)",
  ])("of %j is that of the shipped font, at most 5 %% too narrow and 25 %% too wide", (text) => {
    for (const weight of ["normal", "bold"] as const) {
      const ratio = textWidth(text, 12, weight) / drawnWidth(text, weight);
      expect(ratio).toBeGreaterThan(0.95);
      expect(ratio).toBeLessThan(1.25);
    }
  });

  it("shortened keeps what fits and ends the rest with an ellipsis", () => {
    expect(shortened("soma", 100, 12)).toBe("soma");
    const short = shortened("a very long name of a dendrite, with its number", 100, 12);
    expect(short).toMatch(/^a very.*…$/);
    expect(textWidth(short, 12)).toBeLessThanOrEqual(100);
  });

  it("wrapped loses no word, and no line but that of a single long word is too wide", () => {
    const text = "some weights lie outside the domain of this potential";
    const lines = wrapped(text, 120, 12);
    expect(lines.join(" ")).toBe(text);
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(120);
    expect(wrapped("Donaudampfschifffahrt", 20, 12)).toEqual(["Donaudampfschifffahrt"]);
  });
});
