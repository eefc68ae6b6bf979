import { describe, expect, it } from "vitest";
import { svgToPng } from "./png.node.ts";

const picture = (inner: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420" font-family="No Such Font">${inner}</svg>`;

describe("svgToPng", () => {
  it("returns a PNG of the width asked for, the height in proportion", () => {
    const bytes = svgToPng(picture(""), { width: 320 });
    expect(Array.from(bytes.subarray(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    expect([header.getUint32(16), header.getUint32(20)]).toEqual([320, 210]);
  });

  it("is 1920 pixels wide unless told", () => {
    const bytes = svgToPng(picture(""));
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(16)).toBe(1920);
  });

  it("draws text with the shipped font, whatever font is named", () => {
    const empty = svgToPng(picture(""), { width: 64 });
    const text = svgToPng(picture('<text x="9" y="99" font-size="90">λ̂ φ″</text>'), { width: 64 });
    expect(text).not.toEqual(empty);
  });

  it("refuses what is no SVG, and a width that is no number of pixels", () => {
    expect(() => svgToPng("<p>no figure</p>")).toThrow(
      'svgToPng: expected the text of an SVG, got "<p>no figure</p>"; give what svgText returns',
    );
    expect(() => svgToPng(picture(""), { width: 0 })).toThrow(
      "svgToPng: expected a width in whole pixels > 0, got 0; leave it out for 1920",
    );
  });
});
