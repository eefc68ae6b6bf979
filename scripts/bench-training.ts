/**
 * How long one training step takes, beside PyTorch on the same machine where it is installed.
 *
 *     npm run bench-training [-- --row mlp --seconds 0.5 --rounds 7]
 *
 * A step is forward pass, backward pass and mirror descent (negative entropy, momentum 0.9), float32. Both sides start
 * from the same weights; the losses of the first steps are compared before anything is timed. Then they take turns, with
 * one thread and with two. Each row names its floor: what its matrix products take at the speed of one large product, or
 * its bytes at the speed of one large sum, whichever is longer, measured here in the same run.
 */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { openSession } from "../src/graph/index.node.ts";
import {
  defineGraph,
  Gemm,
  type Graph,
  input,
  openLoop,
  ReduceSum,
  sizeOf,
  type Tensors,
} from "../src/graph/index.ts";
import { type Row, rows } from "./bench-training-rows.ts";
import { startTorch, type Timed, type Torch } from "./bench-training-torch.ts";

const { values } = parseArgs({
  options: {
    row: { type: "string", default: "" },
    seconds: { type: "string", default: "0.4" },
    rounds: { type: "string", default: "7" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const COMPARED_STEPS = 5;
const THREADS = [1, 2];

type Step = () => Promise<unknown>;

/** Steps for about so many seconds, at least one. */
async function measure(step: Step, duration: number): Promise<Timed> {
  await step();
  const wall: number[] = [];
  const cpu = process.cpuUsage();
  const end = performance.now() + duration * 1000;
  while (wall.length === 0 || performance.now() < end) {
    const started = performance.now();
    await step();
    wall.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 / wall.length };
}

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const quantile = (list: readonly number[], q: number) => sorted(list)[Math.round((list.length - 1) * q)];
const median = (list: readonly number[]) => quantile(list, 0.5);

/** Medians of the rounds and what lies around them. */
interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly least: number;
  readonly cpu: number;
}

function summary(runs: readonly Timed[]): Summary {
  const medians = runs.map(({ wall }) => median(wall));
  return {
    median: median(medians),
    low: Math.min(...medians),
    high: Math.max(...medians),
    least: Math.min(...runs.flatMap(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
  };
}

/** Milliseconds of one run of a graph on inputs of ones, the best of many. */
async function bestOf(graph: Graph): Promise<number> {
  const session = await openSession(graph, { threads: Math.max(...THREADS) });
  const feeds: Tensors = Object.fromEntries(
    graph.inputs.map(({ name, value }) => [
      name,
      { dtype: "float32", shape: value.shape, data: new Float32Array(sizeOf(value.shape)).fill(1) },
    ]),
  );
  const { wall } = await measure(() => session.run(feeds), 1);
  await session.close();
  return Math.min(...wall);
}

/** What two threads reach here: operations and bytes a millisecond. */
async function measureMachine() {
  const size = 2048;
  const a = input("a", "float32", [size, size]);
  const product = await bestOf(defineGraph({ inputs: [a], outputs: { y: Gemm(a, a) } }));
  const many = input("many", "float32", [2048, 20_000]);
  const sum = await bestOf(defineGraph({ inputs: [many], outputs: { y: ReduceSum(many, [1]) } }));
  return { operations: (2 * size ** 3) / product, bytes: (4 * sizeOf(many.shape)) / sum };
}

async function openRow(row: Row, threads: number) {
  const { step, feeds } = row.build();
  const session = await openSession(step.graph, { threads });
  const all = { ...feeds, learningRate: step.learningRate(row.spec.learningRate) };
  const first = openLoop(session, step);
  const losses: number[] = [];
  for (let i = 0; i < COMPARED_STEPS; i++) losses.push(Number((await first.step(all)).loss.data[0]));
  const loop = openLoop(session, step);
  return { losses, step: () => loop.step(all), close: () => session.close() };
}

const number = (value: number) => (value < 100 ? value.toFixed(2) : value.toFixed(0)).padStart(7);

function printSummary(name: string, { median: middle, low, high, least, cpu }: Summary): void {
  console.log(
    `  ${name.padEnd(18)} median ${number(middle)} ms  rounds ${number(low)} … ${number(high)}  least ${number(least)}  processor ${number(cpu)}`,
  );
}

const best = (summaries: readonly Summary[]) =>
  summaries.reduce((first, second) => (second.median < first.median ? second : first));

async function benchRow(row: Row, torch: Torch | null, floor: number): Promise<void> {
  console.log(`\n${row.title} (${row.name})`);
  const ours = await Promise.all(THREADS.map((threads) => openRow(row, threads)));
  if (torch !== null) {
    const theirs = await torch.prepare(row.spec, COMPARED_STEPS);
    const off = theirs.map((loss, i) => Math.abs(ours[0].losses[i] - loss) / Math.abs(loss));
    const agrees = Math.max(...off) < 1e-4;
    console.log(
      `  losses of ${COMPARED_STEPS} steps ${ours[0].losses.map((loss) => loss.toFixed(5)).join(" ")}; PyTorch's ${agrees ? "agree" : "DIFFER"} to ${Math.max(...off).toExponential(1)}`,
    );
    if (!agrees) process.exitCode = 1;
  }
  const times: Timed[][] = THREADS.map(() => []);
  const theirTimes: Timed[][] = THREADS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, threads] of THREADS.entries()) {
      times[i].push(await measure(ours[i].step, seconds));
      if (torch !== null) theirTimes[i].push(await torch.measure(threads, seconds));
    }
  }
  for (const { close } of ours) await close();
  const mine = times.map(summary);
  for (const [i, threads] of THREADS.entries())
    printSummary(`ours, ${threads} thread${threads > 1 ? "s" : ""}`, mine[i]);
  const mineBest = best(mine);
  if (torch === null) {
    console.log(
      `  PyTorch 1.13, measured elsewhere: ${row.elsewhere} ms; ratio ${(mineBest.median / row.elsewhere).toFixed(2)}`,
    );
  } else {
    const theirs = theirTimes.map(summary);
    for (const [i, threads] of THREADS.entries())
      printSummary(`PyTorch, ${threads} thread${threads > 1 ? "s" : ""}`, theirs[i]);
    const theirBest = best(theirs);
    console.log(
      `  ratio of the best medians ${(mineBest.median / theirBest.median).toFixed(2)}, of the least ${(Math.min(...mine.map(({ least }) => least)) / Math.min(...theirs.map(({ least }) => least))).toFixed(2)}`,
    );
  }
  console.log(`  floor ${number(floor)} ms; ours is ${(mineBest.median / floor).toFixed(1)} times that`);
}

const torch = await startTorch();
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  torch === null
    ? "no Python here has torch (python3, /usr/bin/python3): beside ours stand numbers measured elsewhere"
    : `PyTorch ${torch.version} of ${torch.interpreter}, matrix products by ${torch.blas.join(", ") || "an unknown library"}`,
);
const machine = await measureMachine();
console.log(
  `one large product ${(machine.operations / 1e6).toFixed(0)} GFLOP/s, one large sum ${(machine.bytes / 1e6).toFixed(0)} GB/s`,
);
for (const row of rows.filter(({ name }) => name.includes(values.row))) {
  await benchRow(row, torch, Math.max(row.operations / machine.operations, row.bytes / machine.bytes));
}
torch?.close();
