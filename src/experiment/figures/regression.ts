/** The figure `regression`: how near the dual changes of linear regressions are to a normal law, and how large they are. */

import { DELTA_CDF_FLOOR } from "../../inference/index.ts";
import { type RegressionPoint, regressionGrid, type SeedBand } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";

const SOURCE =
  "reference simulation of Pogodin et al. 2024, Fig. 3A, in numpy: 10 seeds, c = 2; no numbers are published";

/**
 * ΔCDF and relative dual change by the number of inputs, c = 2. `repeated` says how far the relative change of 10 seeds can be
 * off: middle and standard deviation of their medians, when the simulation is made 60 times (1052: 24, 2000: 10).
 */
const SIZES = [100, 324, 1052, 2000] as const;
const reference = [
  {
    potential: "negative-entropy",
    samples: "D^¾",
    deltaCdf: [0.108, 0.078, 0.049, 0.027],
    change: [1.36, 0.6, 0.32, 0.26],
    repeated: [
      [0.969, 0.12],
      [0.522, 0.029],
      [0.321, 0.009],
      [0.253, 0.002],
    ],
  },
  {
    potential: "negative-entropy",
    samples: "D^½",
    deltaCdf: [0.09, 0.057, 0.028, 0.021],
    change: [0.28, 0.16, 0.09, 0.08],
    repeated: [
      [0.287, 0.028],
      [0.162, 0.008],
      [0.095, 0.004],
      [0.073, 0.003],
    ],
  },
  {
    potential: "2-norm",
    samples: "D^¾",
    deltaCdf: [0.106, 0.058, 0.029, 0.022],
    change: [0.81, 0.76, 0.65, 0.57],
    repeated: [
      [0.889, 0.037],
      [0.743, 0.022],
      [0.622, 0.013],
      [0.569, 0.007],
    ],
  },
  {
    potential: "2-norm",
    samples: "D^½",
    deltaCdf: [0.095, 0.058, 0.025, 0.021],
    change: [0.48, 0.35, 0.26, 0.19],
    repeated: [
      [0.46, 0.037],
      [0.332, 0.02],
      [0.245, 0.009],
      [0.205, 0.008],
    ],
  },
  {
    potential: "3-norm",
    samples: "D^¾",
    deltaCdf: [0.116, 0.064, 0.035, 0.022],
    change: [0.72, 0.58, 0.47, 0.44],
    repeated: [
      [0.787, 0.053],
      [0.608, 0.026],
      [0.475, 0.009],
      [0.418, 0.005],
    ],
  },
  {
    potential: "3-norm",
    samples: "D^½",
    deltaCdf: [0.097, 0.056, 0.027, 0.019],
    change: [0.32, 0.18, 0.14, 0.11],
    repeated: [
      [0.314, 0.036],
      [0.206, 0.013],
      [0.141, 0.009],
      [0.113, 0.004],
    ],
  },
] as const;

const DISTANCE_TOLERANCE = 0.02;
/** Of the relative change, as a share. */
const CHANGE_TOLERANCE = 0.15;
/** √D·ΔCDF below which 97.5 % of the medians of 10 sets of D exact normal numbers lie; by simulation. */
const FLOOR_OF_MEDIANS = 1.4;
/** Three standard deviations of √D times the difference of two such medians. */
const NOISE = 0.72;

export const regression: FigureDefinition = {
  name: "regression",
  summary:
    "ΔCDF and relative dual change of regressions against their size (Pogodin et al. 2024, Fig. 3A and appendix)",
  plans: { quick: ["regression-quick"], full: ["regression-full"] },
  leftOut: "the sizes from 3419 to 20,000 inputs, and 20 of the 30 seeds",
  draw: (rows, document) =>
    regressionGrid(pointsOf(membersOf(rows)), { document, floor: DELTA_CDF_FLOOR.uncentred }),
  data: (rows) => membersOf(rows).map((member) => ({ ...member })),
  compare: (rows) => {
    const points = pointsOf(membersOf(rows));
    return reference.flatMap((row) =>
      SIZES.flatMap((inputs, place) => compared(row, { inputs, place }, points)),
    );
  },
};

