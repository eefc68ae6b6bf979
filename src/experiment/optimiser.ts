/** From the settings of an experiment to the parts of its learning rule. */

import { InputError } from "../errors.ts";
import { type Potential, parsePotential } from "../geometry/index.ts";
import type { Tensors } from "../graph/index.ts";
import { matchesGlob } from "../inference/index.ts";
import {
  adam,
  type Constraint,
  chain,
  clipGlobalNorm,
  constantRate,
  cosineRate,
  decoupledWeightDecay,
  frozenSigns,
  momentum,
  nonNegative,
  type Parameter,
  type Schedule,
  scaleByLearningRate,
  stepRate,
  type Unit,
  warmUp,
  weightDecay,
} from "../learning/index.ts";
import type { Experiment } from "./experiment.ts";

/** Gradients clipped, decayed, smoothed or scaled, times the rate: the order of the published optimisers. */
export function optimiserOf({ optimiser }: Experiment): Unit {
  const { scaling, nesterov, weightDecay: rate, weightDecayForm, clipNorm } = optimiser;
  const units: Unit[] = [];
  if (clipNorm !== null) units.push(clipGlobalNorm({ maximum: clipNorm }));
  if (rate > 0) {
    const decay =
      weightDecayForm === "decoupled"
        ? decoupledWeightDecay({ rate })
        : weightDecay({ rate, form: weightDecayForm });
    units.push(decay);
  }
  if (scaling === "adam") units.push(adam({ meanDecay: optimiser.momentum }));
  else if (optimiser.momentum > 0) units.push(momentum({ decay: optimiser.momentum, nesterov }));
  return chain(...units, scaleByLearningRate());
}

/** The rate of each pass, counted from 0. */
export function scheduleOf({ learning }: Experiment, rate: number): Schedule {
  const { schedule, passes } = learning;
  const rest = Math.max(1, passes - learning.warmUp);
  const main =
    schedule.name === "constant"
      ? constantRate(rate)
      : schedule.name === "cosine"
        ? cosineRate(rate, { steps: rest })
        : stepRate(rate, schedule);
  return learning.warmUp > 0 ? warmUp(main, { steps: learning.warmUp }) : main;
}

/** The potential that parameters without one of their own have in a pass. */
export function potentialOfPass({ geometry }: Experiment, pass: number): string {
  let potential = geometry.potential;
  for (const change of geometry.switches) if (change.pass <= pass) potential = change.potential;
  return potential;
}

/**
 * The parameters with their geometry in a pass and their constraint.
 *
 * @param potentials  one for each run side by side, in place of the experiment's
 * @throws InputError `unused-glob` for a row that names no parameter, `unknown-potential`
 */
export function parametersOf(
  experiment: Experiment,
  weights: Tensors,
  pass: number,
  potentials: readonly string[] | null = null,
): Readonly<Record<string, Parameter>> {
  const { geometry } = experiment;
  requireUsedGlobs(geometry.parameters, Object.keys(weights));
  const common = potentials?.map(potentialOf) ?? potentialOf(potentialOfPass(experiment, pass));
  const constraints = constraintsOf(geometry.constraint);
  const entries = Object.entries(weights).map(([name, tensor]) => {
    const own = geometry.parameters.find(({ glob }) => matchesGlob(name, glob));
    const potential = own === undefined ? common : potentialOf(own.potential);
    return [name, { tensor, potential, constraints }] as const;
  });
  return Object.fromEntries(entries);
}

const potentialOf = (name: string): Potential => parsePotential(name, "experiment");

function constraintsOf(name: Experiment["geometry"]["constraint"]): readonly Constraint[] {
  if (name === "none") return [];
  return [name === "frozen-signs" ? frozenSigns() : nonNegative()];
}

function requireUsedGlobs(rows: Experiment["geometry"]["parameters"], names: readonly string[]): void {
  const unused = rows.find(({ glob }) => !names.some((name) => matchesGlob(name, glob)));
  if (unused === undefined) return;
  throw new InputError({
    code: "unused-glob",
    message: `experiment: expected a glob that fits a parameter, got "${unused.glob}" for ${unused.potential}; the parameters are ${names.join(", ")}`,
  });
}
