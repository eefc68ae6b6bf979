/** The figure `spines`: which weights before learning could have become the spine volumes that are seen. */

import {
  formatNumber,
  formatPercent,
  type SizeBin,
  type SizeModel,
  sizesBeforeAndAfter,
} from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";
import type { Start } from "../initial-laws.ts";

const MESSAGE =
  "Pogodin et al. 2024: the volumes can come about in the negative entropy and the 3-norm (Fig. 5), not in the Euclidean geometry (abstract)";
const CHANCE = "the observed sizes, from which 5 of 100 resamples of them are further than the tolerance";
const BELOW = "no spine has a volume below zero; with a share of 3/n none of n is missed in 5 of 100 cases";

const RESAMPLED =
  "W₁ in parentheses: of 95 % of resamples of the synapses, for each of which the start was found again; each holds some synapses twice, which makes it larger.";

/** What the paper excludes: 1 for yes. */
const EXCLUDED: Readonly<Record<string, number>> = { "negative-entropy": 0, "3-norm": 0, "2-norm": 1 };

/** The mixture in the 1961 volumes of Dorkenwald et al. 2022, which are known by their SHA-256. */
const published = {
  contents: "d3b951b398a379bfc8e20d071007f534e866e32b85659636548e161fc7c4528c",
  source:
    "the same mixture by maximum likelihood in numpy, apart from this software, of the volumes of Dorkenwald et al. 2022 (doi:10.5281/zenodo.3710459)",
  /** exp μ, exp μ of the other, share of the first, σ of ln v. */
  points: [Math.exp(-3.29318), Math.exp(-1.84067)],
  share: 0.73854,
  deviation: 0.53982,
  /** The likelihood is flat: both climb it to some 10⁻⁴ of a number. */
  tolerance: 1e-3,
} as const;

export const spines: FigureDefinition = {
  name: "spines",
  summary:
    "spine volumes, and the weights before learning that give them in three geometries (Pogodin et al. 2024, Fig. 5)",
  plans: { quick: ["spines-quick"], full: ["spines-full"] },
  leftOut:
    "28 of the 40 sizes of change at which the distance is taken, and the 200 resamples of the synapses that show how sure W₁ is",
  needs:
    "a table with a column of sizes, such as spine_vol_um3 in soma_subgraph_synapses_spines_v185.csv of Dorkenwald et al. 2022 (doi:10.5281/zenodo.3710459)",
  draw: (rows, document) =>
    sizesBeforeAndAfter(modelsOf(rows), curvesOf(rows), {
      document,
      unit: unitOf(rows),
      notes: [...doubtsOf(rows), ...messageOf(rows), ...(rows.some(intervalOf) ? [RESAMPLED] : [])],
    }),
  data: (rows) => rows,
  compare: (rows) => potentialsOf(rows).flatMap((potential) => compared(rows, potential)),
};

const potentialsOf = (rows: readonly FigureRow[]) => [
  ...new Set(rows.map(({ potential }) => String(potential))),
];

/** The lines of one part in one geometry. */
const own = (rows: readonly FigureRow[], potential: string, part: string) =>
  rows.filter((row) => row.potential === potential && row.part === part);
const fitOf = (rows: readonly FigureRow[], potential: string, start: Start) =>
  own(rows, potential, "fit").find((row) => row.start === start);

function unitOf(rows: readonly FigureRow[]): string | null {
  const unit = rows.find(({ part }) => part === "sizes")?.unit;
  return typeof unit === "string" ? unit : null;
}

const doubtsOf = (rows: readonly FigureRow[]) =>
  rows.flatMap((row) => (doubtOf(row) === null ? [] : `${row.potential}: ${doubtOf(row)}.`));

/** The starts that are drawn, the first that there is. */
const DRAWN: readonly Start[] = ["two points", "largest change", "smallest change"];

