/** What a person says of the noise of a reading: levels, two readings with nothing between them, or nothing. */

import { InputError } from "../errors.ts";
import type { NoiseLevels } from "../inference/index.ts";
import type { PairSelection } from "./table-pairs.ts";

export interface NoiseChoice {
  readonly noiseAdditive?: number;
  readonly noiseMultiplicative?: number;
}

/**
 * The noise of one reading that was given; null where none was, or where it is estimated from repeated readings.
 *
 * @throws InputError `one-repeat`, `two-noises`, `no-noise`
 */
export function chosenNoise({
  repeat,
  noiseAdditive,
  noiseMultiplicative,
}: NoiseChoice & Pick<PairSelection, "repeat">): NoiseLevels | null {
  if (repeat.length === 1) {
    throw new InputError({
      code: "one-repeat",
      message: `--repeat: expected two columns, got "${repeat[0]}"; such as --repeat day0 day0b`,
    });
  }
  if (repeat.length === 2 && repeat[0] === repeat[1]) {
    throw new InputError({
      code: "one-repeat",
      message: `--repeat: expected two different columns, got "${repeat[0]}" twice; such as --repeat day0 day0b`,
    });
  }
  if (repeat.length === 2 && (noiseAdditive !== undefined || noiseMultiplicative !== undefined)) {
    throw new InputError({
      code: "two-noises",
      message:
        "--repeat: expected no other noise, got --noise-additive or --noise-multiplicative as well; give one of them",
    });
  }
  if (noiseAdditive === undefined && noiseMultiplicative === undefined) return null;
  const noise = { additive: noiseAdditive ?? 0, multiplicative: noiseMultiplicative ?? 0 };
  if (noise.additive > 0 || noise.multiplicative > 0) return noise;
  throw new InputError({
    code: "no-noise",
    message:
      "--noise-additive, --noise-multiplicative: expected one of them above 0, got 0; leave both out if noise is negligible",
  });
}
