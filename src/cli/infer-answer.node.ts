/** From what was typed after `syngeo infer` to a fit. */

import { InputError } from "../errors.ts";
import { type Potential, parsePotential } from "../geometry/index.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  infer,
  type NoiseLevels,
  pictureOf,
} from "../inference/index.ts";
import { createRandom } from "../random.ts";
import { type LoadedPairs, loadPairs, type PairSelection } from "./load-pairs.node.ts";
import { inferStreamed, openPairBlocks } from "./stream-pairs.node.ts";

export interface InferFlags extends PairSelection {
  readonly noiseAdditive?: number;
  readonly noiseMultiplicative?: number;
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
  const noise = noiseOf(flags);
  const potentials = flags.potentials === undefined ? undefined : potentialsOf(flags.potentials);
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
  const { pairs, control, ...loaded } = await loadPairs(files, flags);
  const fit = infer(pairs, control === null ? options : { ...options, control, sensitivity: false });
  return {
    ...loaded,
    fit,
    picture: wantsPicture ? pictureOf(pairs, fit, options.random.stream("picture"), control) : null,
  };
}

function potentialsOf(list: string): Potential[] {
  const potentials = list.split(",").map((name) => parsePotential(name.trim(), "--potentials"));
  const names = potentials.map(({ name }) => name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return potentials;
  throw new InputError({
    code: "potential-twice",
    message: `--potentials: expected each potential once, got ${twice} more than once ("${list}"); remember that aliases name the same one`,
  });
}

function noiseOf({ noiseAdditive, noiseMultiplicative }: InferFlags): NoiseLevels | null {
  if (noiseAdditive === undefined && noiseMultiplicative === undefined) return null;
  const noise = { additive: noiseAdditive ?? 0, multiplicative: noiseMultiplicative ?? 0 };
  if (noise.additive > 0 || noise.multiplicative > 0) return noise;
  throw new InputError({
    code: "no-noise",
    message:
      "--noise-additive, --noise-multiplicative: expected one of them above 0, got 0; leave both out if noise is negligible",
  });
}