function modelsOf(rows: readonly FigureRow[]): readonly SizeModel[] {
  return potentialsOf(rows).flatMap((potential): SizeModel[] => {
    const [fit] = DRAWN.flatMap((start) => fitOf(rows, potential, start) ?? []);
    if (fit === undefined) return [];
    return [
      {
        potential,
        ratio: Number(fit.ratio),
        wasserstein: Number(fit.wasserstein),
        interval: intervalOf(fit),
        belowZero: Number(fit.belowZero),
        points: own(rows, potential, "point").map(({ weight, share }) => ({
          weight: Number(weight),
          share: Number(share),
        })),
        bins: binsOf(rows, potential, fit.start),
        sameChange: binsOf(rows, potential, "same change"),
      },
    ];
  });
}

/** Between which W₁ 95 % of the resamples lie; null without resamples. */
const intervalOf = ({ wassersteinLow: low, wassersteinHigh: high }: FigureRow) =>
  typeof low === "number" && typeof high === "number" ? { low, high } : null;

const binsOf = (rows: readonly FigureRow[], potential: string, start: unknown): readonly SizeBin[] =>
  own(rows, potential, "bin")
    .filter((row) => row.start === start)
    .map(({ low, high, initial, final, observed }) => ({
      low: Number(low),
      high: Number(high),
      initial: Number(initial),
      final: Number(final),
      observed: Number(observed),
    }));

const curvesOf = (rows: readonly FigureRow[]) =>
  potentialsOf(rows).map((potential) => ({
    potential,
    widths: own(rows, potential, "width").map(({ ratio, distance }) => ({
      ratio: Number(ratio),
      distance: Number(distance),
    })),
    critical: Number(own(rows, potential, "sizes")[0]?.critical),
  }));

/** Whether a start is too far from what is seen, by Kolmogorov's distance; null where its run is missing. */
function isExcluded(rows: readonly FigureRow[], potential: string, start: Start): boolean | null {
  const fit = fitOf(rows, potential, start);
  const [sizes] = own(rows, potential, "sizes");
  return fit === undefined || sizes === undefined ? null : Number(fit.distance) > Number(sizes.critical);
}

/** The change of the two log-normals: in the negative entropy it is that from the two points itself. */
const sameChangeOf = (potential: string): Start =>
  potential === "negative-entropy" ? "two points" : "same change";

/** What is excluded, and whether that is the paper's message; nothing before all geometries are there. */
function messageOf(rows: readonly FigureRow[]): readonly string[] {
  const geometries = Object.keys(EXCLUDED);
  const excluded = geometries.filter((potential) => isExcluded(rows, potential, sameChangeOf(potential)));
  const never = geometries.filter((potential) => isExcluded(rows, potential, "smallest change"));
  const isThere = geometries.every((potential) => potentialsOf(rows).includes(potential));
  if (!isThere) return [];
  const critical = own(rows, geometries[0], "sizes")[0].critical;
  const far = excluded.map((potential) => {
    const fit = fitOf(rows, potential, sameChangeOf(potential));
    return `${potential} (distance ${formatNumber(Number(fit?.distance))}, ${formatPercent(Number(fit?.belowZero))} below zero)`;
  });
  const isReproduced = excluded.join() === "2-norm" && never.every((potential) => potential === "2-norm");
  return [
    `Excluded with a change as large as that of the two log-normals, where a distance of ${formatNumber(Number(critical))} fits: ${far.join(", ") || "no geometry"}. Excluded with every change that was tried: ${never.join(", ") || "no geometry"}.`,
    `That the Euclidean geometry alone is excluded is ${isReproduced ? "" : "not "}reproduced.`,
  ];
}

function compared(rows: readonly FigureRow[], potential: string): readonly Comparison[] {
  return [
    ...mixtureCompared(rows, potential),
    ...excludedCompared(rows, potential),
    ...distancesCompared(rows, potential),
  ];
}

