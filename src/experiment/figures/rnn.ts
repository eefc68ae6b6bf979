/** The figure `rnn`: recurrent networks learned and finetuned in one geometry, and which one their weights show. */

import { parsePotential, potentialOfExponent } from "../../geometry/index.ts";
import { type FinetunedNetwork, finetunedNetworks } from "../../plot/index.ts";
import {
  type Comparison,
  comparisonOf,
  type FigureDefinition,
  type FigureRow,
} from "../figure-definition.ts";

const SOURCE = "the geometry that the networks learned in (protocol of Pogodin et al. 2024, appendix)";

/** Half the distance of two named geometries: within it the nearest name is the right one. */
const TOLERANCE = 0.25;

export const rnn: FigureDefinition = {
  name: "rnn",
  summary:
    "digits learned and finetuned by recurrent networks in three geometries (Pogodin et al. 2024, appendix)",
  plans: { quick: ["rnn-quick"], full: ["rnn-full"] },
  leftOut: "1000 neurons, eight of ten seeds and the search of learning rates",
  draw: (rows, document) => finetunedNetworks(networksOf(rows), { document }),
  data: (rows) => rows,
  compare: (rows) => {
    const networks = networksOf(rows);
    const groups = [...new Set(networks.map(groupOf))];
    return groups.flatMap((name) =>
      compared(
        name,
        networks.filter((network) => groupOf(network) === name),
      ),
    );
  },
};

const groupOf = ({ potential, hidden }: Network) => `${potential}, H = ${hidden}`;

interface Network extends FinetunedNetwork {
  /** The geometry that is named, or why none is. */
  readonly verdict: string;
}

/** One a run, with all that its change was scored under. */
function networksOf(rows: readonly FigureRow[]): readonly Network[] {
  return [...new Set(rows.map(({ run }) => run))].map((run): Network => {
    const own = rows.filter((row) => row.run === run);
    const [first] = own;
    const potential = String(first["pretraining.geometry.potential"]);
    return {
      potential,
      exponent: parsePotential(potential).exponent ?? Number.NaN,
      hidden: Number(first["pretraining.model.hidden"]),
      estimate: numberOf(first.exponent),
      low: numberOf(first.exponentLow),
      high: numberOf(first.exponentHigh),
      floor: numberOf(first.floor),
      verdict: String(first.verdict),
      scores: own.flatMap(({ testedExponent, deltaCdf }) =>
        typeof testedExponent === "number" && typeof deltaCdf === "number"
          ? [{ exponent: testedExponent, deltaCdf }]
          : [],
      ),
    };
  });
}

const numberOf = (cell: unknown) => (typeof cell === "number" ? cell : null);
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function compared(name: string, networks: readonly Network[]): readonly Comparison[] {
  const [{ potential, exponent }] = networks;
  const against = (what: string, expected: number, found: number, tolerance: number, note = "") =>
    comparisonOf({ what: `${what}, ${name}`, expected, source: SOURCE, found, tolerance, note });
  const named = networks.filter(({ verdict }) => verdict === potential);
  const others = [...new Set(networks.map(({ verdict }) => verdict))].filter(
    (verdict) => verdict !== potential,
  );
  const estimates = networks.flatMap(({ estimate }) => estimate ?? []);
  const nearest = leastScore(networks);
  return [
    against(
      "share of networks named by it",
      1,
      named.length / networks.length,
      0,
      others.length === 0 ? "" : `also ${others.join(", ")}`,
    ),
    ...(estimates.length === 0 ? [] : [against("mean λ", exponent, meanOf(estimates), TOLERANCE)]),
    ...(nearest === null
      ? []
      : [
          against(
            "λ of the least mean ΔCDF",
            exponent,
            nearest,
            0,
            nearest === exponent ? "" : potentialOfExponent(nearest).name,
          ),
        ]),
  ];
}

/** The exponent whose potential makes the change most Gaussian, in the mean of the networks. */
function leastScore(networks: readonly Network[]): number | null {
  const scores = networks.flatMap((network) => network.scores);
  const means = [...new Set(scores.map(({ exponent }) => exponent))].map((exponent) => {
    const own = scores.filter((score) => score.exponent === exponent);
    return { exponent, deltaCdf: meanOf(own.map(({ deltaCdf }) => deltaCdf)) };
  });
  const inOrder = means.toSorted((a, b) => a.deltaCdf - b.deltaCdf);
  return inOrder.length === 0 ? null : inOrder[0].exponent;
}
