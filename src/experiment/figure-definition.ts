/** What a figure of a paper is: the plans that make its numbers, the drawing, and the distance to what was published. */

import type { Row } from "./run-kind.ts";

/** `quick`: two minutes on two cores at most. `full`: the size of the paper. */
export type FigureScale = "quick" | "full";

/** A published or reference number beside ours. */
export interface Comparison {
  /** What is compared, such as `ΔCDF, negative-entropy, D = 324, N = D^0.5`. */
  readonly what: string;
  readonly expected: number;
  /** Where the expected number is from: paper, figure or table, year. */
  readonly source: string;
  readonly found: number;
  /** found − expected. */
  readonly difference: number;
  /** The difference that is still inside, in the unit of the number; null where none is stated. */
  readonly tolerance: number | null;
  /** Null without a tolerance. */
  readonly inside: boolean | null;
  /** One sentence where there is something to say, such as noise-limited; else empty. */
  readonly note: string;
}

/** A number beside ours, with what follows of both. */
export function comparisonOf({
  tolerance = null,
  note = "",
  ...given
}: Pick<Comparison, "what" | "expected" | "source" | "found"> & Partial<Comparison>): Comparison {
  const difference = given.found - given.expected;
  return {
    ...given,
    difference,
    tolerance,
    inside: tolerance === null ? null : Math.abs(difference) <= tolerance,
    note,
  };
}

export const COMPARISON_SCHEMA = "syngeo.comparison/1";

/** The content of `comparison.json`. */
export interface FigureComparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly figure: string;
  readonly scale: FigureScale;
  /** Empty where nothing is left out. */
  readonly leftOut: string;
  readonly comparisons: readonly Comparison[];
  /** Runs whose result is doubtful, and why. */
  readonly doubtful: readonly { readonly id: string; readonly message: string }[];
  /** Of how many runs the numbers are, and of how many they will be. */
  readonly runs: { readonly complete: number; readonly planned: number };
  readonly seconds: number;
}

/** A line of results: the settings of its run that the plan varies, and what the run found. */
export interface FigureRow extends Row {
  /** The run that it is from. */
  readonly run: string;
}

/** One figure: a file in `figures/` and a row in `figures.ts`. */
export interface FigureDefinition {
  /** What people type. */
  readonly name: string;
  /** One line for `syngeo figure --help`, with the figure of the paper, its authors and year. */
  readonly summary: string;
  /** Plans of each scale, by file name under `plans/` without `.json`; several are run one after the other. */
  readonly plans: Readonly<Record<FigureScale, readonly string[]>>;
  /** What `quick` leaves out, in one sentence. */
  readonly leftOut: string;
  /** What file or folder of the user's it needs, which its plans take as the setting `data`; left out where it needs none. */
  readonly needs?: string;
  /** One panel or several, as one SVG. Draws whatever rows there are, so that a figure can be seen before all runs are done. */
  draw(rows: readonly FigureRow[], document: Document): SVGElement;
  /** The rows as they are kept in `data.csv` and `data.json`: all that the drawing shows. */
  data(rows: readonly FigureRow[]): readonly Row[];
  /** Published and reference numbers beside ours (`comparisonOf`); those whose runs are missing are left out. */
  compare(rows: readonly FigureRow[]): readonly Comparison[];
}
