/** One step of learning as one graph: forward, backward, and the update of weights and optimiser state. */

import { InputError } from "../errors.ts";
import { isInside, type Potential } from "../geometry/index.ts";
import {
  defineGraph,
  type FloatType,
  type Graph,
  type GraphTensor,
  gradient,
  input,
  type LoopOptions,
  type Tensors,
  tensorOf,
  type Value,
} from "../graph/index.ts";
import { mirrorStep } from "./mirror-step.ts";
import { mapNamed, type Named, type Unit } from "./unit.ts";

export interface Parameter {
  /** The weights before the first step, inside the potential's domain. */
  readonly tensor: GraphTensor;
  /** The geometry in which this parameter learns. */
  readonly potential: Potential;
}

export interface TrainingStepOptions {
  readonly parameters: Named<Parameter>;
  /** What is fed at each step: examples, labels. */
  readonly inputs: readonly Value[];
  /** From the weights to the loss, one number, and whatever else is to be read after each step. */
  readonly forward: (weights: Named<Value>) => { readonly loss: Value } & Named<Value>;
  /** The optimiser; it ends with `scaleByLearningRate()`. */
  readonly chain: Unit;
}

/** A step that `openLoop` repeats: open a session on `graph`, then a loop with `carried` and `initial`. */
export interface TrainingStep extends LoopOptions {
  /** Inputs: those given, `learningRate`, weights and states. Outputs: those of `forward`, and `next:NAME` of each state. */
  readonly graph: Graph;
  /** Weights by parameter, and the states of the units; what is to be saved so that a run can go on. */
  readonly initial: Tensors;
  /** The rate of one step, to be fed as `learningRate`. */
  learningRate(rate: number): GraphTensor;
}

/**
 * The graph of one step of mirror descent, each parameter in its own geometry.
 *
 * g = ∂loss/∂w;  u = chain(g);  next w = (φ′)⁻¹(φ′(w) + u), with the φ of the parameter
 *
 * The loss that a step gives is the one before its update. The number of the step is the caller's: it makes the learning
 * rate, which is fed. The same state and the same feeds give the same bits.
 *
 * A run goes on from what `loop.state()` gave: `openLoop(session, { ...step, initial: saved })`, also in another geometry,
 * because the states of the units do not depend on it.
 *
 * A zero weight is allowed under the negative entropy, where it stays zero.
 *
 * @throws InputError `no-parameters`, `bad-type` unless all are float32 or all float64, `outside-domain`;
 *   `repeated-name` where a parameter is called as an input or an output of `forward`, or `learningRate`
 * @example
 * const step = trainingStep({ parameters: { w: { tensor, potential: negativeEntropy } }, inputs: [x], forward, chain });
 * const loop = openLoop(await openSession(step.graph), step);
 * const { loss } = await loop.step({ x: batch, learningRate: step.learningRate(0.1) });
 */
export function trainingStep({ parameters, inputs, forward, chain }: TrainingStepOptions): TrainingStep {
  const dtype = requireParameters(parameters);
  const tensors = mapNamed(parameters, ({ tensor }) => tensor);
  const states = chain.init(tensors);
  const inputOf = ({ dtype: type, shape }: GraphTensor, name: string) => input(name, type, shape);
  const weights = mapNamed(tensors, inputOf);
  const state = mapNamed(states, inputOf);
  const learningRate = input("learningRate", dtype, []);
  const results = forward(weights);
  const names = Object.keys(weights);
  const slopes = gradient(results.loss, Object.values(weights));
  const gradients = Object.fromEntries(names.map((name, i) => [name, slopes[i]]));
  const optimised = chain.update(gradients, { parameters: weights, state, learningRate });
  const moved = mapNamed(parameters, ({ potential }, name) =>
    mirrorStep(potential)(weights[name], optimised.updates[name]),
  );
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
  return { graph, carried, initial, learningRate: (rate) => tensorOf(dtype, [], [rate]) };
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

function requireParameter(name: string, { tensor, potential }: Parameter, dtype: string): void {
  if (tensor.dtype !== dtype) throw badType(`${dtype} and ${tensor.dtype}`, name);
  const { domain } = potential;
  for (const [i, value] of tensor.data.entries()) {
    const weight = Number(value);
    // Where both signs are possible, 0 is a synapse that is absent and stays so.
    if (isInside(domain, weight) || (weight === 0 && domain.low < 0)) continue;
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
