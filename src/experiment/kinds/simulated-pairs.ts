/** The kind of run `simulated-pairs`: pairs of a known geometry, drawn many times, and what methods make of them. */

import { InputError } from "../../errors.ts";
import { type Potential, parsePotential } from "../../geometry/index.ts";
import {
  DEFAULT_POTENTIALS,
  deltaCdf,
  leastScore,
  type PairedWeights,
  type ScoringMethod,
  scoreExponents,
  scoringMethods,
  simulatePairs,
} from "../../inference/index.ts";
import { createRandom } from "../../random.ts";
import type { Row, RunKind, RunOutcome, RunTools } from "../run-kind.ts";
import { checkedSettings, type DeepReadonly, z } from "../schema.ts";

const count = z.int().positive();
const positive = z.number().positive();
const notNegative = z.number().min(0);

const measure = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("delta-cdf"),
    /** The potentials that ΔCDF is taken under. */
    potentials: z.array(z.string()).min(1),
  }),
  z.strictObject({
    name: z.literal("choice"),
    /** Whether each group has a mean and a scale of its own, or all pairs are taken as one group. */
    groups: z.enum(["own", "pooled"]).default("own"),
  }),
]);

const settings = z.strictObject({
  /** n. */
  pairs: z.int().min(10).max(10_000_000),
  /** The geometry in which the weights change: the negative entropy or a p-norm. */
  potential: z.string(),
  start: z.enum(["log-normal", "normal"]),
  /** SD of a normal start, median of a log-normal one. */
  weightScale: positive.default(1),
  /** RMS of the weight change over that of the weights, or σ of the dual change. */
  change: z.union([z.strictObject({ relative: positive }), z.strictObject({ dual: positive })]),
  law: z.enum(["gaussian", "student-4", "silent"]).default("gaussian"),
  /** Mean of the dual change in its SDs. */
  drift: z.number().default(0),
  groups: count.default(1),
  /** SD of both readings, as shares of the mean size and of each size. */
  noise: z
    .strictObject({ additive: notNegative.default(0), multiplicative: notNegative.default(0) })
    .default({ additive: 0, multiplicative: 0 }),
  /** How often the pairs are drawn. */
  repeats: count,
  seed: z.int().min(0).default(1),
  measure,
});

export type SimulatedPairsSettings = DeepReadonly<z.output<typeof settings>>;

export const simulatedPairs: RunKind<SimulatedPairsSettings> = {
  summary:
    "pairs simulated in a known geometry, many times: ΔCDF under any potentials, or how often each method finds the geometry",
  parse: parseSimulatedPairs,
  run: runSimulatedPairs,
};

function parseSimulatedPairs(json: unknown, source: string): SimulatedPairsSettings {
  const checked = checkedSettings(settings, json, { source, code: "bad-settings" });
  const { measure, groups, pairs } = checked;
  const potential = parsePotential(checked.potential);
  if (potential.exponent === null) {
    throw new InputError({
      code: "bad-settings",
      message: `${source}: expected the negative entropy or a p-norm, got "${potential.name}" ("potential"); name one of these`,
    });
  }
  if (measure.name === "choice" && !FIVE.some((name) => name === potential.name)) {
    throw new InputError({
      code: "bad-settings",
      message: `${source}: expected one of ${FIVE.join(", ")}, got "${potential.name}" ("potential"); the methods choose among these, so name one, or measure delta-cdf`,
    });
  }
  if (groups * SMALLEST_GROUP > pairs) {
    throw new InputError({
      code: "bad-settings",
      message: `${source}: expected at most a group for every ${SMALLEST_GROUP} pairs, got ${groups} of ${pairs} pairs ("groups"); take fewer`,
    });
  }
  return {
    ...checked,
    potential: potential.name,
    measure:
      measure.name === "delta-cdf"
        ? { ...measure, potentials: measure.potentials.map((name) => parsePotential(name).name) }
        : measure,
  };
}

/** The three of Pogodin et al. 2024, Fig. 3. */
const THREE = ["negative-entropy", "2-norm", "3-norm"] as const;
const FIVE = DEFAULT_POTENTIALS;

/** The fewest pairs that an SD within a group is taken of. */
const SMALLEST_GROUP = 3;

