/** The figure `accuracy`: how often each method picks the true geometry of simulated pairs. */

import { accuracy as draw, type GroupPoint, type PanelPoint } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";
import {
  dataSetsOf,
  REFERENCE_SOURCE,
  type ReferenceRow,
  referenceRows,
  settingsOf,
} from "./accuracy-reference.ts";

/** Standard errors of the difference: of 160 shares one lies outside by chance in one comparison of a hundred. */
const STANDARD_ERRORS = 4;
/** The reference is known to two decimals. */
const ROUNDING = 0.005;
/** How the reference takes weights that additive noise carries across zero is not known; it matters for measures of normality. */
const ACROSS_ZERO = 0.03;

export const accuracy: FigureDefinition = {
  name: "accuracy",
  summary:
    "who finds the right geometry: ΔCDF, normality, likelihood and ranks against pairs, noise, law and pooled groups",
  plans: {
    quick: ["accuracy-quick", "accuracy-groups-quick"],
    full: ["accuracy-full", "accuracy-groups-full"],
  },
  leftOut: "100,000 pairs, and most of the repeats: shares are known to 0.03 in place of 0.01",
  draw: (rows, document) => {
    const cells = cellsOf(rows);
    return draw(panelPoints(cells), groupPoints(cells), { document });
  },
  data: (rows) =>
    cellsOf(rows).map(({ settings: _, dataSets, rightOfThree, rightOfFive, ...cell }) => ({
      ...cell,
      dataSets,
      rightOfThree: rightOfThree / dataSets,
      rightOfFive: rightOfFive / dataSets,
    })),
  compare: (rows) => {
    const cells = cellsOf(rows);
    return referenceRows.flatMap((reference) => compared(reference, cells));
  },
};

/** Runs that differ in the true geometry, the start and the size of the change, taken together. */
interface Cell {
  readonly pairs: number;
  readonly law: "gaussian" | "student-4" | "silent" | "drift";
  readonly noise: "none" | "multiplicative" | "additive";
  /** How groups are treated; `none` where there are none. */
  readonly groups: "none" | GroupPoint["groups"];
  readonly method: string;
  /** Runs, one each of a geometry, a start and a size of change. */
  readonly settings: number;
  readonly dataSets: number;
  readonly rightOfThree: number;
  readonly rightOfFive: number;
}

function cellsOf(rows: readonly FigureRow[]): readonly Cell[] {
  const cells = new Map<string, Cell>();
  for (const row of rows) {
    // A method that gave no answer at all was not tried.
    if (row.answered === 0) continue;
    const one = cellOf(row);
    const { pairs, law, noise, groups, method } = one;
    const key = [pairs, law, noise, groups, method].join(" ");
    const before = cells.get(key);
    cells.set(key, before === undefined ? one : { ...one, ...sum(before, one) });
  }
  return [...cells.values()];
}

function cellOf(row: FigureRow): Cell {
  const number = (name: string) => Number(row[name] ?? 0);
  const groups = row["measure.groups"];
  const law = String(row.law ?? "gaussian");
  return {
    pairs: typeof row.pairs === "number" ? row.pairs : GROUPED_PAIRS,
    law: number("drift") > 0 ? "drift" : law === "student-4" || law === "silent" ? law : "gaussian",
    noise:
      number("noise.multiplicative") > 0
        ? "multiplicative"
        : number("noise.additive") > 0
          ? "additive"
          : "none",
    groups: groups === "own" || groups === "pooled" ? groups : "none",
    method: String(row.method),
    settings: 1,
    dataSets: number("dataSets"),
    rightOfThree: number("rightOfThree"),
    rightOfFive: number("rightOfFive"),
  };
}

/** Of the plans with groups, which do not vary it. */
const GROUPED_PAIRS = 4000;

type Counts = Pick<Cell, "settings" | "dataSets" | "rightOfThree" | "rightOfFive">;

const sum = (a: Counts, b: Counts): Counts => ({
  settings: a.settings + b.settings,
  dataSets: a.dataSets + b.dataSets,
  rightOfThree: a.rightOfThree + b.rightOfThree,
  rightOfFive: a.rightOfFive + b.rightOfFive,
});

const LAW_WORDS = {
  gaussian: "Gaussian",
  "student-4": "t₄",
  silent: "70 % silent",
  drift: "drift 0.7 SD",
} as const;
const NOISE_WORDS = {
  none: "no noise",
  multiplicative: "10 % multiplicative noise, unknown to the methods",
  additive: "10 % additive noise, unknown to the methods",
} as const;

const panelPoints = (cells: readonly Cell[]): PanelPoint[] =>
  cells
    .filter(({ groups }) => groups === "none")
    .map(({ pairs, law, noise, method, rightOfFive, dataSets }) => ({
      pairs,
      method,
      law: LAW_WORDS[law],
      noise: NOISE_WORDS[noise],
      share: rightOfFive / dataSets,
    }));

const groupPoints = (cells: readonly Cell[]): GroupPoint[] =>
  cells.flatMap(({ groups, method, rightOfFive, dataSets }) =>
    groups === "none" ? [] : [{ groups, method, share: rightOfFive / dataSets }],
  );

function compared(reference: ReferenceRow, cells: readonly Cell[]): readonly Comparison[] {
  const { pairs, law, noise, shares } = reference;
  const isOwn = (cell: Cell) =>
    cell.groups === "none" &&
    cell.pairs === pairs &&
    cell.noise === noise &&
    (law === "all" ? cell.law !== "drift" : cell.law === law);
  return Object.entries(shares).flatMap(([method, expected]): Comparison[] => {
    const own = cells.filter((cell) => cell.method === method && isOwn(cell));
    if (expected === null || own.length === 0) return [];
    const { settings, rightOfFive, dataSets } = own.map((cell): Counts => cell).reduce(sum);
    if (settings < settingsOf(reference)) return [];
    const error = errorOfDifference({ right: rightOfFive, dataSets }, expected, dataSetsOf(reference));
    return [
      comparisonOf({
        what: `right of five, ${method}, ${law === "all" ? "all laws" : LAW_WORDS[law]}, noise ${noise}, n = ${pairs}`,
        expected,
        source: REFERENCE_SOURCE,
        found: rightOfFive / dataSets,
        tolerance: STANDARD_ERRORS * error + ROUNDING + (noise === "additive" ? ACROSS_ZERO : 0),
      }),
    ];
  });
}

/** √(p(1 − p)(1/n₁ + 1/n₂)) with the share of both together, one right and one wrong added so that it is never 0. */
function errorOfDifference(
  { right, dataSets }: { readonly right: number; readonly dataSets: number },
  expected: number,
  behind: number,
): number {
  const share = (right + expected * behind + 1) / (dataSets + behind + 2);
  return Math.sqrt(share * (1 - share) * (1 / dataSets + 1 / behind));
}
