/** The figure `dynamics`: learning in two weights is straight in the dual of its own geometry, and only there. */

import { twoWeightPaths } from "../../plot/index.ts";
import { twoWeightLosses } from "../../task/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";

const [loss] = twoWeightLosses;
const SOURCE = "closed form for the loss of Pogodin et al. 2024, Fig. 2";

/** Rounding of some thousand steps of order one, in units of the path's length. */
const STRAIGHT = 1e-9;
/** What a path may still be above the minimum, or short of its end, when it stops. */
const ARRIVED = 1e-3;

/** Coordinates in which a geometry moves straight, by hand and up to a constant, so that no potential checks itself. */
const straightIn: Readonly<Record<string, { readonly name: string; readonly of: (w: number) => number }>> = {
  "2-norm": { name: "w", of: (w) => w },
  "negative-entropy": { name: "sgn(w) ln|w|", of: (w) => Math.sign(w) * Math.log(Math.abs(w)) },
  "3-norm": { name: "sgn(w) w²", of: (w) => w * Math.abs(w) },
};

/** w₂ where the path from (−½, 1½) meets the line ½w₁ + w₂ = 0: its dual has moved by −(½, 1)·t. */
const ends: Readonly<Record<string, number>> = {
  "2-norm": 1 / 2,
  "negative-entropy": 1.5 * 6 ** (-2 / 3),
  "3-norm": Math.sqrt(2.25 - 35 / 18),
};
const [FIRST, SECOND] = loss.start;

export const dynamics: FigureDefinition = {
  name: "dynamics",
  summary: "a loss of two weights, and learning on it in three geometries (Pogodin et al. 2024, Fig. 2)",
  plans: { quick: ["dynamics-quick"], full: ["dynamics-full"] },
  leftOut: "steps ten times smaller",
  draw: (rows, document) => twoWeightPaths(pathsOf(rows), loss, { document }),
  data: (rows) => rows,
  compare: (rows) => pathsOf(rows).flatMap(comparisonsOf),
};

interface Path {
  readonly potential: string;
  readonly weights: readonly (readonly [number, number])[];
}

/** One a run, its steps in order. */
function pathsOf(rows: readonly FigureRow[]): readonly Path[] {
  return [...new Set(rows.map(({ run }) => run))].map((run) => {
    const own = rows.filter((row) => row.run === run);
    const inOrder = own.toSorted((a, b) => Number(a.step) - Number(b.step));
    return {
      potential: String(own[0].potential),
      weights: inOrder.map(({ w1, w2 }) => [Number(w1), Number(w2)] as const),
    };
  });
}

function comparisonsOf({ potential, weights }: Path): readonly Comparison[] {
  const [first, second] = weights[0];
  const last = weights[weights.length - 1];
  const what = (quantity: string) => `${quantity}, ${potential} from (${first}, ${second})`;
  const compared = (quantity: string, expected: number, found: number, tolerance: number) =>
    comparisonOf({ what: what(quantity), expected, source: SOURCE, found, tolerance });
  const own = straightIn[potential];
  const found =
    own === undefined
      ? []
      : [compared(`distance from a line in ${own.name}`, 0, bend(weights, own.of), STRAIGHT)];
  if (potential === "negative-entropy") {
    const left = weights.filter(([w1, w2]) => !(w1 * first > 0 && w2 * second > 0)).length;
    found.push(compared("steps outside the quadrant", 0, left, 0));
  }
  if (first !== FIRST || second !== SECOND || ends[potential] === undefined) return found;
  return [
    ...found,
    compared("loss at the end", -1, loss.value(last), ARRIVED),
    compared("w₂ at the end", ends[potential], last[1], ARRIVED),
  ];
}

/** The largest distance of a path from the line through its start along (½, 1), relative to its length, in the given coordinate. */
function bend(weights: Path["weights"], coordinate: (weight: number) => number): number {
  const places = weights.map(([first, second]) => [coordinate(first), coordinate(second)] as const);
  const [origin] = places;
  const steps = places.map(([x, y]) => [x - origin[0], y - origin[1]] as const);
  const across = Math.max(...steps.map(([x, y]) => Math.abs(x - y / 2) / Math.hypot(1, 1 / 2)));
  return across / Math.max(...steps.map(([x, y]) => Math.hypot(x, y)));
}
