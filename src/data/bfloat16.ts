/**
 * Numbers in bfloat16: the upper 16 bits of single precision, 1 sign bit, 8 exponent bits and 7 fraction bits.
 *
 * @see Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training", doi:10.48550/arXiv.1905.12322
 */

/** The numbers that the bit patterns stand for; every one is exact in single precision. */
export function widenBfloat16(patterns: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(patterns, (pattern) => pattern << 16).buffer);
}

/** The bit patterns nearest to single-precision numbers, ties to even; NaN stays NaN, and the largest round to Infinity. */
export function narrowToBfloat16(values: Float32Array): Uint16Array {
  const patterns = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(patterns, (pattern, i) => {
    // Rounding could carry the fraction of a NaN into the sign, so NaN is given its usual pattern.
    if (Number.isNaN(values[i])) return 0x7fc0;
    return (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
  });
}
