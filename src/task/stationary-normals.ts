/** Correlated normal numbers of which neighbours at equal distance are equally correlated. */

import { InputError } from "../errors.ts";
import type { Random } from "../random.ts";
import { type FourierTransform, fourierTransform } from "./fourier-transform.ts";

/** Draws rows of correlated normals. */
export interface StationaryNormals {
  /** The length of a row that `drawTwo` fills at most. */
  readonly length: number;
  /** Noise numbers that two rows take: 2 × the length of the circle. */
  readonly noiseLength: number;
  /**
   * Turns independent standard normals into two independent rows, views on memory that the next call overwrites.
   * Linear in the noise.
   */
  correlate(noise: Float64Array): readonly [Float64Array, Float64Array];
  /** Two independent rows from a stream; overwritten by the next call. */
  drawTwo(random: Random): readonly [Float64Array, Float64Array];
}

/** Covariances may be off by this much, where the circle's spectrum is not quite ≥ 0. */
const largestError = 1e-9;
const longestCircle = 2 ** 20;

/**
 * Prepares rows of `length` normals with mean 0 and E x_i x_j = covariance(|i − j|).
 *
 * The row is cut out of a circle of m ≥ 2·length numbers whose covariance is the same up to half way round. There the
 * discrete Fourier transform is diagonal: x = Re, Im of F (√(λ/m) ∘ (ε₁ + i ε₂)), λ the transform of the circle's
 * covariance. That takes O(m log m) a row and O(m) memory where a Cholesky factor takes O(length²); the law is the same.
 * Should some λ be below 0, larger circles are tried, and a remainder that moves no covariance by more than 1e-9 is cut.
 *
 * @param covariance  of two numbers at a lag 0, 1, 2, …
 * @throws InputError `not-a-covariance`
 * @see Dietrich & Newsam 1997, doi:10.1137/S1064827592240555
 */
export function stationaryNormals(length: number, covariance: (lag: number) => number): StationaryNormals {
  const { scales, fourier } = spectrumOf(length, covariance);
  const m = scales.length;
  const real = new Float64Array(m);
  const imaginary = new Float64Array(m);
  const noiseOfDraw = new Float64Array(2 * m);
  const correlate = (noise: Float64Array) => {
    for (let k = 0; k < m; k++) {
      const place = fourier.places[k];
      real[place] = scales[k] * noise[2 * k];
      imaginary[place] = scales[k] * noise[2 * k + 1];
    }
    fourier.transform(real, imaginary);
    return [real.subarray(0, length), imaginary.subarray(0, length)] as const;
  };
  return {
    length,
    noiseLength: 2 * m,
    correlate,
    drawTwo(random) {
      random.fillNormals(noiseOfDraw);
      return correlate(noiseOfDraw);
    },
  };
}

interface Spectrum {
  /** √(λ_k / m). */
  readonly scales: Float64Array;
  readonly fourier: FourierTransform;
}

/** The spectrum of the smallest circle that will do, with the transform of its length. */
function spectrumOf(length: number, covariance: (lag: number) => number): Spectrum {
  let m = 2;
  while (m < 2 * length) m *= 2;
  for (;;) {
    const size = m;
    const fourier = fourierTransform(size);
    const spectrum = new Float64Array(size);
    for (let k = 0; k <= size / 2; k++) {
      const value = covariance(k);
      for (const around of [k, (size - k) % size]) spectrum[fourier.places[around]] = value;
    }
    fourier.transform(spectrum, new Float64Array(size));
    let missing = 0;
    for (const value of spectrum) if (!(value >= 0)) missing -= value / size;
    if (missing <= largestError) {
      return { scales: spectrum.map((value) => Math.sqrt(Math.max(0, value) / size)), fourier };
    }
    // NaN among the covariances ends here too.
    if (m >= longestCircle || Number.isNaN(missing)) {
      throw new InputError({
        code: "not-a-covariance",
        message: `stationaryNormals: expected covariances with a spectrum ≥ 0, got ${missing.toPrecision(3)} of it below 0 (variance ${covariance(0)}); let the correlations decay faster or more smoothly`,
      });
    }
    m *= 2;
  }
}
