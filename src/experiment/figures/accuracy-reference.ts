/** How often methods found the right one of five geometries in a simulation made apart from this software. */

import { type ScoringMethod, scoringMethods } from "../../inference/index.ts";

/** Where the shares are from; there is no publication of them. */
export const REFERENCE_SOURCE = "reference simulation (numpy and scipy, 2026), not published";

/** One row of a table: settings, and shares right of five to two decimals; null where a method was not tried. */
export interface ReferenceRow {
  readonly pairs: number;
  readonly law: "gaussian" | "student-4" | "silent" | "drift" | "all";
  readonly noise: "none" | "multiplicative" | "additive";
  readonly shares: Readonly<Partial<Record<ScoringMethod, number | null>>>;
}

/** Columns of the tables; the headline estimator was not among them. */
const METHODS = scoringMethods.filter((method) => method !== "rank-independence");

type Shares = readonly [number, number, number, number | null, number, number, number];

const row = (
  pairs: number,
  law: ReferenceRow["law"],
  noise: ReferenceRow["noise"],
  shares: Shares,
): ReferenceRow => ({
  pairs,
  law,
  noise,
  shares: Object.fromEntries(METHODS.map((method, k) => [method, shares[k]])),
});

/** Data sets of each setting, by pairs; a row is the mean over 3 geometries, 2 starts and 4 sizes of change. */
const REPEATS: Readonly<Record<number, number>> = { 50: 300, 200: 300, 1000: 150, 100000: 8 };
const SETTINGS = 24;
/** `all` laws are those without drift. */
const LAWS = 3;

/** Settings that a row is the mean over. */
export const settingsOf = ({ law }: ReferenceRow): number => SETTINGS * (law === "all" ? LAWS : 1);

/** Data sets in all behind a row. */
export const dataSetsOf = (row: ReferenceRow): number => settingsOf(row) * REPEATS[row.pairs];

/** Without noise by law, with noise over all laws. */
export const referenceRows: readonly ReferenceRow[] = [
  row(50, "gaussian", "none", [0.6, 0.69, 0.68, 0.66, 0.97, 0.97, 0.87]),
  row(50, "student-4", "none", [0.59, 0.64, 0.65, 0.58, 0.88, 0.94, 0.85]),
  row(50, "silent", "none", [0.46, 0.49, 0.44, 0.5, 0.65, 0.67, 0.74]),
  row(50, "drift", "none", [0.01, 0.75, 0.74, 0.73, 0.98, 0.98, 0.83]),
  row(200, "gaussian", "none", [0.84, 0.88, 0.88, 0.89, 1, 1, 0.99]),
  row(200, "student-4", "none", [0.74, 0.74, 0.75, 0.65, 0.94, 1, 0.99]),
  row(200, "silent", "none", [0.61, 0.62, 0.58, 0.66, 0.77, 0.82, 0.96]),
  row(200, "drift", "none", [0, 0.92, 0.92, 0.92, 1, 1, 0.96]),
  row(1000, "gaussian", "none", [0.94, 0.95, 0.95, 0.96, 1, 1, 1]),
  row(1000, "student-4", "none", [0.77, 0.77, 0.78, 0.68, 0.94, 1, 1]),
  row(1000, "silent", "none", [0.68, 0.68, 0.64, 0.7, 0.82, 0.89, 1]),
  row(1000, "drift", "none", [0, 0.98, 0.98, 0.97, 1, 1, 0.99]),
  row(100_000, "gaussian", "none", [1, 1, 1, null, 1, 1, 1]),
  row(100_000, "student-4", "none", [0.79, 0.79, 0.79, null, 0.92, 1, 1]),
  row(100_000, "silent", "none", [0.71, 0.71, 0.65, null, 0.83, 0.92, 1]),
  row(100_000, "drift", "none", [0, 1, 1, null, 1, 1, 1]),
  row(50, "all", "multiplicative", [0.41, 0.44, 0.44, 0.43, 0.58, 0.57, 0.49]),
  row(200, "all", "multiplicative", [0.51, 0.52, 0.52, 0.52, 0.59, 0.59, 0.53]),
  row(1000, "all", "multiplicative", [0.52, 0.52, 0.53, 0.53, 0.59, 0.6, 0.53]),
  row(100_000, "all", "multiplicative", [0.53, 0.53, 0.53, null, 0.6, 0.61, 0.53]),
  row(50, "all", "additive", [0.27, 0.29, 0.29, 0.28, 0.41, 0.42, 0.37]),
  row(200, "all", "additive", [0.31, 0.31, 0.31, 0.31, 0.41, 0.44, 0.44]),
  row(1000, "all", "additive", [0.32, 0.32, 0.33, 0.32, 0.41, 0.44, 0.45]),
  row(100_000, "all", "additive", [0.33, 0.33, 0.33, null, 0.39, 0.44, 0.44]),
];
