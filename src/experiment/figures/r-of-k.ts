/** The figure `r-of-k`: few relevant among many binary inputs, learned by gradient descent and by exponentiated gradient. */

import { irrelevantInputs } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";

const SOURCE = "Cornford et al. 2024, Fig. 4B, doi:10.1101/2024.10.25.620272";

/** k: inputs that matter. */
const RELEVANT = 100;

/** Shares of the difference that the draw of three data sets makes: two standard deviations and a little. */
const TOLERANCE = 0.02;

/** Final accuracy, the mean of three seeds, at the best rate. */
const published = [
  { potential: "2-norm", inputs: 200, accuracy: 0.973, rate: 0.5 },
  { potential: "2-norm", inputs: 2000, accuracy: 0.705, rate: 0.01 },
  { potential: "2-norm", inputs: 20_000, accuracy: 0.481, rate: 0.01 },
  { potential: "negative-entropy", inputs: 200, accuracy: 0.969, rate: 0.75 },
  { potential: "negative-entropy", inputs: 2000, accuracy: 0.929, rate: 1 },
  { potential: "negative-entropy", inputs: 20_000, accuracy: 0.898, rate: 1 },
] as const;

export const rOfK: FigureDefinition = {
  name: "r-of-k",
  summary: "accuracy against the number of irrelevant inputs, both rules (Cornford et al. 2024, Fig. 4B)",
  plans: { quick: ["r-of-k-quick"], full: ["r-of-k-full"] },
  leftOut: "the networks with 20,000 inputs",
  draw: (rows, document) =>
    irrelevantInputs(
      networksOf(rows).filter(({ search }) => search),
      published.map((point) => ({ ...point, irrelevant: point.inputs - RELEVANT })),
      { document },
    ),
  data: (rows) =>
    networksOf(rows).map(({ search, ...network }) => ({
      ...network,
      rate: search ? "searched" : "published",
    })),
  compare: (rows) => {
    const networks = networksOf(rows);
    return published.flatMap((point) => [
      ...compared(point, networks, true),
      ...compared(point, networks, false),
    ]);
  },
};

interface Network {
  readonly potential: string;
  readonly inputs: number;
  readonly irrelevant: number;
  /** Whether its rate was searched. */
  readonly search: boolean;
  readonly learningRate: number;
  readonly seed: number;
  readonly accuracy: number;
  readonly run: string;
}

/** Those that ended with an accuracy. */
function networksOf(rows: readonly FigureRow[]): readonly Network[] {
  return rows.flatMap((row): Network[] => {
    const { heldOutAccuracy: accuracy, learningRate, run } = row;
    if (typeof accuracy !== "number" || typeof learningRate !== "number") return [];
    const inputs = Number(row["task.inputs"]);
    return [
      {
        potential: String(row["geometry.potential"]),
        inputs,
        irrelevant: inputs - RELEVANT,
        search: typeof row["learning.learningRate"] !== "number",
        learningRate,
        seed: Number(row.seed),
        accuracy,
        run,
      },
    ];
  });
}

function compared(
  { potential, inputs, accuracy, rate }: (typeof published)[number],
  networks: readonly Network[],
  search: boolean,
): readonly Comparison[] {
  const own = networks.filter(
    (network) => network.potential === potential && network.inputs === inputs && network.search === search,
  );
  if (own.length === 0) return [];
  const rates = [...new Set(own.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const how = search ? "rate searched" : `rate ${rate}`;
  return [
    comparisonOf({
      what: `accuracy, ${potential}, ${inputs} inputs, ${how}`,
      expected: accuracy,
      source: SOURCE,
      found: own.reduce((sum, network) => sum + network.accuracy, 0) / own.length,
      tolerance: TOLERANCE,
      note: [
        ...(search ? [`rates found ${rates.join(", ")}, published ${rate}`] : []),
        ...(inputs === 20_000
          ? ["its last steps decide, seeds end up to 16 points apart (docs/learning.md)"]
          : []),
      ].join("; "),
    }),
  ];
}
