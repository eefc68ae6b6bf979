/** The discrete Fourier transform of a length that is a power of two. */

/** A transform prepared for one length. */
export interface FourierTransform {
  readonly length: number;
  /**
   * In place: X_k = Σ_j x_j exp(−2πi j k / n), not scaled; `real` and `imaginary` have that length.
   */
  transform(real: Float64Array, imaginary: Float64Array): void;
}

/**
 * Prepares the transform; O(n log n) a call, nothing allocated by it.
 *
 * @param length  a power of two; the caller sees to that
 * @see Cooley & Tukey 1965, doi:10.1090/S0025-5718-1965-0178586-1
 */
export function fourierTransform(length: number): FourierTransform {
  const half = length / 2;
  const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / length));
  const sines = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / length));
  const reversed = reversedBits(length);
  return {
    length,
    transform(real, imaginary) {
      for (let i = 0; i < length; i++) {
        const j = reversed[i];
        if (j <= i) continue;
        // Not by destructuring, which makes an array of each pair.
        const otherReal = real[j];
        const otherImaginary = imaginary[j];
        real[j] = real[i];
        imaginary[j] = imaginary[i];
        real[i] = otherReal;
        imaginary[i] = otherImaginary;
      }
      for (let size = 1; size < length; size *= 2) {
        butterflies(real, imaginary, size, cosines, sines);
      }
    },
  };
}

/** Joins transforms of `size` into those of twice that. */
function butterflies(
  real: Float64Array,
  imaginary: Float64Array,
  size: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  const length = real.length;
  const stride = length / (2 * size);
  for (let start = 0; start < length; start += 2 * size) {
    for (let k = 0; k < size; k++) {
      const cosine = cosines[k * stride];
      const sine = sines[k * stride];
      const i = start + k;
      const j = i + size;
      const turnedReal = real[j] * cosine - imaginary[j] * sine;
      const turnedImaginary = real[j] * sine + imaginary[j] * cosine;
      real[j] = real[i] - turnedReal;
      imaginary[j] = imaginary[i] - turnedImaginary;
      real[i] += turnedReal;
      imaginary[i] += turnedImaginary;
    }
  }
}

function reversedBits(length: number): Int32Array {
  const reversed = new Int32Array(length);
  for (let i = 1; i < length; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? length >> 1 : 0);
  return reversed;
}
