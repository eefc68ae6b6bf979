/** The report and the figures of a fit, as files. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writing } from "../data/index.node.ts";
import type { GeometryFit, GeometryPicture } from "../inference/index.ts";
import { type LoadedPairs, shellWord } from "../pairing/index.ts";
import type { DrawnFigure } from "../plot/index.ts";
import type { InferFlags } from "./infer-answer.node.ts";
import { styled } from "./terminal.node.ts";
import { packageVersion } from "./version.node.ts";

/**
 * Writes what was asked for and returns a line for each.
 *
 * @param further  figures beside those of the fit
 */
export async function writePictures(
  loaded: Pick<LoadedPairs, "files" | "leftOut">,
  fit: GeometryFit,
  picture: GeometryPicture | null,
  { report, figures }: InferFlags,
  further: (document: Document) => Promise<readonly DrawnFigure[]> = async () => [],
): Promise<string[]> {
  if (picture === null) return ["", styled("dim", "add --report report.html for the figures")];
  const { drawFigures, reportHtml } = await import("../plot/index.ts");
  const { createDocument, svgToPng } = await import("../plot/index.node.ts");
  const document = await createDocument();
  const drawn = [...(await further(document)), ...drawFigures(fit, picture, { document })];
  const lines: string[] = [""];
  if (figures !== undefined) {
    await writing("infer", figures, async () => {
      await mkdir(figures).catch(ignoreExisting);
      for (const { name, svg } of drawn) {
        await writeFile(join(figures, `${name}.svg`), svg);
        await writeFile(join(figures, `${name}.png`), svgToPng(svg));
      }
    });
    lines.push(`figures: ${figures} (${drawn.length} as SVG and PNG)`);
  }
  if (report !== undefined) {
    const html = reportHtml(fit, drawn, {
      command: `syngeo ${process.argv.slice(2).map(shellWord).join(" ")}`,
      version: packageVersion(),
      files: loaded.files,
      leftOut: loaded.leftOut,
      date: new Date().toISOString().slice(0, 10),
    });
    await writing("infer", report, () => writeFile(report, html));
    lines.push(`report: ${report}`);
  }
  return lines;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
