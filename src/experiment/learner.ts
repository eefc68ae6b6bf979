/** A network in the act of learning: its step, its state, and how well it does. */

import {
  defineGraph,
  type Graph,
  type GraphTensor,
  input,
  type Loop,
  openLoop,
  type Session,
  type Tensors,
  type Value,
  type ValueType,
} from "../graph/index.ts";
import { type TrainingStep, trainingStep } from "../learning/index.ts";
import type { Loss } from "../network/index.ts";
import { type Batch, batchesOfPass, countExamples, type Examples } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Objective } from "./experiment-network.ts";
import { optimiserOf, parametersOf, potentialOfPass } from "./optimiser.ts";

/** Loads a graph into whatever runtime there is: `openSession` in Node, `openWebSession` in a browser. */
export type OpenSession = (graph: Graph, options: { readonly threads: number }) => Promise<Session>;

/** What a batch gave, an entry a run: the mean loss and how many were answered rightly. */
export interface Marks {
  readonly losses: readonly number[];
  /** Null where answers are no classes. */
  readonly correct: readonly number[] | null;
}

export interface Learner {
  /** One step on a batch, in the geometry of the pass; the marks are those before its update. */
  step(batch: Batch, pass: number, rates: readonly number[]): Promise<Marks>;
  /** How well the network does, without learning. */
  evaluate(examples: Examples): Promise<Marks>;
  /** Weights and the states of the optimiser: copies, from which a learner can go on. */
  state(): Tensors;
  /** Begins anew, from other first weights of the same shapes. */
  restart(weights: Tensors): void;
  close(): Promise<void>;
}

/** What a step is made of. */
export interface StepOptions {
  readonly experiment: Experiment;
  readonly objective: Objective;
  /** First weights, each with a leading axis of runs if there are several. */
  readonly weights: Tensors;
  /** How many runs learn side by side; null for one. */
  readonly runs: number | null;
  /** The geometry of each run, where they differ; that of the experiment unless given. */
  readonly potentials?: readonly string[];
}

export interface LearnerOptions extends StepOptions {
  /** Weights and states to go on from; first ones unless given. */
  readonly state: Tensors | null;
  readonly openSession: OpenSession;
}

/** The most examples that are evaluated at once. */
const EVALUATED_AT_ONCE = 1000;

/**
 * A learner; a graph is built for each size of batch and each geometry when it is first needed.
 *
 * @throws InputError from `trainingStep`
 */
export function createLearner(options: LearnerOptions): Learner {
  const { experiment, runs } = options;
  const steps = new Map<string, { readonly step: TrainingStep; readonly session: Session }>();
  const evaluations = new Map<number, Session>();
  let first = options.weights;
  let loop: Loop | null = null;
  let rest: Tensors | null = options.state;

  const stepFor = async (batch: Batch, pass: number) => {
    const key = `${potentialOfPass(experiment, pass)} ${batch.indices.length}`;
    const known = steps.get(key);
    if (known !== undefined) return known;
    const step = stepGraph(options, batch, pass);
    const made = { step, session: await options.openSession(step.graph, experiment) };
    steps.set(key, made);
    return made;
  };

  return {
    async step(batch, pass, rates) {
      const { step, session } = await stepFor(batch, pass);
      loop ??= openLoop(session, { ...step, initial: rest ?? step.startFrom(first) });
      rest = null;
      const feeds = { ...feedsOf(batch), learningRate: step.learningRate(rates) };
      return marksOf(await loop.step(feeds, session));
    },
    async evaluate(examples) {
      const current = loop?.state() ?? rest ?? first;
      const feeds = Object.fromEntries(Object.keys(first).map((name) => [name, current[name]]));
      const parts: { readonly size: number; readonly marks: Marks }[] = [];
      const batches = { size: EVALUATED_AT_ONCE, pass: 0, random: null, dtype: experiment.dtype };
      for (const batch of batchesOfPass(examples, batches)) {
        const size = batch.indices.length;
        const session = evaluations.get(size) ?? (await openEvaluation(options, batch));
        evaluations.set(size, session);
        parts.push({ size, marks: marksOf(await session.run({ ...feedsOf(batch), ...feeds })) });
      }
      return joinMarks(parts, runs ?? 1);
    },
    state: () => loop?.state() ?? rest ?? first,
    restart(weights) {
      first = weights;
      loop = null;
      rest = null;
    },
    async close() {
      const sessions = [...Array.from(steps.values(), ({ session }) => session), ...evaluations.values()];
      for (const session of sessions) await session.close();
    },
  };
}

