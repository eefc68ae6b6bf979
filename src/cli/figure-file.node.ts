/** A figure as a file: SVG, and PNG of the same name beside it. */

import { access, constants, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writing } from "../data/index.node.ts";
import { InputError } from "../errors.ts";

const ENDING = /\.svg$/i;

/** Asked before the work, so that an answer is not lost for want of a folder. */
export async function requireFolder(command: string, path: string): Promise<void> {
  await writing(command, path, () => access(dirname(resolve(path)), constants.W_OK));
}

/** @throws InputError `not-svg-file`, or where the folder cannot be written to */
export async function requireFigurePath(command: string, path: string): Promise<void> {
  if (!ENDING.test(path)) {
    throw new InputError({
      code: "not-svg-file",
      message: `--figure: expected a file name that ends in .svg, got "${path}"; such as --figure ${command}.svg (a PNG is written beside it)`,
    });
  }
  await requireFolder(command, path);
}

/**
 * Draws, writes both files and returns the line that says so.
 *
 * @param name  the start of the figure's ids
 */
export async function writeFigure(
  command: string,
  path: string,
  name: string,
  draw: (document: Document) => SVGElement,
): Promise<string> {
  const { svgText } = await import("../plot/index.ts");
  const { createDocument, svgToPng } = await import("../plot/index.node.ts");
  const svg = svgText(draw(await createDocument()), name);
  const png = path.replace(ENDING, ".png");
  await writing(command, path, () => writeFile(path, svg));
  await writing(command, png, () => writeFile(png, svgToPng(svg)));
  return `figure: ${path} (and ${png})`;
}
