/**
 * A search over learning rates: runs one by one against the same runs side by side in one graph.
 *
 *     npx tsx scripts/bench-search.ts [--threads 1] [--rounds 25]
 *
 * 16 rates, linear regression by negative entropy with momentum 0.9: 1000 inputs, 178 samples, float32, full batch, 100
 * steps. Each way has its fastest form. Sessions are open before the clock starts; the rounds alternate between the two
 * ways, and the fastest round of each counts, which others on the machine disturbed least.
 */

import { parseArgs } from "node:util";
import { negativeEntropy } from "../src/geometry/index.ts";
import { openSession } from "../src/graph/index.node.ts";
import {
  Gemm,
  input,
  Mul,
  openLoop,
  ReduceMean,
  Reshape,
  type Session,
  Sub,
  tensorOf,
} from "../src/graph/index.ts";
import {
  chain,
  momentum,
  scaleByLearningRate,
  stackRuns,
  type TrainingStep,
  trainingStep,
} from "../src/learning/index.ts";
import { createRandom } from "../src/random.ts";

const RUNS = 16;
const INPUTS = 1000;
const SAMPLES = 178;
const STEPS = 100;
const RATES = Array.from({ length: RUNS }, (_, run) => 10 ** (-2 + run / 10));

export interface SearchRow {
  readonly threads: number;
  /** Milliseconds for all runs, the fastest of the rounds. */
  readonly oneByOne: number;
  readonly sideBySide: number;
  /** How many times faster side by side is. */
  readonly ratio: number;
  /** The largest relative difference between the final losses of the two ways. */
  readonly lossDifference: number;
}

function makeTask() {
  const random = createRandom(3).stream("search");
  const normals = (count: number) => Array.from({ length: count }, () => random.normal());
  const signs = Array.from({ length: INPUTS }, () => (random.uniform() < 0.5 ? -1 : 1));
  const size = 1 / Math.sqrt(INPUTS);
  return {
    x: tensorOf("float32", [SAMPLES, INPUTS], normals(SAMPLES * INPUTS)),
    y: tensorOf("float32", [SAMPLES, 1], normals(SAMPLES)),
    w: tensorOf(
      "float32",
      [1, INPUTS],
      signs.map((sign) => sign * size * Math.exp(0.5 * random.normal())),
    ),
  };
}

type Task = ReturnType<typeof makeTask>;

const examples = input("x", "float32", [SAMPLES, INPUTS]);
const labels = input("y", "float32", [SAMPLES, 1]);
const optimiser = chain(momentum({ decay: 0.9 }), scaleByLearningRate());

/** One run, in the form that is the fastest for one: the weights as a row. */
function stepOfOne({ w }: Task): TrainingStep {
  return trainingStep({
    parameters: { w: { tensor: w, potential: negativeEntropy } },
    inputs: [examples, labels],
    forward: (weights) => {
      const miss = Sub(Gemm(weights.w, examples, null, { transB: 1 }), Reshape(labels, [1, SAMPLES]));
      return { loss: ReduceMean(Mul(miss, miss)) };
    },
    chain: optimiser,
  });
}

/** All runs, [runs, 1, inputs], folded into the outputs of one Gemm. */
function stepOfAll({ w }: Task): TrainingStep {
  return trainingStep({
    parameters: { w: { tensor: stackRuns(new Array(RUNS).fill({ w })).w, potential: negativeEntropy } },
    inputs: [examples, labels],
    forward: (weights) => {
      const miss = Sub(Gemm(examples, Reshape(weights.w, [RUNS, INPUTS]), null, { transB: 1 }), labels);
      return { loss: ReduceMean(Mul(miss, miss), [0], { keepdims: 0 }) };
    },
    chain: optimiser,
    runs: RUNS,
  });
}

async function train(
  session: Session,
  step: TrainingStep,
  { x, y }: Task,
  rates: number | readonly number[],
): Promise<readonly number[]> {
  const loop = openLoop(session, step);
  const feeds = { x, y, learningRate: step.learningRate(rates) };
  let losses: readonly number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const { loss } = await loop.step(feeds);
    losses = Array.from(loss.data, Number);
  }
  return losses;
}

/** The row of this search: both ways in one process, so that they meet the same load of the machine. */
export async function benchSearch({
  threads = 1,
  rounds = 25,
}: {
  readonly threads?: number;
  readonly rounds?: number;
} = {}): Promise<SearchRow> {
  const task = makeTask();
  const [one, many] = [stepOfOne(task), stepOfAll(task)];
  const [single, joint] = await Promise.all([one, many].map(({ graph }) => openSession(graph, { threads })));
  const times: { single: number[]; joint: number[] } = { single: [], joint: [] };
  let [apart, together]: [number[], readonly number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    apart = [];
    for (const rate of RATES) apart.push(...(await train(single, one, task, rate)));
    const between = performance.now();
    together = await train(joint, many, task, RATES);
    times.single.push(between - started);
    times.joint.push(performance.now() - between);
  }
  await Promise.all([single.close(), joint.close()]);
  const [oneByOne, sideBySide] = [Math.min(...times.single), Math.min(...times.joint)];
  const differences = apart.map((loss, run) => Math.abs(together[run] - loss) / loss);
  return {
    threads,
    oneByOne,
    sideBySide,
    ratio: oneByOne / sideBySide,
    lossDifference: Math.max(...differences),
  };
}

// Not where another script has it bundled in.
if (process.argv[1]?.endsWith("bench-search.ts")) {
  const { values } = parseArgs({
    options: { threads: { type: "string", default: "1" }, rounds: { type: "string", default: "25" } },
  });
  const row = await benchSearch({ threads: Number(values.threads), rounds: Number(values.rounds) });
  console.log(
    `${RUNS} rates × ${STEPS} steps, ${row.threads} thread(s): one by one ${row.oneByOne.toFixed(1)} ms, side by side ${row.sideBySide.toFixed(1)} ms, ${row.ratio.toFixed(1)} times faster; final losses differ by ${row.lossDifference.toExponential(1)}`,
  );
}
