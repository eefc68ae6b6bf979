/** From what was typed after `syngeo infer` to a fit. */

import { parsePotentials } from "../geometry/index.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  infer,
  pictureOf,
} from "../inference/index.ts";
import { chosenNoise, type LoadedPairs, type NoiseChoice, type PairSelection } from "../pairing/index.ts";
import { createRandom } from "../random.ts";
import { loadPairs } from "./load-pairs.node.ts";
import { inferStreamed, openPairBlocks } from "./stream-pairs.node.ts";

export interface InferFlags extends PairSelection, NoiseChoice {
  readonly potentials?: string;
  readonly level: number;
  readonly seed: number;
  readonly resamples: number;
  readonly threads?: number;
  readonly report?: string;
  readonly figures?: string;
  readonly snapshots?: true;
  readonly json?: true;
}

export interface Answer extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly fit: GeometryFit;
  /** Null where no figure is asked for. */
  readonly picture: GeometryPicture | null;
}

/** What the flags say of the inference itself. @throws InputError for values that cannot be */
export function optionsOf(flags: InferFlags, onProgress: InferOptions["onProgress"]): InferOptions {
  const noise = chosenNoise(flags);
  const potentials =
    flags.potentials === undefined ? undefined : parsePotentials(flags.potentials, "--potentials");
  return {
    random: createRandom(flags.seed),
    seed: flags.seed,
    level: flags.level,
    resamples: flags.resamples,
    sensitivity: flags.report !== undefined || flags.figures !== undefined,
    ...(onProgress ? { onProgress } : {}),
    ...(noise ? { noise } : {}),
    ...(potentials ? { potentials } : {}),
  };
}

/** Large arrays are read a block at a time, all else whole. */
export async function answerOf(
  files: readonly string[],
  flags: InferFlags,
  options: InferOptions,
): Promise<Answer> {
  const wantsPicture = flags.report !== undefined || flags.figures !== undefined;
  const notice = (sentence: string) => process.stderr.write(`syngeo: ${sentence}\n`);
  const streamed = await openPairBlocks(files, flags, notice);
  if (streamed) {
    const { leftOut, files: described } = streamed;
    const { threads } = flags;
    return {
      ...(await inferStreamed(streamed, options, { threads, picture: wantsPicture })),
      leftOut,
      files: described,
    };
  }
  const { pairs, control, ...loaded } = await loadPairs(files, flags, options.onProgress);
  const fit = infer(pairs, control === null ? options : { ...options, control, sensitivity: false });
  return {
    ...loaded,
    fit,
    picture: wantsPicture ? pictureOf(pairs, fit, options.random.stream("picture"), control) : null,
  };
}
