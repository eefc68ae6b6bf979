/** Optimiser units: pairs of functions that turn gradients into updates of dual weights, and compose. */

import { InputError } from "../errors.ts";
import type { GraphTensor, Value } from "../graph/index.ts";
import type { Named } from "../network/index.ts";

/** What a unit may look at beside the updates. */
export interface UnitContext {
  /** The weights before the step, by parameter, as the units before this one left them. */
  readonly parameters: Named<Value>;
  /** What `init` made or the last step left, under the same names. */
  readonly state: Named<Value>;
  /** The learning rate of this step: a single number, or one for each run, [runs]. */
  readonly learningRate: Value;
}

export interface UnitResult {
  /** What enters the next unit. */
  readonly updates: Named<Value>;
  /** The states after the step. */
  readonly state: Named<Value>;
  /** The weights from which the mirror step starts, where the unit moves them itself; those before the step unless given. */
  readonly weights?: Named<Value>;
}

/**
 * A part of an optimiser, as graph: it knows no potential and keeps nothing but its state.
 *
 * The updates that enter the first unit of a chain are gradients ∂loss/∂w; those that leave the last are added to the
 * dual weights. Both are records over all parameters, because a global norm needs all of them.
 */
export interface Unit {
  /** A word for its kind; a chain puts it before the names of its states. */
  readonly name: string;
  /** Learning rates from here on make no sense for it and are refused; all do unless given. */
  readonly learningRateLimit?: number;
  /** The states before the first step, of one run. */
  init(parameters: Named<GraphTensor>): Named<GraphTensor>;
  /** One step; where runs go side by side, all values have them as leading axis. */
  update(updates: Named<Value>, context: UnitContext): UnitResult;
}

/** Refuses an option of a unit that is out of its range. */
export function requireOption(where: string, what: string, value: number, holds: boolean): void {
  if (holds) return;
  throw new InputError({
    code: "bad-option",
    message: `${where}: expected ${what}, got ${value}; choose another value`,
  });
}

/** The same function of every entry of a record. */
export function mapNamed<T, U>(record: Named<T>, make: (entry: T, name: string) => U): Named<U> {
  return Object.fromEntries(Object.entries(record).map(([name, entry]) => [name, make(entry, name)]));
}

/** A unit without a state, which treats each parameter by itself. */
export function statelessUnit(
  name: string,
  update: (update: Value, parameter: Value, learningRate: Value) => Value,
): Unit {
  return {
    name,
    init: () => ({}),
    update: (updates, { parameters, learningRate }) => ({
      updates: mapNamed(updates, (value, parameter) => update(value, parameters[parameter], learningRate)),
      state: {},
    }),
  };
}

/**
 * Units one after another, as one unit: the updates and weights of each enter the next.
 *
 * States are named `UNIT/STATE`, a second unit of one name `UNIT-2/STATE`.
 *
 * @throws InputError `empty-chain`
 * @example chain(clipGlobalNorm({ maximum: 1 }), momentum({ decay: 0.9 }), scaleByLearningRate())
 */
export function chain(...units: readonly Unit[]): Unit {
  if (units.length === 0) {
    throw new InputError({
      code: "empty-chain",
      message: "chain: expected one or more units, got 0; end with scaleByLearningRate()",
    });
  }
  const prefixes = units.map(({ name }, i) => {
    const place = units.slice(0, i + 1).filter((unit) => unit.name === name).length;
    return place === 1 ? `${name}/` : `${name}-${place}/`;
  });
  return {
    name: "chain",
    learningRateLimit: Math.min(...units.map(({ learningRateLimit = Infinity }) => learningRateLimit)),
    init: (parameters) =>
      Object.assign({}, ...units.map((unit, i) => withPrefix(prefixes[i], unit.init(parameters)))),
    update(updates, context) {
      let passed = updates;
      let weights = context.parameters;
      const states: Named<Value>[] = [];
      for (const [i, unit] of units.entries()) {
        const state = withoutPrefix(prefixes[i], context.state);
        const result = unit.update(passed, { ...context, parameters: weights, state });
        passed = result.updates;
        weights = result.weights ?? weights;
        states.push(withPrefix(prefixes[i], result.state));
      }
      return { updates: passed, state: Object.assign({}, ...states), weights };
    },
  };
}

function withPrefix<T>(prefix: string, record: Named<T>): Named<T> {
  return Object.fromEntries(Object.entries(record).map(([name, entry]) => [prefix + name, entry]));
}

function withoutPrefix<T>(prefix: string, record: Named<T>): Named<T> {
  const own = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, entry]) => [name.slice(prefix.length), entry]));
}
