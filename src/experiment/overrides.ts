/** Experiments from one that is there and what differs, as plans write them. */

import { parsePotential } from "../geometry/index.ts";
import { type Experiment, parseExperiment } from "./experiment.ts";

export type Overrides = Readonly<Record<string, unknown>>;

/**
 * An experiment from what is given over what is there. Potentials come out by their own names, so that `eg` and
 * `negative-entropy` are the same run.
 *
 * An object that names another variant, such as another task, is taken whole.
 *
 * @param source  what the JSON is called in messages
 * @throws InputError as `parseExperiment`
 */
export function experimentFrom(base: Overrides, given: Overrides, source: string): Experiment {
  return canonical(parseExperiment(merged(base, given), source));
}

function merged(base: Overrides, given: Overrides): Overrides {
  const entries = Object.entries(given).map(([key, value]) => {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    return [
      key,
      isObject(before) && isObject(value) && isVariant(before, value) ? merged(before, value) : value,
    ];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

const isVariant = (before: Overrides, given: Overrides) =>
  given.name === undefined || given.name === before.name;

function isObject(value: unknown): value is Overrides {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function canonical(experiment: Experiment): Experiment {
  const named = <T extends { readonly potential: string }>(row: T): T => ({
    ...row,
    potential: parsePotential(row.potential).name,
  });
  const { geometry } = experiment;
  const { parameters, switches } = geometry;
  return {
    ...experiment,
    geometry: { ...named(geometry), parameters: parameters.map(named), switches: switches.map(named) },
  };
}
