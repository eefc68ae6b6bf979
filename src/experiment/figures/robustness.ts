/** The figure `robustness`: ΔCDF of pairs of a known geometry, tested on others near to it and far. */

import { robustness as draw, placeOf, type RobustnessPoint } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";

const SOURCE =
  "reference simulation of Pogodin et al. 2024, Fig. 3B (published as curves, without numbers), 30 seeds";
const REFERENCE_SEEDS = 30;
/** Standard errors of the difference; of the 36 numbers, which go together in six curves, 2 in a hundred tables have one outside. */
const STANDARD_ERRORS = 3;
/** The reference is known to three decimals. */
const ROUNDING = 0.0005;

const TESTED = ["negative-entropy", "1.1-norm", "1.5-norm", "2-norm", "2.5-norm", "3-norm"] as const;
const reference = [
  { start: "normal", potential: "negative-entropy", means: [0.037, 0.038, 0.109, 0.246, 0.361, 0.451] },
  { start: "normal", potential: "2-norm", means: [0.671, 0.73, 0.296, 0.038, 0.11, 0.247] },
  { start: "normal", potential: "3-norm", means: [0.595, 0.667, 0.507, 0.288, 0.088, 0.035] },
  { start: "log-normal", potential: "negative-entropy", means: [0.04, 0.041, 0.114, 0.309, 0.481, 0.6] },
  { start: "log-normal", potential: "2-norm", means: [0.584, 0.68, 0.267, 0.04, 0.126, 0.314] },
  { start: "log-normal", potential: "3-norm", means: [0.349, 0.452, 0.27, 0.088, 0.038, 0.037] },
] as const;

export const robustness: FigureDefinition = {
  name: "robustness",
  summary: "ΔCDF of three true potentials under 21 tested ones, both starts (Pogodin et al. 2024, Fig. 3B)",
  plans: { quick: ["robustness-quick"], full: ["robustness-full"] },
  // The published size; full draws ten times as many data sets.
  leftOut: "",
  draw: (rows, document) => draw(curvesOf(rows), { document }),
  data: (rows) => curvesOf(rows),
  compare: (rows) => {
    const curves = curvesOf(rows);
    return reference.flatMap(({ start, potential, means }) =>
      means.flatMap((expected, k): Comparison[] => {
        const found = curves.find(
          (one) => one.start === start && one.potential === potential && one.tested === placeOf(TESTED[k]),
        );
        return found === undefined ? [] : [compared(found, TESTED[k], expected)];
      }),
    );
  },
};

interface Point extends RobustnessPoint {
  readonly [key: string]: string | number | null;
  readonly run: string;
  /** Data sets behind the mean. */
  readonly dataSets: number;
}

/** Those with a ΔCDF, along each curve. */
function curvesOf(rows: readonly FigureRow[]): readonly Point[] {
  const points = rows.flatMap((row): Point[] => {
    const { deltaCdf, deltaCdfDeviation: deviation, run } = row;
    if (typeof deltaCdf !== "number") return [];
    return [
      {
        start: String(row.start),
        potential: String(row.potential),
        tested: placeOf(String(row.tested)),
        deltaCdf,
        deviation: typeof deviation === "number" ? deviation : null,
        dataSets: Number(row.dataSets),
        run,
      },
    ];
  });
  return points.sort((a, b) => a.tested - b.tested);
}

/** Both means have the SD of one data set, over the root of how many there are. */
function compared(found: Point, tested: string, expected: number): Comparison {
  const { start, potential, deviation, deltaCdf, dataSets } = found;
  return comparisonOf({
    what: `ΔCDF, ${start} start, truth ${potential}, tested on ${tested}`,
    expected,
    source: SOURCE,
    found: deltaCdf,
    tolerance:
      deviation === null
        ? null
        : STANDARD_ERRORS * deviation * Math.sqrt(1 / dataSets + 1 / REFERENCE_SEEDS) + ROUNDING,
  });
}
