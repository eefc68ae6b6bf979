/** One step of learning as one graph: forward, backward, and the update of weights and optimiser state. */

import { InputError } from "../errors.ts";
import { isInside, type Potential } from "../geometry/index.ts";
import {
  Concat,
  constant,
  defineGraph,
  type FloatType,
  type Graph,
  type GraphTensor,
  gradient,
  input,
  type LoopOptions,
  Split,
  sameValueType,
  type Tensors,
  tensorOf,
  typeText,
  type Value,
} from "../graph/index.ts";
import type { Named } from "../network/index.ts";
import type { Constraint } from "./constraints.ts";
import { mirrorStep } from "./mirror-step.ts";
import { stackRuns, takeRun } from "./runs.ts";
import { mapNamed, type Unit, type UnitResult } from "./unit.ts";

export interface Parameter {
  /** The weights before the first step, inside the potential's domain. */
  readonly tensor: GraphTensor;
  /** The geometry in which this parameter learns, of all runs or of each. */
  readonly potential: Potential | readonly Potential[];
  /** Sets onto which each step is projected after the mirror step, in this order; none unless given. */
  readonly constraints?: readonly Constraint[];
}

export interface TrainingStepOptions {
  readonly parameters: Named<Parameter>;
  /** What is fed at each step: examples, labels. */
  readonly inputs: readonly Value[];
  /**
   * From the weights to the loss, and whatever else is to be read after each step.
   *
   * The loss is one number, of shape [] or of size 1; with `runs` it is [runs], and each run looks at its weights only.
   */
  readonly forward: (weights: Named<Value>) => { readonly loss: Value } & Named<Value>;
  /** The optimiser; it ends with `scaleByLearningRate()`. */
  readonly chain: Unit;
  /** Runs side by side; then each tensor of `parameters` is [runs, ...] (`stackRuns`). Without it there is one, without that axis. */
  readonly runs?: number;
}

/** A step that `openLoop` repeats: open a session on `graph`, then a loop with `carried` and `initial`. */
export interface TrainingStep extends LoopOptions {
  /** Inputs: those given, `learningRate`, weights and states. Outputs: those of `forward`, and `next:NAME` of each state. */
  readonly graph: Graph;
  /** Weights by parameter, and the states of the units; what is to be saved so that a run can go on. */
  readonly initial: Tensors;
  /**
   * What `initial` is from other first weights of the same names, types and shapes.
   *
   * @throws InputError `bad-shape`, `outside-domain`, `outside-constraint`
   */
  startFrom(weights: Tensors): Tensors;
  /**
   * The rate of one step, to be fed as `learningRate`: the same for all runs, or one for each.
   *
   * @throws InputError `bad-length`; `bad-option` from the limit of a unit on (1/λ of `decoupledWeightDecay`), and for NaN
   */
  learningRate(rate: number | readonly number[]): GraphTensor;
}

/**
 * The graph of one step of mirror descent, each parameter in its own geometry.
 *
 * g = ∂loss/∂w;  u = chain(g);  next w = P((φ′)⁻¹(φ′(w) + u)), with the φ of the parameter and P onto its constraints
 *
 * The loss that a step gives is the one before its update. The number of the step is the caller's: it makes the learning
 * rate, which is fed. The same state and the same feeds give the same bits.
 *
 * A run goes on from what `loop.state()` gave: `openLoop(session, { ...step, initial: saved })`, also in another geometry,
 * because the states of the units do not depend on it.
 *
 * With `runs`, that many go side by side, which is much faster than one by one where a run is small: each has its own
 * weights, states, learning rate, loss and, where `potential` is a list, geometry; one that diverges leaves the others
 * alone. `takeRun(loop.state(), k)` is the state of one, which can go on alone.
 *
 * A zero weight is allowed under the negative entropy, where it stays zero.
 *
 * @throws InputError `no-parameters`, `bad-type` unless all are float32 or all float64, `outside-domain`,
 *   `outside-constraint`; `bad-option`, `bad-shape`, `bad-length`, `bad-loss` where tensors, potentials or the loss do not
 *   have the runs;
 *   `repeated-name` where a parameter is called as an input or an output of `forward`, or `learningRate`
 * @example
 * const step = trainingStep({ parameters: { w: { tensor, potential: negativeEntropy } }, inputs: [x], forward, chain });
 * const loop = openLoop(await openSession(step.graph), step);
 * const { loss } = await loop.step({ x: batch, learningRate: step.learningRate(0.1) });
 */
