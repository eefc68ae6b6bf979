/** The settings of the page Learn as they stand in its address. */

import { potentialParameter } from "../parts/potential-field.tsx";
import { numberBetween, oneOf, type Parameter, wholeNumberBetween } from "../route.ts";
import {
  EXAMPLES,
  LAYERS,
  type LearnSettings,
  PASSES,
  PROCESSORS,
  RATES,
  SCHEMES,
  TASKS,
} from "./learn-settings.ts";

export const parameters: { readonly [K in keyof LearnSettings]: Parameter<LearnSettings[K]> } = {
  processor: oneOf<LearnSettings["processor"]>("wasm", PROCESSORS),
  task: oneOf<LearnSettings["task"]>("mnist-rnn", TASKS),
  potential: potentialParameter("negative-entropy"),
  initialisation: oneOf<LearnSettings["initialisation"]>("log-normal", SCHEMES),
  examples: wholeNumberBetween(0, 0, EXAMPLES.high),
  passes: wholeNumberBetween(0, 0, PASSES.high),
  rate: numberBetween(0, 0, RATES.high),
  momentum: numberBetween(0.9, 0, 0.99),
  seed: wholeNumberBetween(1, 0, 2 ** 31),
  layer: oneOf<LearnSettings["layer"]>("", LAYERS),
};
