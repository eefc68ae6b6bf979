/**
 * How long one training step takes, beside PyTorch on the same machine where it is installed.
 *
 *     npm run bench-training [-- --row mlp --seconds 0.5 --rounds 7]
 *
 * A step is forward pass, backward pass and mirror descent (negative entropy, momentum 0.9), float32. Both sides start
 * from the same weights; the losses of their first steps are compared before anything is timed. Then they take turns, with
 * one thread and with two. On a machine that others use too, look at the least time and at the processor time.
 *
 * Each row has a floor for one thread: its products and convolutions at the speed of one large product, or the bytes that
 * it must read at the speed of one large sum, whichever is longer, both measured here in the same run.
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
import { benchSearch } from "./bench-search.ts";
import { type Row, rows } from "./bench-training-rows.ts";
import { startTorch, type Timed, type Torch, type TorchThreads } from "./bench-training-torch.ts";

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
const TORCH_THREADS: readonly TorchThreads[] = [
  { threads: 1, products: 1 },
  { threads: 1, products: 2 },
  { threads: 2, products: 2 },
];

/** All rows, or the one that was asked for. */
const isWanted = (name: string) => values.row === "" || values.row === name;

type Step = () => Promise<unknown>;

/** Steps for about so many seconds, at least one. */
async function measure(step: Step, duration: number): Promise<Timed> {
  await step();
  const wall: number[] = [];
  const cpu: number[] = [];
  const end = performance.now() + duration * 1000;
  while (wall.length === 0 || performance.now() < end) {
    const [started, worked] = [performance.now(), process.cpuUsage()];
    await step();
    const { user, system } = process.cpuUsage(worked);
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - started);
  }
  return { wall, cpu };
}

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const quantile = (list: readonly number[], q: number) => sorted(list)[Math.round((list.length - 1) * q)];

/** The median of the rounds' medians, the range of those, and the least of all steps: by the clock and of the processor. */
interface Summary {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly least: number;
  readonly cpu: number;
}

function summary(name: string, runs: readonly Timed[]): Summary {
  const medians = runs.map(({ wall }) => quantile(wall, 0.5));
  return {
    name,
    median: quantile(medians, 0.5),
    low: Math.min(...medians),
    high: Math.max(...medians),
    least: Math.min(...runs.flatMap(({ wall }) => wall)),
    cpu: Math.min(...runs.flatMap(({ cpu }) => cpu)),
  };
}

/** Processor milliseconds of one run of a graph on inputs of ones with one thread, the least of many. */
async function bestOf(graph: Graph): Promise<number> {
  const session = await openSession(graph);
  const feeds: Tensors = Object.fromEntries(
    graph.inputs.map(({ name, value: { shape } }) => [
      name,
      { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)).fill(1) },
    ]),
  );
  const { cpu } = await measure(() => session.run(feeds), 1);
  await session.close();
  return Math.min(...cpu);
}

/** What one thread reaches here: operations and bytes a millisecond. */
async function measureMachine() {
  const size = 1024;
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
  const loop = openLoop(session, step);
  const losses: number[] = [];
  for (let i = 0; i < COMPARED_STEPS; i++) losses.push(Number((await loop.step(all)).loss.data[0]));
  return { losses, step: () => loop.step(all), close: () => session.close() };
}

/** Prints the losses of both sides; a difference is a failure of the bench. */
function compareLosses(ours: readonly number[], theirs: readonly number[]): void {
  const off = Math.max(...theirs.map((loss, i) => Math.abs(ours[i] - loss) / Math.abs(loss)));
  const agree = off < 1e-4;
  const texts = ours.map((loss) => loss.toFixed(5)).join(" ");
  console.log(
    `  losses of ${ours.length} steps ${texts}: PyTorch's ${agree ? "agree" : "DIFFER"}, to ${off.toExponential(0)} of them`,
  );
  if (!agree) process.exitCode = 1;
}

const number = (value: number) => value.toFixed(value < 100 ? 2 : 0).padStart(7);

