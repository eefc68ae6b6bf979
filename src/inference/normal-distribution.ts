/** The error function, the normal distribution and its quantiles. Checked to 1e-15 relative, tails included. */

import { InputError } from "../errors.ts";

/**
 * erf(x) = (2/√π) ∫₀ˣ exp(−t²) dt, to 4e-16 relative; NaN for NaN.
 *
 * @see Cody 1969, doi:10.1090/S0025-5718-1969-0247736-4
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= SMALL) return smallErf(x);
  const value = 1 - complement(size);
  return x < 0 ? -value : value;
}

/**
 * erfc(x) = 1 − erf(x), to 1e-15 relative down to the smallest normal numbers (x = 26.5); NaN for NaN.
 *
 * @see Cody 1969, doi:10.1090/S0025-5718-1969-0247736-4
 */
export function erfc(x: number): number {
  if (Math.abs(x) <= SMALL) return 1 - smallErf(x);
  return x < 0 ? 2 - complement(-x) : complement(x);
}

/**
 * Φ(x), the share of a standard normal below x, to 1e-15 relative (x ≥ −37.5); NaN for NaN.
 *
 * Half of erfc(−x/√2), but with exp(−x²/2) taken from x itself: the rounding of x/√2 would cost digits in the tail.
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  const y = size * Math.SQRT1_2;
  if (y <= SMALL) return 0.5 + 0.5 * smallErf(x * Math.SQRT1_2);
  const tail = 0.5 * gaussian(size, 0.5) * scaledComplement(y);
  return x < 0 ? tail : 1 - tail;
}

// Where Cody's expansion of erf itself ends.
const SMALL = 0.46875;
const SQRT_PI_INVERSE = 0.5641895835477563;

function complement(y: number): number {
  return gaussian(y, 1) * scaledComplement(y);
}

/** exp(−factor·x²) with factor a power of two: x² is rounded, and the rounding is made good to first order. */
function gaussian(x: number, factor: number): number {
  const square = x * x;
  if (!(square < 1600)) return Number.isNaN(x) ? x : 0;
  const scaled = 134217729 * x; // Dekker 1971: splits x into two halves whose products are exact
  const high = scaled - (scaled - x);
  const low = x - high;
  const rounding = high * high - square + 2 * high * low + low * low;
  return Math.exp(-factor * square) * (1 - factor * rounding);
}

function smallErf(x: number): number {
  const z = x * x;
  const above =
    (((0.18577770618460315 * z + 3.1611237438705655) * z + 113.86415415105016) * z + 377.485237685302) * z +
    3209.3775891384694;
  const below =
    (((z + 23.601290952344122) * z + 244.02463793444417) * z + 1282.6165260773723) * z + 2844.236833439171;
  return (x * above) / below;
}

/** exp(y²) erfc(y) for y ≥ 0.46875. */
function scaledComplement(y: number): number {
  if (y > 4) return farScaledComplement(y);
  const above =
    (((((((2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377) * y + 66.11919063714163) *
      y +
      298.6351381974001) *
      y +
      881.952221241769) *
      y +
      1712.0476126340707) *
      y +
      2051.0783778260716) *
      y +
    1230.3393547979972;
  const below =
    (((((((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099) * y +
      1621.3895745666903) *
      y +
      3290.7992357334597) *
      y +
      4362.619090143247) *
      y +
      3439.3676741437216) *
      y +
    1230.3393548037495;
  return above / below;
}

function farScaledComplement(y: number): number {
  const z = 1 / (y * y);
  const above =
    ((((0.016315387137302097 * z + 0.30532663496123236) * z + 0.36034489994980445) * z +
      0.12578172611122926) *
      z +
      0.016083785148742275) *
      z +
    0.0006587491615298378;
  const below =
    ((((z + 2.568520192289822) * z + 1.8729528499234673) * z + 0.5279051029514285) * z +
      0.06051834131244132) *
      z +
    0.0023352049762686918;
  return (SQRT_PI_INVERSE - (z * above) / below) / y;
}

/**
 * The x with Φ(x) = p, to 1e-15 relative; −∞ at 0 and ∞ at 1.
 *
 * @param p  in [0, 1]
 * @throws InputError `outside-domain`
 * @see Wichura 1988, algorithm AS 241, doi:10.2307/2347330
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new InputError({
      code: "outside-domain",
      message: `normalQuantile: expected a probability in [0, 1], got ${p}; check for a division by zero`,
    });
  }
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRAL, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const root = Math.sqrt(-Math.log(tail));
  const size = root <= 5 ? ratio(NEAR_TAIL, root - 1.6) : ratio(FAR_TAIL, root - 5);
  return q < 0 ? -size : size;
}

/** Polynomials with the highest power first. */
interface Rational {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function ratio({ above, below }: Rational, x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i];
  return sum;
}

// Wichura's coefficients.
const CENTRAL: Rational = {
  above: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  below: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
};
const NEAR_TAIL: Rational = {
  above: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  below: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};
const FAR_TAIL: Rational = {
  above: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  below: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
};
