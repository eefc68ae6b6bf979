/** SVG to PNG with the one shipped font, so that a figure looks the same on every machine. */

import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { InputError } from "../errors.ts";
import { FIGURE_WIDTH } from "./frame.ts";

const FONT_FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/**
 * The bytes of a PNG of a figure.
 *
 * @param width  in pixels; 1920 unless given: 640 pixels' figure at three times its size, 300 dots an inch on 16 cm
 * @throws InputError `not-svg`, `bad-width`
 */
export function svgToPng(
  svg: string,
  { width = 3 * FIGURE_WIDTH }: { readonly width?: number } = {},
): Uint8Array {
  if (!(Number.isInteger(width) && width > 0)) {
    throw new InputError({
      code: "bad-width",
      message: `svgToPng: expected a width in whole pixels > 0, got ${width}; leave it out for ${3 * FIGURE_WIDTH}`,
    });
  }
  const require = createRequire(import.meta.url);
  const fontFiles = FONT_FILES.map((file) => require.resolve(`dejavu-fonts-ttf/ttf/${file}`));
  try {
    const image = new Resvg(svg, {
      fitTo: { mode: "width", value: width },
      font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" },
    });
    return new Uint8Array(image.render().asPng());
  } catch (cause) {
    throw new InputError({
      code: "not-svg",
      message: `svgToPng: expected the text of an SVG, got ${JSON.stringify(svg.slice(0, 40))}; give what svgText returns`,
      cause,
    });
  }
}
