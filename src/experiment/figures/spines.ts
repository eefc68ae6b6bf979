/** The figure `spines`: which weights before learning could have become the spine volumes that are seen. */

import { type SizeBin, type SizeModel, sizesBeforeAndAfter } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";
import type { Start } from "../initial-weights.ts";

const FIT = "a sample of the model itself, within Kolmogorov's 5 % distance 1.358/√n";
const BELOW = "no spine has a volume below zero";

export const spines: FigureDefinition = {
  name: "spines",
  summary:
    "spine volumes, and the weights before learning that give them in three geometries (Pogodin et al. 2024, Fig. 5)",
  plans: { quick: ["spines-quick"], full: ["spines-full"] },
  leftOut: "28 of the 40 sizes of change at which the distance is taken",
  needs:
    "a table with a column of sizes, such as spine_vol_um3 in soma_subgraph_synapses_spines_v185.csv of Dorkenwald et al. 2022 (doi:10.5281/zenodo.3710459)",
  draw: (rows, document) =>
    sizesBeforeAndAfter(modelsOf(rows), curvesOf(rows), { document, notes: doubtsOf(rows) }),
  data: (rows) => rows,
  compare: (rows) => rows.filter(({ part }) => part === "fit").flatMap(compared),
};

const potentialsOf = (rows: readonly FigureRow[]) => [
  ...new Set(rows.map(({ potential }) => String(potential))),
];

const doubtsOf = (rows: readonly FigureRow[]) =>
  rows.flatMap(({ potential, doubt }) => (typeof doubt === "string" ? `${potential}: ${doubt}.` : []));

/** The starts that are drawn, the first that there is. */
const DRAWN: readonly Start[] = ["two points", "largest change", "smallest change"];

function modelsOf(rows: readonly FigureRow[]): readonly SizeModel[] {
  return potentialsOf(rows).flatMap((potential): SizeModel[] => {
    const own = rows.filter((row) => row.potential === potential);
    const fits = DRAWN.flatMap((start) => own.filter((row) => row.part === "fit" && row.start === start));
    if (fits.length === 0) return [];
    const [fit] = fits;
    const points = own.filter(({ part }) => part === "point");
    return [
      {
        potential,
        ratio: Number(fit.ratio),
        wasserstein: Number(fit.wasserstein),
        belowZero: Number(fit.belowZero),
        points: points.map(({ weight, share }) => ({ weight: Number(weight), share: Number(share) })),
        bins: binsOf(own, fit.start),
        sameChange: binsOf(own, "same change"),
      },
    ];
  });
}

const binsOf = (rows: readonly FigureRow[], start: unknown): readonly SizeBin[] =>
  rows
    .filter((row) => row.part === "bin" && row.start === start)
    .map(({ low, high, initial, final, observed }) => ({
      low: Number(low),
      high: Number(high),
      initial: Number(initial),
      final: Number(final),
      observed: Number(observed),
    }));

function curvesOf(rows: readonly FigureRow[]) {
  return potentialsOf(rows).map((potential) => {
    const own = rows.filter((row) => row.potential === potential && row.part === "width");
    return {
      potential,
      widths: own.map(({ ratio, distance }) => ({ ratio: Number(ratio), distance: Number(distance) })),
      critical: Number(own[0]?.critical),
    };
  });
}

const WORDS: Readonly<Record<Start, string>> = {
  "two points": "two points",
  "largest change": "the largest change that fits",
  "smallest change": "the smallest change looked at",
  "same change": "a change as large as that of two log-normals",
};

/** Models that are to fit are judged; those that show what is excluded are not. */
function compared({
  potential,
  start,
  distance,
  critical,
  ratio,
  belowZero,
  wasserstein,
}: FigureRow): readonly Comparison[] {
  const model = Object.entries(WORDS).find(([name]) => name === start)?.[1];
  const what = (quantity: string) => `${quantity}, ${potential}, ${model}`;
  const excluded = start === "same change";
  return [
    comparisonOf({
      what: what("Kolmogorov's distance"),
      expected: 0,
      source: FIT,
      found: Number(distance),
      tolerance: excluded ? null : Number(critical),
      note: `σ ${Number(ratio).toPrecision(3)} SD of the dual weights, W₁ ${Number(wasserstein).toPrecision(3)}${excluded && Number(distance) > Number(critical) ? "; excluded" : ""}`,
    }),
    ...(Number(belowZero) > 0
      ? [
          comparisonOf({
            what: what("share below zero"),
            expected: 0,
            source: BELOW,
            found: Number(belowZero),
          }),
        ]
      : []),
  ];
}