export function trainingStep(options: TrainingStepOptions): TrainingStep {
  const { parameters, inputs, forward, chain, runs } = options;
  const dtype = requireParameters(parameters);
  const tensors = mapNamed(parameters, ({ tensor }) => tensor);
  if (runs !== undefined) requireRuns(options);
  const states = firstStates(options, tensors);
  const inputOf = ({ dtype: type, shape }: GraphTensor, name: string) => input(name, type, shape);
  const weights = mapNamed(tensors, inputOf);
  const state = mapNamed(states, inputOf);
  const learningRate = input("learningRate", dtype, runs === undefined ? [] : [runs]);
  const results = forward(weights);
  const gradients = gradientsOf(results.loss, weights, options);
  const optimised = chain.update(gradients, { parameters: weights, state, learningRate });
  const moved = movedBy(optimised, weights, parameters);
  const initial = { ...tensors, ...states };
  const carried = mapNamed(initial, (_, name) => `next:${name}`);
  const next = Object.entries({ ...moved, ...optimised.state }).map(
    ([name, value]) => [carried[name], value] as const,
  );
  const clash = next.find(([name]) => name in results);
  if (clash !== undefined) {
    throw new InputError({
      code: "repeated-name",
      message: `trainingStep: expected outputs of forward that no state has, got "${clash[0]}"; rename it`,
    });
  }
  const graph = defineGraph({
    name: "training-step",
    inputs: [...inputs, learningRate, ...Object.values(weights), ...Object.values(state)],
    outputs: { ...results, ...Object.fromEntries(next) },
  });
  return {
    graph,
    carried,
    initial,
    startFrom: (others) => {
      requireAlike(others, tensors);
      requireParameters(mapNamed(parameters, (parameter, name) => ({ ...parameter, tensor: others[name] })));
      const own = mapNamed(tensors, (_, name) => others[name]);
      return { ...own, ...firstStates(options, own) };
    },
    learningRate: rateMaker(dtype, options),
  };
}

/** ∂loss/∂w for each parameter, of the sum over runs: as no run looks at another's weights, each gets its own. */
function gradientsOf(
  loss: Value,
  weights: Named<Value>,
  { parameters, runs }: TrainingStepOptions,
): Named<Value> {
  if (runs !== undefined && !sameValueType(loss, { dtype: loss.dtype, shape: [runs] })) {
    throw new InputError({
      code: "bad-loss",
      message: `trainingStep: expected a loss of shape [${runs}], one number for each run, got ${typeText(loss)}; reduce all axes but the first`,
    });
  }
  const ones = runs === undefined ? null : constant(tensorOf(loss.dtype, [runs], new Array(runs).fill(1)));
  const slopes = gradient(loss, Object.values(weights), ones);
  const names = Object.keys(weights);
  const whole = Object.fromEntries(names.map((name, i) => [name, slopes[i]]));
  return mapNamed(whole, (slope, name) =>
    constraintsOf(parameters[name]).reduce((rest, { restrict }) => restrict?.(rest) ?? rest, slope),
  );
}

const constraintsOf = ({ constraints = [] }: Parameter) => constraints;

/** The weights after the step, each in its geometry and within its constraints. */
function movedBy(
  { updates, weights: from }: UnitResult,
  before: Named<Value>,
  parameters: Named<Parameter>,
): Named<Value> {
  return mapNamed(parameters, (parameter, name) => {
    const moved = stepIn(parameter.potential)((from ?? before)[name], updates[name]);
    return constraintsOf(parameter).reduce((next, { project }) => project(next, before[name]), moved);
  });
}

/** The mirror step of one geometry, or of that of each run; neighbours in the same geometry stay together. */
function stepIn(potential: Parameter["potential"]): (weight: Value, update: Value) => Value {
  const potentials = listOf(potential);
  const starts = potentials.flatMap(({ name }, run) => (name === potentials[run - 1]?.name ? [] : [run]));
  const steps = starts.map((run) => mirrorStep(potentials[run]));
  if (steps.length === 1) return steps[0];
  const sizes = starts.map((start, k) => (starts[k + 1] ?? potentials.length) - start);
  return (weight, update) => {
    const [weights, updates] = [weight, update].map((value) => Split(value, sizes, { axis: 0 }));
    return Concat(
      steps.map((step, k) => step(weights[k], updates[k])),
      { axis: 0 },
    );
  };
}

const listOf = (potential: Parameter["potential"]): readonly Potential[] =>
  "domain" in potential ? [potential] : potential;