/**
 * Refuses what no step can be made of, before the first: globs that fit nothing, weights outside a domain or a constraint,
 * rates beyond the limit of the optimiser.
 *
 * @throws InputError from `trainingStep`, `unused-glob`
 */
export function requireSteps(options: StepOptions, examples: Examples, rates: readonly number[]): void {
  const { dtype, learning, geometry } = options.experiment;
  const size = Math.min(learning.batch, countExamples(examples));
  const ofBatch = ({ shape }: { readonly shape: readonly number[] }) => [size, ...shape.slice(1)];
  const types: BatchTypes = {
    inputs: { dtype, shape: ofBatch(examples.inputs) },
    targets: { dtype: examples.targets.dtype, shape: ofBatch(examples.targets) },
  };
  for (const pass of [0, ...geometry.switches.map((change) => change.pass)]) {
    const { learningRate } = stepGraph(options, types, pass);
    for (const rate of rates) learningRate(rate);
  }
}

/** What a batch is, without its numbers. */
interface BatchTypes {
  readonly inputs: ValueType;
  readonly targets: ValueType;
}

/** Inputs and targets of a batch as inputs of a graph. */
function inputsOf({ inputs, targets }: BatchTypes) {
  return {
    x: input("inputs", inputs.dtype, inputs.shape),
    y: input("targets", targets.dtype, targets.shape),
  };
}

const feedsOf = ({ inputs, targets }: Batch): Tensors => ({ inputs, targets });

function resultsOf({ loss, correct }: Loss): { readonly loss: Value } & Readonly<Record<string, Value>> {
  return correct === null ? { loss } : { loss, correct };
}

function stepGraph(options: StepOptions, batch: BatchTypes, pass: number): TrainingStep {
  const { experiment, objective, weights, runs, potentials } = options;
  const { x, y } = inputsOf(batch);
  return trainingStep({
    parameters: parametersOf(experiment, weights, pass, potentials),
    inputs: [x, y],
    forward: (values) => resultsOf(objective.lossOf(values, x, y, runs)),
    chain: optimiserOf(experiment),
    ...(runs === null ? {} : { runs }),
  });
}

function openEvaluation(options: LearnerOptions, batch: Batch): Promise<Session> {
  const { experiment, objective, weights, runs } = options;
  const { x, y } = inputsOf(batch);
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, { dtype, shape }]) => [name, input(name, dtype, shape)]),
  );
  const graph = defineGraph({
    name: "evaluation",
    inputs: [x, y, ...Object.values(values)],
    outputs: resultsOf(objective.lossOf(values, x, y, runs)),
  });
  return options.openSession(graph, experiment);
}

const numbersOf = ({ data }: GraphTensor) => Array.from(data, Number);

function marksOf({ loss, correct }: Tensors): Marks {
  return { losses: numbersOf(loss), correct: correct === undefined ? null : numbersOf(correct) };
}

/** The marks of parts as those of the whole: losses weighted by the number of examples, counts added. */
export function joinMarks(
  parts: readonly { readonly size: number; readonly marks: Marks }[],
  runs: number,
): Marks {
  const examples = parts.reduce((sum, { size }) => sum + size, 0);
  const each = <T>(of: (run: number) => T) => Array.from({ length: runs }, (_, run) => of(run));
  const losses = each(
    (run) => parts.reduce((sum, { size, marks }) => sum + size * marks.losses[run], 0) / examples,
  );
  const classes = parts.every(({ marks }) => marks.correct !== null);
  const correct = each((run) => parts.reduce((sum, { marks }) => sum + (marks.correct?.[run] ?? 0), 0));
  return { losses, correct: classes ? correct : null };
}

/** Right answers as a share of the examples. */
export function accuracyOf({ correct }: Marks, examples: Examples, run = 0): number | null {
  return correct === null ? null : correct[run] / countExamples(examples);
}
