/**
 * Half-precision numbers: 1 sign bit, 5 exponent bits with offset 15, 10 fraction bits.
 *
 * @see IEEE 754-2019, doi:10.1109/IEEESTD.2019.8766229
 */

let widened: Float32Array | null = null;

/** The numbers that half-precision bit patterns stand for; every one is exact in single precision. */
export function widenFloat16(patterns: Uint16Array): Float32Array {
  widened ??= Float32Array.from({ length: 65536 }, (_, pattern) => valueOfPattern(pattern));
  const out = new Float32Array(patterns.length);
  for (let i = 0; i < patterns.length; i++) out[i] = widened[patterns[i]];
  return out;
}

function valueOfPattern(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Half-precision bit patterns nearest to single-precision numbers, ties to even; beyond 65519 infinite. */
export function narrowToFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, patternOfValue);
}

function patternOfValue(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Multiples of 2^-24 are subnormal; above, the step doubles with every power of two.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundHalfToEven(size / 2 ** (exponent - 10));
  // Rounding up to 2048 steps carries into the exponent bits, as it should.
  return sign | (steps + (exponent + 14) * 1024);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