/** Each data set in turn: a run that is stopped has looked at few. */
async function runSimulatedPairs(all: SimulatedPairsSettings, tools: RunTools): Promise<RunOutcome> {
  const { measure, repeats } = all;
  const look = measure.name === "delta-cdf" ? deltaCdfOf(measure.potentials) : choicesOf(all);
  for (let repeat = 0; repeat < repeats; repeat++) {
    tools.onProgress?.({ done: repeat, total: repeats, label: "simulating pairs" });
    // Lets what stops the run be heard.
    await new Promise((resolve) => setTimeout(resolve));
    tools.signal?.throwIfAborted();
    look.at(drawPairs(all, repeat));
  }
  return look.outcome();
}

/** The same pairs whatever is measured, and however many times they are drawn; runs that differ otherwise share none. */
function drawPairs(all: SimulatedPairsSettings, repeat: number): PairedWeights {
  const { measure: _, repeats: __, seed, potential, start, change, ...drawn } = all;
  const random = createRandom(seed).stream(JSON.stringify([drawn, potential, start, change]));
  return simulatePairs(
    {
      ...drawn,
      // `parse` takes potentials with an exponent only.
      exponent: parsePotential(potential).exponent ?? Number.NaN,
      initial: start,
      signs: "random",
      ...("dual" in change ? { dualScale: change.dual } : { changeSize: change.relative }),
    },
    random.stream(`repeat ${repeat}`),
  );
}

/** What is seen of each data set, and the rows in the end. */
interface Look {
  at(pairs: PairedWeights): void;
  outcome(): RunOutcome;
}

/** Mean and SD over the data sets of ΔCDF under each potential. */
function deltaCdfOf(names: readonly string[]): Look {
  const rows = names.map((name) => ({
    potential: parsePotential(name),
    uncentred: [] as number[],
    centred: [] as number[],
  }));
  let seen = 0;
  return {
    at: ({ initial, final }) => {
      seen++;
      for (const { potential, uncentred, centred } of rows) {
        const found = deltaCdf(potential, initial, final);
        if (found.status !== "ok") continue;
        uncentred.push(found.uncentred);
        centred.push(found.centred);
      }
    },
    outcome: () => {
      const without = rows.filter(({ uncentred }) => uncentred.length < seen);
      return {
        status: without.length === 0 ? "done" : "doubtful",
        message: without
          .map(
            ({ potential, uncentred }) =>
              `${seen - uncentred.length} of ${seen} data sets have no ΔCDF under ${potential.name}`,
          )
          .join("; "),
        rows: rows.map((row) => deltaCdfRow(row)),
      };
    },
  };
}

function deltaCdfRow(found: {
  readonly potential: Potential;
  readonly uncentred: readonly number[];
  readonly centred: readonly number[];
}): Row {
  const [uncentred, centred] = [meanAndDeviation(found.uncentred), meanAndDeviation(found.centred)];
  return {
    tested: found.potential.name,
    dataSets: found.uncentred.length,
    deltaCdf: uncentred.mean,
    deltaCdfDeviation: uncentred.deviation,
    deltaCdfCentred: centred.mean,
    deltaCdfCentredDeviation: centred.deviation,
  };
}

/** Null where there are too few. */
function meanAndDeviation(values: readonly number[]) {
  const many = values.length;
  if (many === 0) return { mean: null, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / many;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: many < 2 ? null : Math.sqrt(squares / (many - 1)) };
}

/** In how many data sets each method picks the true geometry, of three and of five. */
function choicesOf({ potential, measure }: SimulatedPairsSettings): Look {
  const exponents = FIVE.map((name) => parsePotential(name).exponent ?? Number.NaN);
  const placesOfThree = THREE.map((name) => FIVE.indexOf(name));
  const tally = new Map(
    scoringMethods.map((method) => [method, { answered: 0, rightOfThree: 0, rightOfFive: 0 }]),
  );
  let seen = 0;
  const score = (method: ScoringMethod, scores: readonly number[]) => {
    const counts = tally.get(method);
    const ofFive = leastScore(scores);
    const ofThree = leastScore(placesOfThree.map((place) => scores[place]));
    if (counts === undefined || ofFive === null || ofThree === null) return;
    counts.answered++;
    if (FIVE[ofFive] === potential) counts.rightOfFive++;
    if (THREE[ofThree] === potential) counts.rightOfThree++;
  };
  return {
    at: (pairs) => {
      seen++;
      const pooled = measure.name === "choice" && measure.groups === "pooled";
      const scores = scoreExponents(pooled ? { ...pairs, group: null } : pairs, exponents);
      for (const method of scoringMethods) score(method, scores[method]);
    },
    outcome: () => ({
      status: "done",
      message: "",
      rows: Array.from(tally, ([method, counts]) => ({ method, dataSets: seen, ...counts })),
    }),
  };
}
