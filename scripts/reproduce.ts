/**
 * Published numbers, and known geometries, from new runs.
 *
 *     npm run reproduce -- r-of-k    accuracy against the number of inputs, both rules (about 10 minutes)
 *     npm run reproduce -- rnn       digits learned and finetuned in three geometries: which one is inferred? (5 minutes)
 *
 * `--seeds 4,5,6` takes other seeds, `--inputs 200,2000` other sizes of r-of-k. Each row says what is expected and whether ours
 * is inside; the last line counts.
 */

import { parseArgs } from "node:util";
import { type Experiment, presets, type TrainOutcome, train } from "../src/experiment/index.ts";
import { openSession } from "../src/graph/index.node.ts";
import { infer, pairTensors } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import { readPackagedDigits } from "../src/task/index.node.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "1,2,3" },
    inputs: { type: "string", default: "200,2000,20000" },
  },
});
const numbers = (list: string) => list.split(",").map(Number);
const seeds = numbers(values.seeds);
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
const outcomes: boolean[] = [];

function printRow(cells: readonly (string | number)[]): void {
  console.log(
    cells.map((cell, k) => (k === 0 ? String(cell).padEnd(30) : String(cell).padStart(14))).join(" "),
  );
}

const digits = { train: await readPackagedDigits(), heldOut: null };

function run(experiment: Experiment, pretrained: TrainOutcome | null = null): Promise<TrainOutcome> {
  return train({
    experiment,
    digits: experiment.task.name === "digits" ? digits : null,
    pretrained: pretrained?.final ?? null,
    resume: null,
    openSession,
  });
}

/** Final accuracy in %, mean of three seeds, and the best rate. @see Cornford et al. 2024, doi:10.1101/2024.10.25.620272, Fig. 4B */
const published = [
  {
    rule: "2-norm",
    rates: [0.005, 0.01, 0.05, 0.1, 0.5, 1],
    results: { 200: [97.3, 0.5], 2000: [70.5, 0.01], 20000: [48.1, 0.01] },
  },
  {
    rule: "negative-entropy",
    rates: [0.1, 0.25, 0.5, 0.75, 1],
    results: { 200: [96.9, 0.75], 2000: [92.9, 1], 20000: [89.8, 1] },
  },
] as const;

/** Held-out accuracy in % of one run with a given or searched rate. */
async function heldOutOfK(inputs: number, potential: string, seed: number, learningRate: LearningRate) {
  const { experiment } = presets["r-of-k"];
  const { task, geometry, learning } = experiment;
  if (task.name !== "r-of-k") throw new Error("the preset is of another task");
  const outcome = await run({
    ...experiment,
    task: { ...task, inputs },
    geometry: { ...geometry, potential },
    learning: { ...learning, learningRate },
    seed,
  });
  return { rate: outcome.learningRate, accuracy: 100 * Number(outcome.results?.heldOutAccuracy) };
}

type LearningRate = Experiment["learning"]["learningRate"];

async function rOfK(): Promise<void> {
  printRow(["rule, inputs", "published", "its rate", "at that rate", "searched", "rates found", "within 2"]);
  for (const inputs of numbers(values.inputs)) {
    for (const { rule, rates, results } of published) {
      const known: Readonly<Record<number, readonly [number, number]>> = results;
      if (!(inputs in known)) throw new Error(`--inputs: expected 200, 2000 or 20000, got ${inputs}`);
      const [accuracy, best] = known[inputs];
      const fixed: number[] = [];
      const searched: { readonly rate: number | null; readonly accuracy: number }[] = [];
      for (const seed of seeds) {
        fixed.push((await heldOutOfK(inputs, rule, seed, best)).accuracy);
        searched.push(await heldOutOfK(inputs, rule, seed, { search: [...rates] }));
      }
      const found = mean(searched.map((one) => one.accuracy));
      const inside = Math.abs(found - accuracy) <= 2;
      outcomes.push(inside);
      const chosen = searched.map(({ rate }) => rate).join("/");
      printRow([
        `${rule}, ${inputs}`,
        accuracy,
        best,
        mean(fixed).toFixed(1),
        found.toFixed(1),
        chosen,
        inside ? "yes" : "no",
      ]);
    }
  }
}

/** Learned in each geometry, then finetuned on 100 digits that were held out, with the protocol of the seed paper. */
async function recurrentNetworks(): Promise<void> {
  const { experiment, rates } = presets["mnist-rnn"];
  const { task, geometry, learning } = experiment;
  if (task.name !== "digits") throw new Error("the preset is of another task");
  const search = { search: [...rates] };
  printRow(["potential, seed", "passes", "rate", "accuracy", "λ", "interval", "inferred"]);
  for (const [potential, exponent] of [
    ["negative-entropy", 0],
    ["2-norm", 1],
    ["3-norm", 2],
  ] as const) {
    const settings = { ...experiment, geometry: { ...geometry, potential } };
    for (const seed of seeds) {
      const before = await run({ ...settings, learning: { ...learning, learningRate: search }, seed });
      printRow([`${potential}, ${seed}: learned`, ...outcomeCells(before)]);
      const after = await run(
        {
          ...settings,
          task: { ...task, samples: 100, samplesFrom: "held-out" },
          learning: { ...learning, learningRate: search, goal: { ...learning.goal, accuracy: 1 } },
          seed,
        },
        before,
      );
      const name = "rnn.weight_hh_l0";
      const ends = [after.initial, after.final].map((weights) => [{ name, tensor: weights[name] }]);
      const { pairs } = pairTensors(ends[0], ends[1], { source: "finetuned" });
      const { verdict, exponent: found } = infer(pairs, { random: createRandom(1) });
      const right = verdict.potential === potential;
      outcomes.push(right);
      printRow([
        `${potential}, ${seed}: finetuned`,
        ...outcomeCells(after),
        found.estimate?.toFixed(3) ?? "–",
        `${found.low?.toFixed(2)}…${found.high?.toFixed(2)}`,
        verdict.potential ?? verdict.status,
      ]);
      if (!right) console.log(`    expected λ = ${exponent}: ${verdict.statement}`);
    }
  }
}

const outcomeCells = ({ passes, learningRate, results, status }: TrainOutcome) => [
  passes,
  learningRate ?? "–",
  results?.accuracy == null ? status : `${(100 * results.accuracy).toFixed(1)} %`,
];

const sections: Readonly<Record<string, () => Promise<void>>> = { "r-of-k": rOfK, rnn: recurrentNetworks };
for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
  if (!Object.hasOwn(sections, name)) {
    throw new Error(`expected ${Object.keys(sections).join(" or ")}, got "${name}"`);
  }
  console.log(`\n${name}, seeds ${seeds.join(", ")}`);
  await sections[name]();
}
console.log(`\n${outcomes.filter(Boolean).length} of ${outcomes.length} as expected`);