/** Where the sizes are the published ones: against a fit that shares no code with ours. */
function mixtureCompared(rows: readonly FigureRow[], potential: string): readonly Comparison[] {
  const fit = fitOf(rows, potential, "two points");
  const [sizes] = own(rows, potential, "sizes");
  if (fit === undefined || sizes?.contents !== published.contents) return [];
  const [low, high] = own(rows, potential, "point");
  const against = (what: string, expected: number, found: unknown) =>
    comparisonOf({
      what: `${what} of the two log-normals`,
      expected,
      source: published.source,
      found: Number(found),
      tolerance: published.tolerance * expected,
    });
  return [
    against("the smaller size", published.points[0], low.weight),
    against("the larger size", published.points[1], high.weight),
    against("share of the smaller", published.share, low.share),
    against("σ", published.deviation, fit.deviation),
  ];
}

/** A doubtful start is no finding, so that nothing of it is judged. */
const doubtOf = ({ doubt }: FigureRow) => (typeof doubt === "string" ? doubt : null);
const judged = (fit: FigureRow, tolerance: number) => (doubtOf(fit) === null ? tolerance : null);

/** 1 where a change is excluded, with that of the two log-normals and with every one, as the paper has it. */
function excludedCompared(rows: readonly FigureRow[], potential: string): readonly Comparison[] {
  const expected = EXCLUDED[potential];
  const [sizes] = own(rows, potential, "sizes");
  const against = (what: string, start: Start): readonly Comparison[] => {
    const fit = fitOf(rows, potential, start);
    if (fit === undefined || expected === undefined) return [];
    const [ratio, distance, critical] = [fit.ratio, fit.distance, sizes.critical].map(Number);
    const words = `σ ${formatNumber(ratio)} SD of the dual weights, Kolmogorov's distance ${formatNumber(distance)} (${formatNumber(critical)} fits)`;
    return [
      comparisonOf({
        what: `excluded (1) or not (0): ${potential}, ${what}`,
        expected,
        source: MESSAGE,
        found: distance > critical ? 1 : 0,
        tolerance: judged(fit, 0),
        note: [words, doubtOf(fit) ?? []].flat().join("; "),
      }),
    ];
  };
  const size =
    potential === "negative-entropy"
      ? "the change of the two log-normals"
      : "a change as large as that of the two log-normals";
  return [
    ...against(size, sameChangeOf(potential)),
    ...against("every change", "largest change"),
    ...against("every change", "smallest change"),
  ];
}

const STARTS: Readonly<Record<Start, string>> = {
  "two points": "from two points",
  "largest change": "the largest change that fits",
  "smallest change": "the smallest change tried",
  "same change": "a change as large as that of the two log-normals",
};

/** Of each start against the observed sizes: W₁, which no start was chosen by, and what lies below zero. */
function distancesCompared(rows: readonly FigureRow[], potential: string): readonly Comparison[] {
  const [sizes] = own(rows, potential, "sizes");
  return own(rows, potential, "fit").flatMap((fit) => {
    const start = Object.entries(STARTS).find(([name]) => name === fit.start)?.[1];
    const interval = intervalOf(fit);
    const resampled =
      interval === null
        ? []
        : [`95 % of the resamples from ${formatNumber(interval.low)} to ${formatNumber(interval.high)}`];
    const of = (quantity: string) => `${quantity}, ${potential}, ${start}`;
    const common = { expected: 0, note: doubtOf(fit) ?? "" };
    return [
      comparisonOf({
        ...common,
        note: [doubtOf(fit) ?? [], resampled].flat().join("; "),
        what: of("W₁"),
        source: CHANCE,
        found: Number(fit.wasserstein),
        tolerance: judged(fit, Number(sizes.wassersteinCritical)),
      }),
      ...(potential === "negative-entropy"
        ? []
        : [
            comparisonOf({
              ...common,
              what: of("share below zero"),
              source: BELOW,
              found: Number(fit.belowZero),
              tolerance: judged(fit, 3 / Number(sizes.count)),
            }),
          ]),
    ];
  });
}