function printSummary({ name, median, low, high, least, cpu }: Summary): void {
  console.log(
    `  ${name.padEnd(36)} median ${number(median)} ms (rounds ${number(low)} … ${number(high)})  least ${number(least)}, of the processor ${number(cpu)}`,
  );
}

const bestBy = (of: "median" | "least" | "cpu", summaries: readonly Summary[]) =>
  Math.min(...summaries.map((entry) => entry[of]));

async function benchRow(row: Row, torch: Torch | null, floor: number): Promise<void> {
  console.log(`\n${row.title} (${row.name})`);
  const sides = [];
  const opened = await Promise.all(THREADS.map((threads) => openRow(row, threads)));
  for (const [i, { step }] of opened.entries()) {
    const name = `ours, threads: ${THREADS[i]}`;
    sides.push({ name, ours: true, times: [] as Timed[], turn: () => measure(step, seconds) });
  }
  if (torch !== null) {
    compareLosses(opened[0].losses, await torch.prepare(row.spec, COMPARED_STEPS));
    for (const threads of TORCH_THREADS) {
      const name = `PyTorch, threads: ${threads.threads}, in products: ${threads.products}`;
      sides.push({ name, ours: false, times: [] as Timed[], turn: () => torch.measure(threads, seconds) });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { times, turn } of sides) times.push(await turn());
  }
  for (const { close } of opened) await close();
  const mine = sides.filter(({ ours }) => ours).map(({ name, times }) => summary(name, times));
  const theirs = sides.filter(({ ours }) => !ours).map(({ name, times }) => summary(name, times));
  for (const entry of [...mine, ...theirs]) printSummary(entry);
  if (torch === null) {
    const ratio = bestBy("median", mine) / row.elsewhere;
    console.log(`  PyTorch 1.13, measured elsewhere: ${row.elsewhere} ms; ratio ${ratio.toFixed(2)}`);
  } else {
    const ratio = (of: "median" | "least" | "cpu") => (bestBy(of, mine) / bestBy(of, theirs)).toFixed(2);
    console.log(
      `  ratio, each side at its best: medians ${ratio("median")}, least times ${ratio("least")}, least processor times ${ratio("cpu")}`,
    );
  }
  console.log(
    `  floor ${floor.toFixed(1)} ms for one thread; ours takes ${(mine[0].cpu / floor).toFixed(1)} times that (processor time)`,
  );
}

function printTorch(torch: Torch | null, operations: number): void {
  if (torch === null) {
    console.log(
      "no Python here has torch (python3, /usr/bin/python3): beside ours stand numbers measured elsewhere",
    );
    return;
  }
  const files = torch.libraries.join(", ") || "an unknown library";
  console.log(
    `PyTorch ${torch.version} of ${torch.interpreter}: ${gigas(torch.operations)} GFLOP/s by ${files}`,
  );
  if (torch.operations < operations / 8) {
    console.log(
      "this PyTorch multiplies by plain loops, which makes the comparison unfair: install a fast BLAS (Debian: libopenblas0)",
    );
  }
}

const gigas = (each: number) => (each / 1e6).toFixed(0);

const torch = await startTorch();
const machine = await measureMachine();
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; one thread: ${gigas(machine.operations)} GFLOP/s in a large product, ${gigas(machine.bytes)} GB/s in a large sum`,
);
printTorch(torch, machine.operations);
for (const row of rows.filter(({ name }) => isWanted(name))) {
  await benchRow(row, torch, Math.max(row.operations / machine.operations, row.bytes / machine.bytes));
}
torch?.close();
if (isWanted("search")) {
  console.log("\n16 learning rates, linear regression, 1000 weights, 178 examples, 100 steps (search)");
  for (const threads of THREADS) {
    const { oneByOne, sideBySide, ratio } = await benchSearch({ threads });
    console.log(
      `  threads: ${threads}  one by one ${number(oneByOne)} ms, side by side in one graph ${number(sideBySide)} ms: ${ratio.toFixed(1)} times faster`,
    );
  }
}