/** One seed in one geometry. */
interface Member {
  readonly potential: string;
  readonly power: number;
  readonly inputs: number;
  readonly samples: number;
  readonly seed: number;
  readonly deltaCdf: number;
  readonly relativeChange: number;
  readonly loss: number | null;
  readonly learningRate: number;
  readonly passes: number;
  readonly run: string;
}

/** Those that ended with a dual change. */
function membersOf(rows: readonly FigureRow[]): readonly Member[] {
  return rows.flatMap((row): Member[] => {
    const { deltaCdf, relativeChange, loss, run } = row;
    if (typeof deltaCdf !== "number" || typeof relativeChange !== "number") return [];
    return [
      {
        potential: String(row.potential),
        power: Number(row["task.power"]),
        inputs: Number(row["task.inputs"]),
        samples: Number(row["task.samples"]),
        seed: Number(row.memberSeed),
        deltaCdf,
        relativeChange,
        loss: typeof loss === "number" ? loss : null,
        learningRate: Number(row.learningRate),
        passes: Number(row.passes),
        run,
      },
    ];
  });
}

/** All seeds of each regression in each geometry, in the order of the rows. */
function pointsOf(members: readonly Member[]): readonly RegressionPoint[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = JSON.stringify([member.potential, member.power, member.inputs, member.samples]);
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return Array.from(groups.values(), (group) => {
    const [{ potential, power, inputs, samples }] = group;
    return {
      potential,
      power,
      inputs,
      samples: shareOf(inputs, samples),
      deltaCdf: bandOf(group.map(({ deltaCdf }) => deltaCdf)),
      relativeChange: bandOf(group.map(({ relativeChange }) => relativeChange)),
    };
  });
}

/** Which power of D the number of samples is nearest to. */
function shareOf(inputs: number, samples: number): string {
  const exponent = Math.log(samples) / Math.log(inputs);
  return Math.abs(exponent - 0.75) < Math.abs(exponent - 0.5) ? "D^¾" : "D^½";
}

function bandOf(values: readonly number[]): SeedBand {
  const sorted = [...values].sort((a, b) => a - b);
  return { low: quantile(sorted, 0.05), median: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
}

/** Hyndman–Fan type 7 of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

function compared(
  { potential, samples, deltaCdf, change, repeated }: (typeof reference)[number],
  { inputs, place }: { readonly inputs: number; readonly place: number },
  points: readonly RegressionPoint[],
): readonly Comparison[] {
  const point = points.find(
    (other) =>
      other.power === 2 &&
      other.inputs === inputs &&
      other.potential === potential &&
      other.samples === samples,
  );
  if (point === undefined) return [];
  const what = `${potential}, D = ${inputs}, N = ${samples}`;
  const [distance, size] = [deltaCdf[place], change[place]];
  const isLimited = Math.max(distance, point.deltaCdf.median) * Math.sqrt(inputs) <= FLOOR_OF_MEDIANS;
  const [middle, deviation] = repeated[place];
  const found = point.relativeChange.median;
  const tolerance = CHANGE_TOLERANCE * size;
  const away = ((found - middle) / deviation).toFixed(1);
  return [
    comparisonOf({
      what: `ΔCDF, ${what}`,
      expected: distance,
      source: SOURCE,
      found: point.deltaCdf.median,
      tolerance: isLimited ? Math.max(DISTANCE_TOLERANCE, NOISE / Math.sqrt(inputs)) : DISTANCE_TOLERANCE,
      note: isLimited ? "noise-limited: neither can be told from exact normal numbers" : "",
    }),
    comparisonOf({
      what: `relative change, ${what}`,
      expected: size,
      source: SOURCE,
      found,
      tolerance,
      note:
        Math.abs(found - size) <= tolerance
          ? ""
          : `the reference simulation made many times has ${middle} ± ${deviation}, from which ours is ${away} SDs away`,
    }),
  ];
}
