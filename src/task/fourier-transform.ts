/** The discrete Fourier transform of a length that is a power of two. */

/** A transform prepared for one length. */
export interface FourierTransform {
  readonly length: number;
  /** Where each x_j is put: its index with the bits in reverse. */
  readonly places: Int32Array;
  /**
   * In place: from x_j at `places[j]` to X_k = Σ_j x_j exp(−2πi j k / n) at k, not scaled; `real` and `imaginary` have that
   * length.
   */
  transform(real: Float64Array, imaginary: Float64Array): void;
}

/**
 * Prepares the transform; O(n log n) a call, nothing allocated by it.
 *
 * Two levels of halving at a time, which takes half as many passes over the memory.
 *
 * @param length  a power of two; the caller sees to that
 * @see Cooley & Tukey 1965, doi:10.1090/S0025-5718-1965-0178586-1
 */
export function fourierTransform(length: number): FourierTransform {
  const isOdd = Math.log2(length) % 2 === 1;
  const levels: { readonly size: number; readonly turns: Float64Array }[] = [];
  for (let size = isOdd ? 2 : 1; size < length; size *= 4) levels.push({ size, turns: turnsOf(size) });
  return {
    length,
    places: reversedBits(length),
    transform(real, imaginary) {
      if (isOdd) joinPairs(real, imaginary);
      for (const { size, turns } of levels) joinFours(real, imaginary, size, turns);
    },
  };
}

/** Joins transforms of one number into those of two. */
function joinPairs(real: Float64Array, imaginary: Float64Array): void {
  for (let i = 0; i < real.length; i += 2) {
    const firstReal = real[i];
    const firstImaginary = imaginary[i];
    real[i] += real[i + 1];
    imaginary[i] += imaginary[i + 1];
    real[i + 1] = firstReal - real[i + 1];
    imaginary[i + 1] = firstImaginary - imaginary[i + 1];
  }
}

/** Six numbers for each k < size: exp(−2πi k j / (4 size)) for j = 2, 1 and 3. */
function turnsOf(size: number): Float64Array {
  const turns = new Float64Array(6 * size);
  for (let k = 0; k < size; k++) {
    for (const [place, j] of [2, 1, 3].entries()) {
      const angle = (-2 * Math.PI * k * j) / (4 * size);
      turns[6 * k + 2 * place] = Math.cos(angle);
      turns[6 * k + 2 * place + 1] = Math.sin(angle);
    }
  }
  return turns;
}

/** Joins transforms of `size` into those of four times that. Each number is read once, which takes off a third of the time. */
function joinFours(real: Float64Array, imaginary: Float64Array, size: number, turns: Float64Array): void {
  const length = real.length;
  for (let start = 0; start < length; start += 4 * size) {
    for (let k = 0, t = 0; k < size; k++, t += 6) {
      const i1 = start + k;
      const i2 = i1 + size;
      const i3 = i2 + size;
      const i4 = i3 + size;
      // Not by destructuring, which makes an array of each pair.
      const real1 = real[i1];
      const imaginary1 = imaginary[i1];
      const real2 = real[i2];
      const imaginary2 = imaginary[i2];
      const real3 = real[i3];
      const imaginary3 = imaginary[i3];
      const real4 = real[i4];
      const imaginary4 = imaginary[i4];
      const cosine2 = turns[t];
      const sine2 = turns[t + 1];
      const cosine3 = turns[t + 2];
      const sine3 = turns[t + 3];
      const cosine4 = turns[t + 4];
      const sine4 = turns[t + 5];
      const turnedReal2 = real2 * cosine2 - imaginary2 * sine2;
      const turnedImaginary2 = real2 * sine2 + imaginary2 * cosine2;
      const turnedReal3 = real3 * cosine3 - imaginary3 * sine3;
      const turnedImaginary3 = real3 * sine3 + imaginary3 * cosine3;
      const turnedReal4 = real4 * cosine4 - imaginary4 * sine4;
      const turnedImaginary4 = real4 * sine4 + imaginary4 * cosine4;
      // As the bits are in reverse, the first two are of the even numbers and the others of the odd ones.
      const evenReal = real1 + turnedReal2;
      const evenImaginary = imaginary1 + turnedImaginary2;
      const evenRealLater = real1 - turnedReal2;
      const evenImaginaryLater = imaginary1 - turnedImaginary2;
      const oddReal = turnedReal3 + turnedReal4;
      const oddImaginary = turnedImaginary3 + turnedImaginary4;
      const oddRealLater = turnedReal3 - turnedReal4;
      const oddImaginaryLater = turnedImaginary3 - turnedImaginary4;
      real[i1] = evenReal + oddReal;
      imaginary[i1] = evenImaginary + oddImaginary;
      real[i2] = evenRealLater + oddImaginaryLater;
      imaginary[i2] = evenImaginaryLater - oddRealLater;
      real[i3] = evenReal - oddReal;
      imaginary[i3] = evenImaginary - oddImaginary;
      real[i4] = evenRealLater - oddImaginaryLater;
      imaginary[i4] = evenImaginaryLater + oddRealLater;
    }
  }
}

function reversedBits(length: number): Int32Array {
  const reversed = new Int32Array(length);
  for (let i = 1; i < length; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? length >> 1 : 0);
  return reversed;
}
