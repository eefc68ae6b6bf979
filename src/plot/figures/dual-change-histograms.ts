/** The paper's look at a geometry: is the change in its dual space Gaussian? */

import type { DualChanges } from "../../inference/dual-changes.ts";
import type { PotentialScore } from "../../inference/geometry-fit.ts";
import type { DualHistogram, GeometryPicture } from "../../inference/geometry-picture.ts";
import { BOTTOM_MARGIN, bottomAxis, leftAxis } from "../axes.ts";
import { GREY, INK, potentialLook } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, FONT_SIZE, type FrameOptions } from "../frame.ts";
import { areaY, line, plotGroup } from "../marks.ts";
import { linearTicks } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { shortened, wrapped } from "../text-width.ts";
import { formatList, formatNumber, formatPercent } from "../words.ts";

const TITLE = "Change in the dual space of each geometry, against N(0, 1)";
const COLUMNS = 3;
const ROW_HEIGHT = 188;
const HEADING = 40;
const MOST_DENSITY = 0.8;
const DUAL_TICKS = linearTicks({ low: -4, high: 4 }, 4);

/**
 * Small multiples: density of z = d/SD(d), d the change in the dual space, over the standard normal density.
 *
 * z is not centred, as in Pogodin et al. 2024; all panels have the same axes, and a bar that leaves them is named.
 */
export const dualChangeHistograms: Figure = {
  name: "dual-change-histograms",
  title: TITLE,
  applies: (fit) => fit.potentials.length > 0,
  caption: (fit) => {
    const scored = fit.potentials.filter(({ deltaCdf }) => deltaCdf !== null);
    if (scored.length === 0) return "ΔCDF does not exist for any of the named geometries here.";
    const best = scored.reduce((a, b) => ((b.deltaCdf ?? Infinity) < (a.deltaCdf ?? Infinity) ? b : a));
    const scores = scored.map(({ name, deltaCdf }) => `${formatNumber(deltaCdf)} (${name})`);
    return (
      `The distance ΔCDF of the dual change from a standard normal is ${formatList(scores)}; it is smallest under ` +
      `${best.name}, where as many exact Gaussian draws would be expected to give ${formatNumber(best.deltaCdfFloor)}.`
    );
  },
  draw(fit, picture, { document }) {
    const panels = fit.potentials.map((score) => {
      const histogram = picture.histograms.find(({ potential }) => potential === score.name) ?? null;
      return { ...score, histogram };
    });
    return drawPanels(panels, {
      document,
      title: TITLE,
      description: dualChangeHistograms.caption(fit, picture),
    });
  },
};

/** A panel for each potential, all with the same axes. */
export function drawPanels(
  panels: readonly DualChanges[],
  frame: Pick<FrameOptions, "document" | "title" | "description">,
): SVGElement {
  const { document } = frame;
  const histograms = panels.flatMap(({ histogram }) => histogram ?? []);
  if (histograms.every(({ density }) => density.length === 0)) {
    return drawReason(frame, "no named geometry has a dual change that could be counted");
  }
  const names = panels.map(({ name }) => name);
  const top = densityTop({ histograms });
  const options = {
    ...frame,
    height: 38 + 18 + Math.ceil(panels.length / COLUMNS) * ROW_HEIGHT + 4,
    note: "bars: share of pairs per unit of z; line: standard normal density",
  };
  return drawFrame(options, ({ width }) => {
    const panelWidth = (width - 24) / COLUMNS;
    const drawn = panels.map((panel, k) => {
      const x = 12 + (k % COLUMNS) * panelWidth;
      const y = Math.floor(k / COLUMNS) * ROW_HEIGHT;
      return svgElement(document, "g", { transform: `translate(${x},${y})` }, [
        ...panelHeading(document, panel, panelWidth),
        ...panelBody(document, panel, names, { width: panelWidth, top }),
      ]);
    });
    return svgElement(document, "g", {}, drawn);
  });
}

