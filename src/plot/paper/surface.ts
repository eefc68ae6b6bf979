/** A loss of two weights as a surface seen from above its valley, with paths on it. */

import { INK, PAPER } from "../colours.ts";
import { svgElement } from "../svg-element.ts";
import type { TwoWeightSurface } from "./dynamics.ts";

/** Of the loss, in growing order; the first marks the valley. */
export const levels = [-0.999, -0.9, -0.5, 0, 1, 2, 4] as const;
/** From each level to the next. */
export const levelColours = [
  "#eef2f6",
  "#dfe6ee",
  "#cfd9e4",
  "#bfccdb",
  "#adbdd0",
  "#9aadc4",
  "#869cb7",
] as const;

interface SurfacePath {
  readonly weights: readonly (readonly [number, number])[];
  readonly colour: string;
}

/** Squares along each side. */
const CELLS = 28;
/** The camera: turned about the vertical, and above the horizon, in radians. */
const TURN = 0.62;
const ELEVATION = 0.55;
const HEIGHT = 0.75;

/**
 * The surface over its view, drawn from the far side to the near one, with paths above it and their starts.
 *
 * Orthographic; the loss rises away from the eye, so that it hides nothing of a path.
 */
export function lossSurface(
  paths: readonly SurfacePath[],
  { value, view: { low, high } }: TwoWeightSurface,
  {
    width,
    height,
    document,
  }: { readonly width: number; readonly height: number; readonly document: Document },
): SVGElement {
  const weightAt = (u: number, v: number) =>
    [low[0] + u * (high[0] - low[0]), low[1] + v * (high[1] - low[1])] as const;
  const corners = Array.from({ length: (CELLS + 1) ** 2 }, (_, k) => value(weightAt(...shareOf(k))));
  const [least, most] = [Math.min(...corners), Math.max(...corners)];
  const place = (u: number, v: number, loss: number) => {
    const [right, away] = turned(u - 0.5, v - 0.5);
    const up = HEIGHT * ((loss - least) / (most - least));
    const scale = 0.62 * width;
    const x = width / 2 + scale * right;
    const y = 0.62 * height - scale * (away * Math.sin(ELEVATION) + (up - 0.2) * Math.cos(ELEVATION));
    return `${x.toFixed(2)},${y.toFixed(2)}`;
  };
  const onSurface = (pair: readonly [number, number]) => {
    const [u, v] = pair.map((weight, k) => (weight - low[k]) / (high[k] - low[k]));
    return place(u, v, value(pair));
  };
  const squares = Array.from({ length: CELLS ** 2 }, (_, k) => [k % CELLS, Math.floor(k / CELLS)] as const)
    .toSorted((a, b) => depthOf(b) - depthOf(a))
    .map(([i, j]) => {
      const around = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ] as const;
      const losses = around.map(([a, b]) => corners[a + b * (CELLS + 1)]);
      const points = around.map(([a, b], k) => place(a / CELLS, b / CELLS, losses[k])).join(" ");
      const fill = levelColour(losses.reduce((sum, loss) => sum + loss, 0) / 4);
      return svgElement(document, "polygon", { points, fill, stroke: PAPER, "stroke-width": 0.4 });
    });
  const curves = paths.flatMap(({ weights, colour }) => {
    const points = weights.map(onSurface);
    const [x, y] = points[0].split(",");
    return [
      svgElement(document, "polyline", {
        points: points.join(" "),
        fill: "none",
        stroke: colour,
        "stroke-width": 3,
        "stroke-linejoin": "round",
        "stroke-linecap": "round",
      }),
      svgElement(document, "circle", { cx: x, cy: y, r: 4, fill: INK }),
    ];
  });
  const names = [
    { text: "w₁", at: place(0.5, -0.09, least) },
    { text: "w₂", at: place(-0.09, 0.5, least) },
  ].map(({ text, at }) => {
    const [x, y] = at.split(",");
    return svgElement(document, "text", { x, y, "text-anchor": "middle" }, [text]);
  });
  return svgElement(document, "g", {}, [...squares, ...curves, ...names]);
}

const shareOf = (k: number) => [(k % (CELLS + 1)) / CELLS, Math.floor(k / (CELLS + 1)) / CELLS] as const;
/** To the right, and away from the eye. */
const turned = (u: number, v: number) =>
  [u * Math.cos(TURN) - v * Math.sin(TURN), u * Math.sin(TURN) + v * Math.cos(TURN)] as const;
const depthOf = ([i, j]: readonly [number, number]) => turned(i, j)[1];

function levelColour(loss: number): string {
  const above = levels.filter((level) => level <= loss).length;
  return above === 0 ? PAPER : levelColours[above - 1];
}