/** The states before the first step; of several runs each is made from its own weights. */
function firstStates({ chain, runs }: TrainingStepOptions, tensors: Tensors): Tensors {
  if (runs === undefined) return chain.init(tensors);
  return stackRuns(Array.from({ length: runs }, (_, run) => chain.init(takeRun(tensors, run))));
}

function rateMaker(
  dtype: FloatType,
  { chain: { learningRateLimit = Infinity }, runs }: TrainingStepOptions,
): TrainingStep["learningRate"] {
  const shape = runs === undefined ? [] : [runs];
  return (rate) => {
    const rates = typeof rate === "number" ? new Array<number>(runs ?? 1).fill(rate) : rate;
    if (rates.length !== (runs ?? 1)) {
      throw new InputError({
        code: "bad-length",
        message: `learningRate: expected one rate for each of ${runs ?? 1} runs, got ${rates.length}; give one number for all`,
      });
    }
    const wrong = rates.findIndex((value) => !(value < learningRateLimit));
    if (wrong >= 0) {
      throw new InputError({
        code: "bad-option",
        message: `learningRate: expected rates < ${learningRateLimit} (the limit of the chain), got ${rates[wrong]} (run ${wrong}); lower it, or the decoupled decay`,
      });
    }
    return tensorOf(dtype, shape, rates);
  };
}

function requireRuns({ parameters, runs = 1 }: TrainingStepOptions): void {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new InputError({
      code: "bad-option",
      message: `trainingStep: expected runs to be an integer > 0, got ${runs}; leave it out for one run`,
    });
  }
  for (const [name, { tensor, potential }] of Object.entries(parameters)) {
    if (tensor.shape[0] !== runs) {
      throw new InputError({
        code: "bad-shape",
        message: `trainingStep: expected parameters with ${runs} runs as first axis, got ${typeText(tensor)} ("${name}"); make them with stackRuns`,
      });
    }
    const { length } = listOf(potential);
    if (length === 1 || length === runs) continue;
    throw new InputError({
      code: "bad-length",
      message: `trainingStep: expected one potential, or one for each of ${runs} runs, got ${length} ("${name}"); give one for all`,
    });
  }
}

/** Throws unless tensors can take the place of others. */
function requireAlike(tensors: Tensors, others: Tensors): void {
  for (const [name, other] of Object.entries(others)) {
    const tensor: GraphTensor | undefined = tensors[name];
    if (tensor !== undefined && sameValueType(tensor, other)) continue;
    throw new InputError({
      code: "bad-shape",
      message: `startFrom: expected ${typeText(other)} for "${name}", got ${tensor === undefined ? "nothing" : typeText(tensor)}; give weights like the first`,
    });
  }
}

/** The element type that all parameters share. */
function requireParameters(parameters: Named<Parameter>): FloatType {
  const [first] = Object.values(parameters);
  if (first === undefined) {
    throw new InputError({
      code: "no-parameters",
      message: "trainingStep: expected one or more parameters, got 0; name what is to learn",
    });
  }
  const { dtype } = first.tensor;
  for (const [name, parameter] of Object.entries(parameters)) requireParameter(name, parameter, dtype);
  if (dtype === "float32" || dtype === "float64") return dtype;
  throw badType(dtype, Object.keys(parameters)[0]);
}

function requireParameter(name: string, parameter: Parameter, dtype: string): void {
  const { tensor } = parameter;
  if (tensor.dtype !== dtype) throw badType(`${dtype} and ${tensor.dtype}`, name);
  for (const { requireInside } of constraintsOf(parameter)) requireInside(tensor, name);
  const potentials = listOf(parameter.potential);
  const size = tensor.data.length / potentials.length;
  for (let i = 0; i < tensor.data.length; i++) {
    const weight = Number(tensor.data[i]);
    const potential = potentials[Math.floor(i / size)];
    // Where both signs are possible, 0 is a synapse that is absent and stays so.
    if (isInside(potential.domain, weight) || (weight === 0 && potential.domain.low < 0)) continue;
    throw new InputError({
      code: "outside-domain",
      message: `trainingStep: expected weights inside the domain of ${potential.name}, got ${weight} (index ${i} of "${name}"); choose another initialisation or potential`,
    });
  }
}

function badType(got: string, name: string): InputError {
  return new InputError({
    code: "bad-type",
    message: `trainingStep: expected parameters all of float32 or all of float64, got ${got} ("${name}"); convert them`,
  });
}
