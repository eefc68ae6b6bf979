/** What surrounds every figure: white paper, a title, a legend, the font; or one line saying why nothing is drawn. */

import { GREY, INK, PAPER } from "./colours.ts";
import { svgElement } from "./svg-element.ts";
import { textWidth, wrapped } from "./text-width.ts";

/** Verdana has the widths of DejaVu Sans, for readers who lack it. */
const FONT_FAMILY = "DejaVu Sans, Verdana, sans-serif";
export const FONT_SIZE = 12;
const TITLE_SIZE = 15;
export const FIGURE_WIDTH = 640;
const FIGURE_HEIGHT = 420;
const REASON_HEIGHT = 150;
const EDGE = 16;
const LEGEND_ROW = 18;
const SWATCH = 26;

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly mark: "line" | "dot" | "band" | "range" | "diamond";
  readonly dash?: string | null;
  /** Line width in pixels; 2 unless given. */
  readonly width?: number;
  /** Of a band; 0.2 unless given. */
  readonly opacity?: number;
}

export interface FrameOptions {
  readonly document: Document;
  readonly title: string;
  /** For readers who cannot see the figure. */
  readonly description: string;
  readonly legend?: readonly LegendEntry[];
  /** A line beneath the legend. */
  readonly note?: string;
  /** Of the whole figure; 420 unless given. */
  readonly height?: number;
}

/** Space for the body, in pixels. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** A figure of 640 pixels' width; `body` is drawn into the area below title and legend. */
export function drawFrame(options: FrameOptions, body: (area: Area) => SVGElement): SVGElement {
  const { document, title, description } = options;
  const legend = drawLegend(document, options.legend ?? []);
  const noteHeight = options.note === undefined ? 0 : LEGEND_ROW;
  const top = 38 + legend.height + noteHeight;
  const height = options.height ?? FIGURE_HEIGHT;
  const inner = body({ width: FIGURE_WIDTH, height: height - top });
  const heading = { x: EDGE, y: 25, "font-size": TITLE_SIZE, "font-weight": "bold" };
  const children = [
    svgElement(document, "rect", { width: FIGURE_WIDTH, height, fill: PAPER }),
    svgElement(document, "text", heading, [title]),
    svgElement(document, "g", { transform: `translate(${EDGE},38)` }, legend.rows),
    svgElement(document, "g", { transform: `translate(0,${top})` }, [inner]),
  ];
  if (options.note !== undefined) {
    const place = { x: EDGE, y: 38 + legend.height + 12, fill: GREY };
    children.push(svgElement(document, "text", place, [options.note]));
  }
  const root = {
    width: FIGURE_WIDTH,
    height,
    viewBox: `0 0 ${FIGURE_WIDTH} ${height}`,
    role: "img",
    "aria-label": `${title}. ${description}`,
    "font-family": FONT_FAMILY,
    "font-size": FONT_SIZE,
    fill: INK,
    color: INK,
  };
  return svgElement(document, "svg", root, children);
}

/** A figure that cannot be drawn: title, frame and the reason. */
export function drawReason(options: Omit<FrameOptions, "legend" | "note">, reason: string): SVGElement {
  const { document } = options;
  const plain = { ...options, description: `Not drawn: ${reason}`, height: REASON_HEIGHT };
  return drawFrame(plain, ({ width, height }) => {
    const lines = wrapped(reason, width - 120, FONT_SIZE);
    const first = height / 2 - 2 - 9 * (lines.length - 1);
    return svgElement(document, "g", { "text-anchor": "middle" }, [
      svgElement(document, "rect", {
        x: EDGE,
        y: 4,
        width: width - 2 * EDGE,
        height: height - 4 - EDGE,
        fill: "none",
        stroke: "#bbbbbb",
        "stroke-dasharray": "4 4",
      }),
      ...lines.map((line, k) =>
        svgElement(document, "text", { x: width / 2, y: first + 18 * k, fill: GREY }, [line]),
      ),
    ]);
  });
}

function drawLegend(
  document: Document,
  entries: readonly LegendEntry[],
): { height: number; rows: SVGElement[] } {
  const rows: SVGElement[] = [];
  let x = 0;
  let y = 0;
  for (const entry of entries) {
    const width = SWATCH + 6 + textWidth(entry.label, FONT_SIZE);
    if (x > 0 && x + width > FIGURE_WIDTH - 2 * EDGE) {
      x = 0;
      y += LEGEND_ROW;
    }
    rows.push(
      svgElement(document, "g", { transform: `translate(${Math.round(x)},${y})` }, [
        ...drawSwatch(document, entry),
        svgElement(document, "text", { x: SWATCH + 6, y: 12 }, [entry.label]),
      ]),
    );
    x += width + 18;
  }
  return { height: entries.length === 0 ? 0 : y + LEGEND_ROW, rows };
}

function drawSwatch(document: Document, entry: LegendEntry): SVGElement[] {
  const { colour, dash = null, width = 2, opacity = 0.2 } = entry;
  const middle = SWATCH / 2;
  const across = {
    x1: 0,
    x2: SWATCH,
    y1: 8,
    y2: 8,
    stroke: colour,
    "stroke-width": width,
    "stroke-dasharray": dash,
  };
  switch (entry.mark) {
    case "line":
      return [svgElement(document, "line", across)];
    case "dot":
      return [svgElement(document, "circle", { cx: middle, cy: 8, r: 4, fill: colour })];
    case "diamond":
      return [svgElement(document, "path", { d: `M${middle - 7},8l7,-5l7,5l-7,5z`, fill: colour })];
    case "range":
      return [
        svgElement(document, "line", { ...across, x1: middle, x2: middle, y1: 1, y2: 15 }),
        svgElement(document, "circle", { cx: middle, cy: 8, r: 3.5, fill: colour }),
      ];
    case "band":
      return [
        svgElement(document, "rect", {
          width: SWATCH,
          height: 12,
          y: 2,
          fill: colour,
          "fill-opacity": opacity,
        }),
      ];
  }
}