/** The top of the axis of density, the same for all geometries so that they can be compared. */
export function densityTop({ histograms }: Pick<GeometryPicture, "histograms">): number {
  const largest = histograms.reduce(
    (top, { density }) => Math.max(top, ...density.filter(Number.isFinite)),
    0.42,
  );
  return 1.05 * Math.min(MOST_DENSITY, largest);
}

function panelHeading(document: Document, score: DualChanges, width: number): SVGElement[] {
  const name = shortened(score.name, (width - 12) / 1.12, FONT_SIZE);
  const numbers =
    score.deltaCdf === null
      ? "ΔCDF –"
      : `ΔCDF ${formatNumber(score.deltaCdf)} (floor ${formatNumber(score.deltaCdfFloor)})`;
  return [
    svgElement(document, "text", { x: 8, y: 16, "font-weight": "bold" }, [name]),
    svgElement(document, "text", { x: 8, y: 32 }, [numbers]),
  ];
}

function panelBody(
  document: Document,
  panel: DualChanges,
  names: readonly string[],
  { width, top }: { readonly width: number; readonly top: number },
): SVGElement[] {
  const { name, histogram } = panel;
  if (histogram === null || histogram.density.length === 0) {
    const lines = wrapped(missingReason(panel), width - 24, FONT_SIZE);
    return lines.map((text, k) =>
      svgElement(document, "text", { x: 8, y: HEADING + 30 + 17 * k, fill: GREY }, [text]),
    );
  }
  const { colour } = potentialLook(name, names);
  const plot = densityPlot(document, histogram, colour, { width, height: ROW_HEIGHT - HEADING - 8, top });
  return [
    svgElement(document, "g", { transform: `translate(0,${HEADING - 4})` }, [plot]),
    ...panelRemarks(document, histogram, { width, top }),
  ];
}

/** The bars of one geometry and the standard normal density, with axes. */
export function densityPlot(
  document: Document,
  { edges, density }: DualHistogram,
  colour: string,
  { width, height, top }: { readonly width: number; readonly height: number; readonly top: number },
): SVGElement {
  const steps = edges.map((z, k) => ({ z, density: density[Math.min(k, density.length - 1)] }));
  const normal = Array.from({ length: 101 }, (_, k) => {
    const z = -5 + k / 10;
    return { z, density: Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) };
  });
  return plotGroup(document, {
    width,
    height,
    marginLeft: 40,
    marginRight: 8,
    marginTop: 6,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [-5, 5] },
    y: { domain: [0, top] },
    marks: [
      areaY(steps, {
        x: "z",
        y1: 0,
        y2: "density",
        curve: "step-after",
        fill: colour,
        fillOpacity: 0.55,
        clip: true,
      }),
      line(normal, { x: "z", y: "density", stroke: INK, strokeWidth: 1.5 }),
      bottomAxis(DUAL_TICKS, "dual change z (in SD)"),
      leftAxis(linearTicks({ low: 0, high: top }, 3), null),
    ],
  });
}

function panelRemarks(
  document: Document,
  { density, beyond }: DualHistogram,
  { width, top }: { readonly width: number; readonly top: number },
): SVGElement[] {
  const peak = Math.max(...density);
  const remarks = [
    ...(peak > top ? [`peak ${formatNumber(peak)}`] : []),
    ...(beyond > 0 ? ["|z| > 5:", formatPercent(beyond)] : []),
  ];
  return remarks.map((remark, k) =>
    svgElement(
      document,
      "text",
      { x: width - 8, y: HEADING + 14 + 16 * k, fill: GREY, "text-anchor": "end" },
      [remark],
    ),
  );
}

export function missingReason({ deltaCdfStatus }: Pick<PotentialScore, "deltaCdfStatus">): string {
  if (deltaCdfStatus === "outside-domain") return "some weights lie outside the domain of this potential";
  if (deltaCdfStatus === "no-change") return "nothing changed in this dual space";
  return "no dual change was counted";
}
