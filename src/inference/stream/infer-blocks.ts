/** `infer` of pairs that are read by range. */

import type { GeometryFit } from "../geometry-fit.ts";
import { inferPopulation } from "../infer.ts";
import type { PairBlocks } from "./pair-blocks.ts";
import { type SurveyOptions, surveyBlocks } from "./survey.ts";

/**
 * Which geometry changed these weights, of files of any size: `surveyBlocks`, then `inferPopulation`.
 *
 * @throws as `surveyBlocks` and `infer`
 */
export async function inferBlocks(blocks: PairBlocks, options: SurveyOptions): Promise<GeometryFit> {
  const { population } = await surveyBlocks(blocks, options);
  options.signal?.throwIfAborted();
  return inferPopulation(population, options);
}
