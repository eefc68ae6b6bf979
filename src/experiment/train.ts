/** One run: search a rate if asked, learn, and say how it went. Knows no files and no runtime. */

import { InputError } from "../errors.ts";
import { type GraphTensor, type Tensors, typeText } from "../graph/index.ts";
import { createRandom } from "../random.ts";
import type { Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import { initialWeights, type Objective, objectiveOf } from "./experiment-network.ts";
import { type DigitSets, examplesOf } from "./experiment-task.ts";
import { createLearner, type Learner, type OpenSession, requireSteps } from "./learner.ts";
import {
  metricsOf,
  type PassesEnd,
  type PassMetrics,
  type Position,
  type ProgressEvent,
  runPasses,
  startOfRun,
} from "./passes.ts";
import { missedGoal, type Results, resultsOf, risenLoss, spoiltBy } from "./results.ts";
import { type SearchRound, searchRates } from "./search.ts";

/** A run that was stopped, to go on with. */
export interface Interruption {
  /** The searches that are complete. */
  readonly search: readonly SearchRound[];
  /** Where its passes stand; null where it stopped while a rate was searched. */
  readonly learning: {
    readonly passes: number;
    readonly learningRate: number;
    readonly position: Position;
    /** Weights and the states of the optimiser. */
    readonly state: Tensors;
  } | null;
}

/** How a run stands after a pass; copies are made when asked for. */
export interface Standing {
  weights(): Tensors;
  /** From which the run goes on, as if it had stopped here. */
  interruption(): Interruption;
}

export interface TrainOptions {
  readonly experiment: Experiment;
  /** For the task `digits`; null for others. */
  readonly digits: DigitSets | null;
  /** Weights to start from in place of drawn ones. */
  readonly pretrained: Tensors | null;
  /** Where an earlier call stopped; null to begin. */
  readonly resume: Interruption | null;
  readonly openSession: OpenSession;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** The weights before the first step, as soon as they are known. */
  readonly onInitial?: (weights: Tensors) => Promise<void>;
  /** After every pass of the run itself (not of a search). */
  readonly onPass?: (metrics: PassMetrics, standing: Standing) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainOutcome {
  /** `goal-missed`: it ended, but not with the accuracy or loss asked for. */
  readonly status: "done" | "goal-missed" | "diverged" | "interrupted";
  /** One sentence where the status is not `done`, or where the loss rose: what to do. */
  readonly message: string;
  /** Passes of the run itself, extensions included. */
  readonly passes: number;
  readonly learningRate: number | null;
  readonly search: readonly SearchRound[];
  readonly initial: Tensors;
  readonly final: Tensors;
  /** Final weights and the states of the optimiser. */
  readonly state: Tensors;
  /** Where an interrupted run stands; null for others, and where it stopped during a search. */
  readonly position: Position | null;
  readonly results: Results | null;
}

/**
 * One run of an experiment: the same settings and seed give the same weights, bit for bit, on one machine.
 *
 * Where the rate is searched and a goal is not met, it searches and learns again with more passes, from the first
 * weights. Divergence and interruption are outcomes, not errors.
 *
 * @throws InputError for settings that do not fit together
 */
export async function train(options: TrainOptions): Promise<TrainOutcome> {
  const { resume, experiment } = options;
  const random = createRandom(experiment.seed);
  const task = examplesOf(experiment, options.digits, random.stream("task"));
  const objective = objectiveOf(experiment, task);
  const initial = startingWeights(options, objective);
  requireSteps({ experiment, objective, weights: initial, runs: null }, task.train, ratesOf(experiment));
  if (resume === null) await options.onInitial?.(initial);
  const run: Run = { options, task, objective, initial, search: [...(resume?.search ?? [])] };
  const { extensions, extraPasses } = experiment.learning.goal;
  const searches = typeof experiment.learning.learningRate !== "number";
  // Every round begins with a search, so one search is none of the extensions.
  const isLast = ({ status }: TrainOutcome) =>
    status !== "goal-missed" || !searches || run.search.length > extensions;
  if (resume?.learning) {
    const { passes, learningRate } = resume.learning;
    const outcome = await learn(run, withPasses(experiment, passes), learningRate, resume.learning);
    if (isLast(outcome)) return outcome;
  }
  for (;;) {
    const settled = withPasses(experiment, experiment.learning.passes + run.search.length * extraPasses);
    const chosen = await rateFor(run, settled);
    if (chosen === null) return interruptedSearch(run, settled);
    if (chosen === "none") return allDiverged(run, settled);
    const outcome = await learn(run, settled, chosen, null);
    if (isLast(outcome)) return outcome;
  }
}

/** The rate, or those that are searched. */
const ratesOf = ({ learning: { learningRate } }: Experiment): readonly number[] =>
  typeof learningRate === "number" ? [learningRate] : learningRate.search;

interface Run {
  readonly options: TrainOptions;
  readonly task: Task;
  readonly objective: Objective;
  readonly initial: Tensors;
  readonly search: SearchRound[];
}

const withPasses = (experiment: Experiment, passes: number): Experiment => ({
  ...experiment,
  learning: { ...experiment.learning, passes },
});

function startingWeights({ experiment, pretrained }: TrainOptions, objective: Objective): Tensors {
  if (pretrained === null) return initialWeights(experiment, objective, createRandom(experiment.seed));
  const entries = Object.entries(objective.network.parameters).map(([name, { shape }]) => {
    const found: GraphTensor | undefined = pretrained[name];
    const wanted = { dtype: experiment.dtype, shape };
    if (found !== undefined && typeText(found) === typeText(wanted)) return [name, found] as const;
    throw new InputError({
      code: "pretrained-differs",
      message: `train: expected ${typeText(wanted)} for "${name}" in the pretrained run, got ${found === undefined ? "nothing" : typeText(found)}; ask for the same model and precision`,
    });
  });
  return Object.fromEntries(entries);
}

/** The rate given or found; null where the caller stopped the search, "none" where every rate diverged. */
async function rateFor(run: Run, experiment: Experiment): Promise<number | "none" | null> {
  const { options, objective, initial, task } = run;
  const { learningRate } = experiment.learning;
  if (typeof learningRate === "number") return learningRate;
  const random = createRandom(experiment.seed);
  // The regression's labels mean nothing, so its rates are judged on another draw, as in the paper.
  const other = experiment.task.name === "linear-regression";
  const round = await searchRates({
    experiment,
    rates: learningRate.search,
    task: other ? examplesOf(experiment, null, random.stream("search")) : task,
    objective,
    weights: initial,
    random: random.stream("batches"),
    openSession: options.openSession,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  if (round === null) return null;
  run.search.push(round);
  return round.chosen ?? "none";
}

async function learn(
  run: Run,
  experiment: Experiment,
  rate: number,
  resume: Interruption["learning"],
): Promise<TrainOutcome> {
  const { options, objective, initial, task } = run;
  const { openSession, onPass, onProgress, signal } = options;
  // What stopped before its first step has no states yet.
  const state = resume === null || isStart(resume.position) ? null : resume.state;
  const learner = createLearner({ experiment, objective, weights: initial, state, runs: null, openSession });
  const started = performance.now();
  const common = { experiment, task, learner, rates: [rate] };
  try {
    const end = await runPasses({
      ...common,
      from: resume?.position ?? startOfRun,
      random: createRandom(experiment.seed).stream("batches"),
      label: "",
      onProgress,
      signal,
      onPass: async (marks, steps, pass) => {
        const seconds = (performance.now() - started) / 1000;
        const metrics = await metricsOf(common, { marks, steps, pass, seconds });
        await onPass?.(metrics, standingOf(run, { experiment, rate, learner, pass }));
      },
    });
    return await outcomeOf(run, { experiment, rate, learner, end });
  } finally {
    await learner.close();
  }
}

const isStart = ({ pass, batches }: Position) => pass === 0 && batches === 0;

function standingOf(
  { initial, search }: Run,
  {
    experiment,
    rate,
    learner,
    pass,
  }: { experiment: Experiment; rate: number; learner: Learner; pass: number },
): Standing {
  const { passes } = experiment.learning;
  const position = { ...startOfRun, pass: pass + 1 };
  return {
    weights: () => weightsOf(learner.state(), initial),
    interruption: () => ({
      search: [...search],
      learning: { passes, learningRate: rate, position, state: learner.state() },
    }),
  };
}

/** The weights of a state, without what the optimiser remembers. */
const weightsOf = (state: Tensors, initial: Tensors): Tensors =>
  Object.fromEntries(Object.keys(initial).map((name) => [name, state[name]]));

async function outcomeOf(
  run: Run,
  {
    experiment,
    rate,
    learner,
    end,
  }: { experiment: Experiment; rate: number; learner: Learner; end: PassesEnd },
): Promise<TrainOutcome> {
  const state = learner.state();
  const final = weightsOf(state, run.initial);
  const common = { ...basisOf(run, experiment), learningRate: rate, final, state };
  if (end.kind === "interrupted") {
    const { position } = end;
    const message = `stopped in pass ${position.pass + 1} of ${experiment.learning.passes}; go on with --resume`;
    return { ...common, status: "interrupted", message, position };
  }
  const results = end.kind === "done" ? await resultsOf(run.task, learner) : null;
  const spoilt = spoiltBy(end, final, results);
  if (spoilt !== null || results === null) {
    const lower = Number((rate / 10).toPrecision(2));
    const message = `train: expected ${spoilt}, learning rate ${rate}); ${switchedBefore(experiment, end)}try --learning-rate ${lower}, or --learning-rate search`;
    return { ...common, status: "diverged", message };
  }
  const missed = missedGoal(experiment, results);
  if (missed !== null) return { ...common, status: "goal-missed", message: missed, results };
  const message = risenLoss(await lossBefore(run, experiment), results, rate);
  return { ...common, status: "done", message, results };
}

/** Says so where the geometry had just changed: what the one before left may be outside the domain of the next. */
function switchedBefore({ geometry }: Experiment, end: PassesEnd): string {
  if (end.kind !== "diverged") return "";
  // The loss shows it a step later, which may be in the next pass.
  const change = geometry.switches.find(({ pass }) => pass === end.pass || pass === end.pass - 1);
  return change === undefined
    ? ""
    : `it may be the switch to ${change.potential} at pass ${change.pass}, else `;
}

/** The loss of the first weights. */
async function lossBefore(
  { options, objective, initial, task }: Run,
  experiment: Experiment,
): Promise<number> {
  const { openSession } = options;
  const beginner = { experiment, objective, weights: initial, state: null, runs: null, openSession };
  const learner = createLearner(beginner);
  try {
    return (await learner.evaluate(task.train)).losses[0];
  } finally {
    await learner.close();
  }
}

function basisOf(run: Run, experiment: Experiment) {
  const { initial, search } = run;
  const { passes } = experiment.learning;
  return {
    initial,
    final: initial,
    state: initial,
    search,
    passes,
    learningRate: null,
    position: null,
    results: null,
  };
}

function interruptedSearch(run: Run, experiment: Experiment): TrainOutcome {
  const message = "stopped while searching a learning rate; --resume begins that search again";
  return { ...basisOf(run, experiment), status: "interrupted", message };
}

function allDiverged(run: Run, experiment: Experiment): TrainOutcome {
  const rates = run.search[run.search.length - 1].rates.map(({ learningRate }) => learningRate);
  const message = `train: expected a finite loss at one of the rates, got none (${rates.join(", ")}); search lower ones with --rates`;
  return { ...basisOf(run, experiment), status: "diverged", message };
}
