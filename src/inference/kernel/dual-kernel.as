// Dual changes of weight pairs, their moments and their cells, two float64 at a time.
//
// AssemblyScript; `npm run make-kernel` compiles it into compiled-kernel.ts. Pointers are bytes from the start of a memory
// that the caller lays out; counts are numbers of pairs. Arrays of doubles have room for one more than `count`.

// @ts-ignore: decorator
@inline
function absolute(x: v128): v128 {
  return f64x2.abs(x);
}

/** |x| as (mantissa in [1, 2), exponent); numbers below the normal ones are lifted by 2^54 first. */
// @ts-ignore: decorator
@inline
function lifted(size: v128, mayBeTiny: bool): v128 {
  if (!mayBeTiny) return size;
  const tiny = f64x2.lt(size, f64x2.splat(2.2250738585072014e-308));
  return v128.bitselect(f64x2.mul(size, f64x2.splat(18014398509481984)), size, tiny);
}

// @ts-ignore: decorator
@inline
function mantissa(size: v128): v128 {
  const fraction = v128.and(size, i64x2.splat(0x000fffffffffffff));
  return v128.or(fraction, i64x2.splat(0x3ff0000000000000));
}

/** Exponent as int64, of a number lifted where `original` is below the normal ones. */
// @ts-ignore: decorator
@inline
function exponent(size: v128, original: v128, mayBeTiny: bool): v128 {
  if (!mayBeTiny) return i64x2.shr_u(size, 52);
  const tiny = f64x2.lt(original, f64x2.splat(2.2250738585072014e-308));
  return i64x2.sub(i64x2.shr_u(size, 52), v128.and(tiny, i64x2.splat(54)));
}

/** A small int64 as float64. */
// @ts-ignore: decorator
@inline
function toDouble(k: v128): v128 {
  const magic = f64x2.splat(6755399441055744);
  return f64x2.sub(i64x2.add(k, magic), magic);
}

/** a + b s. */
// @ts-ignore: decorator
@inline
function pairOf(a: f64, b: f64, s: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), s));
}

/** ln(to/from) + k ln 2 of mantissas in [1, 2): 2 artanh(t), t = (to − from)/(to + from), |t| ≤ 0.172 after halving. */
// @ts-ignore: decorator
@inline
function logOfRatio(to: v128, from: v128, k: v128): v128 {
  const root = f64x2.splat(1.4142135623730951);
  const halve = f64x2.gt(to, f64x2.mul(from, root));
  const double = f64x2.gt(from, f64x2.mul(to, root));
  // A comparison that holds is −1 as an integer: −1 halves, 1 doubles, by the exponent.
  const step = i64x2.sub(halve, double);
  const shifted = toDouble(i64x2.sub(k, step));
  const scaled = i64x2.add(to, i64x2.shl(step, 52));
  const t = f64x2.div(f64x2.sub(scaled, from), f64x2.add(scaled, from));
  const s = f64x2.mul(t, t);
  // Σ s^j/(2j + 1): the term after the last is below 1e-18. In pairs of pairs, which do not wait for each other (Estrin).
  const s2 = f64x2.mul(s, s);
  const s4 = f64x2.mul(s2, s2);
  const first = f64x2.add(
    pairOf(1.0 / 3.0, 1.0 / 5.0, s),
    f64x2.mul(s2, pairOf(1.0 / 7.0, 1.0 / 9.0, s)),
  );
  const second = f64x2.add(
    pairOf(1.0 / 11.0, 1.0 / 13.0, s),
    f64x2.mul(s2, pairOf(1.0 / 15.0, 1.0 / 17.0, s)),
  );
  const third = f64x2.mul(s4, pairOf(1.0 / 19.0, 1.0 / 21.0, s));
  const sum = f64x2.add(first, f64x2.mul(s4, f64x2.add(second, third)));
  // The first term apart, so that it is not rounded with the others.
  const twice = f64x2.add(t, t);
  const series = f64x2.add(f64x2.mul(f64x2.mul(twice, s), sum), twice);
  return f64x2.add(f64x2.mul(shifted, f64x2.splat(0.6931471805599453)), series);
}

/** Where both weights are finite and not 0 and differ in no other way: packs those, tallies the rest. */
// @ts-ignore: decorator
@inline
function packOne(before: f64, after: f64, a: usize, b: usize, kept: i32, tally: usize): i32 {
  if (!(Math.abs(before) < Infinity) || !(Math.abs(after) < Infinity)) {
    store<i32>(tally, load<i32>(tally) + 1);
    return kept;
  }
  if (before == 0 || after == 0) {
    const kind: usize = before == 0 ? (after == 0 ? 12 : 4) : 8;
    store<i32>(tally + kind, load<i32>(tally + kind) + 1);
    return kept;
  }
  if (before == after) store<i32>(tally + 16, load<i32>(tally + 16) + 1);
  else if (before > 0 != after > 0) store<i32>(tally + 20, load<i32>(tally + 20) + 1);
  store<f64>(a + (<usize>kept << 3), before);
  store<f64>(b + (<usize>kept << 3), after);
  return kept + 1;
}

/**
 * Copies the usable pairs of float32 as float64 and returns how many they are.
 *
 * tally: six int32 that are added to: not finite, absent initially, finally, throughout, unchanged, sign flips.
 */
export function packSingle(initial: usize, final: usize, count: i32, a: usize, b: usize, tally: usize): i32 {
  const sizeBits = i32x4.splat(0x7fffffff);
  const one = i32x4.splat(1);
  const finite = i32x4.splat(0x7f7fffff);
  let kept: i32 = 0;
  let i: i32 = 0;
  let unchanged: i32 = 0;
  let flips: i32 = 0;
  for (; i + 4 <= count; i += 4) {
    const x = v128.load(initial + (<usize>i << 2));
    const y = v128.load(final + (<usize>i << 2));
    const usable = v128.and(
      i32x4.lt_u(i32x4.sub(v128.and(x, sizeBits), one), finite),
      i32x4.lt_u(i32x4.sub(v128.and(y, sizeBits), one), finite),
    );
    if (i32x4.all_true(usable)) {
      unchanged += popcnt(i32x4.bitmask(i32x4.eq(x, y)));
      flips += popcnt(i32x4.bitmask(v128.xor(x, y)));
      const at = <usize>kept << 3;
      v128.store(a + at, f64x2.promote_low_f32x4(x));
      v128.store(b + at, f64x2.promote_low_f32x4(y));
      v128.store(a + at, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1)), 16);
      v128.store(b + at, f64x2.promote_low_f32x4(i64x2.shuffle(y, y, 1, 1)), 16);
      kept += 4;
    } else {
      for (let j = i; j < i + 4; j++) {
        const at = <usize>j << 2;
        kept = packOne(<f64>load<f32>(initial + at), <f64>load<f32>(final + at), a, b, kept, tally);
      }
    }
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    kept = packOne(<f64>load<f32>(initial + at), <f64>load<f32>(final + at), a, b, kept, tally);
  }
  store<i32>(tally + 16, load<i32>(tally + 16) + unchanged);
  store<i32>(tally + 20, load<i32>(tally + 20) + flips);
  return kept;
}

/** The same for float64. */
export function packDouble(initial: usize, final: usize, count: i32, a: usize, b: usize, tally: usize): i32 {
  let kept: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const at = <usize>i << 3;
    kept = packOne(load<f64>(initial + at), load<f64>(final + at), a, b, kept, tally);
  }
  return kept;
}

// @ts-ignore: decorator
@inline
function entropyLoop(a: usize, b: usize, count: i32, changes: usize, duals: usize, mayBeTiny: bool): void {
  const signBit = f64x2.splat(-0.0);
  const one = f64x2.splat(1);
  for (let i: i32 = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const from = v128.load(a + at);
    const to = v128.load(b + at);
    const sign = v128.and(from, signBit);
    const fromSize = absolute(from);
    const toSize = absolute(to);
    const fromLifted = lifted(fromSize, mayBeTiny);
    const toLifted = lifted(toSize, mayBeTiny);
    const fromExponent = exponent(fromLifted, fromSize, mayBeTiny);
    const fromMantissa = mantissa(fromLifted);
    const ratio = logOfRatio(
      mantissa(toLifted),
      fromMantissa,
      i64x2.sub(exponent(toLifted, toSize, mayBeTiny), fromExponent),
    );
    const anyFlipped = i64x2.bitmask(v128.xor(from, to)) != 0;
    if (duals == 0 && !anyFlipped) {
      v128.store(changes + at, v128.xor(ratio, sign));
      continue;
    }
    const dual = f64x2.add(logOfRatio(fromMantissa, one, i64x2.sub(fromExponent, i64x2.splat(1023))), one);
    if (duals != 0) v128.store(duals + at, v128.xor(dual, sign));
    let change = ratio;
    if (anyFlipped) {
      const flipped = i64x2.shr_s(v128.xor(from, to), 63);
      change = v128.bitselect(f64x2.neg(f64x2.add(f64x2.add(dual, dual), ratio)), ratio, flipped);
    }
    v128.store(changes + at, v128.xor(change, sign));
  }
}

/**
 * Negative entropy: δ = s ln|b/a| into changes, s (ln|a| + 1) into duals (0 for none); across signs the difference of duals.
 *
 * mayBeTiny: whether weights may be below the normal float64 numbers, as none is that was a float32.
 */
export function entropyPass(a: usize, b: usize, count: i32, changes: usize, duals: usize, mayBeTiny: bool): void {
  if (mayBeTiny) entropyLoop(a, b, count, changes, duals, true);
  else entropyLoop(a, b, count, changes, duals, false);
}

/** √|a|, √|b| and (|b| − |a|)/(√|b| + √|a|), which the norms with odd `twice` share: half of their time. */
export function rootPass(
  a: usize,
  b: usize,
  count: i32,
  fromRoots: usize,
  toRoots: usize,
  differences: usize,
): void {
  for (let i: i32 = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const fromSize = absolute(v128.load(a + at));
    const toSize = absolute(v128.load(b + at));
    const fromRoot = f64x2.sqrt(fromSize);
    const toRoot = f64x2.sqrt(toSize);
    v128.store(fromRoots + at, fromRoot);
    v128.store(toRoots + at, toRoot);
    v128.store(differences + at, f64x2.div(f64x2.sub(toSize, fromSize), f64x2.add(toRoot, fromRoot)));
  }
}

/** sgn(x)|x|^q for q = 0.5, 1, 1.5, 2 (as twice q: 1 to 4). */
// @ts-ignore: decorator
@inline
function signedPower(x: v128, sign: v128, root: v128, twice: i32): v128 {
  if (twice == 2) return x;
  const size = absolute(x);
  if (twice == 1) return v128.xor(root, sign);
  return v128.xor(f64x2.mul(size, twice == 4 ? size : root), sign);
}

/** sgn(b)|b|^q − sgn(a)|a|^q without cancellation for q = 0.5, 1, 1.5, 2, and sgn(a)|a|^q into duals (0 for none). */
// @ts-ignore: decorator
@inline
function powerLoop(
  a: usize,
  b: usize,
  count: i32,
  changes: usize,
  duals: usize,
  twice: i32,
  fromRoots: usize,
  toRoots: usize,
  differences: usize,
): void {
  const signBit = f64x2.splat(-0.0);
  for (let i: i32 = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const from = v128.load(a + at);
    const to = v128.load(b + at);
    const fromSize = absolute(from);
    const toSize = absolute(to);
    let fromRoot = fromSize;
    let toRoot = toSize;
    let change = f64x2.sub(toSize, fromSize);
    if (twice & 1) {
      fromRoot = v128.load(fromRoots + at);
      toRoot = v128.load(toRoots + at);
      change = v128.load(differences + at);
    }
    const sign = v128.and(from, signBit);
    if (twice == 3) {
      change = f64x2.mul(change, f64x2.add(f64x2.add(toSize, f64x2.mul(toRoot, fromRoot)), fromSize));
    } else if (twice == 4) {
      change = f64x2.mul(change, f64x2.add(toSize, fromSize));
    }
    change = v128.xor(change, sign);
    const dual = signedPower(from, sign, fromRoot, twice);
    if (i64x2.bitmask(v128.xor(from, to)) != 0) {
      const flipped = i64x2.shr_s(v128.xor(from, to), 63);
      const across = f64x2.sub(signedPower(to, v128.and(to, signBit), toRoot, twice), dual);
      change = v128.bitselect(across, change, flipped);
    }
    v128.store(changes + at, change);
    if (duals != 0) v128.store(duals + at, dual);
  }
}

/** The p-norm with p − 1 = twice/2, twice from 1 to 4; odd ones take what `rootPass` found. */
export function powerPass(
  a: usize,
  b: usize,
  count: i32,
  changes: usize,
  duals: usize,
  twice: i32,
  fromRoots: usize,
  toRoots: usize,
  differences: usize,
): void {
  if (twice == 1) powerLoop(a, b, count, changes, duals, 1, fromRoots, toRoots, differences);
  else if (twice == 2) powerLoop(a, b, count, changes, duals, 2, fromRoots, toRoots, differences);
  else if (twice == 3) powerLoop(a, b, count, changes, duals, 3, fromRoots, toRoots, differences);
  else powerLoop(a, b, count, changes, duals, 4, fromRoots, toRoots, differences);
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, sums: v128): void {
  store<f64>(place, load<f64>(place) + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
}

/** Adds Σ(δ − shift), Σ(δ − shift)², Σδ², Σy² to the four doubles at `sums`. */
export function addMoments(changes: usize, duals: usize, count: i32, shift: f64, sums: usize): void {
  const about = f64x2.splat(shift);
  let sum = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let changeSquares = f64x2.splat(0);
  let dualSquares = f64x2.splat(0);
  for (let i: i32 = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    let change = v128.load(changes + at);
    let dual = v128.load(duals + at);
    let shifted = f64x2.sub(change, about);
    if (i + 1 == count) {
      const first = i64x2(-1, 0);
      change = v128.and(change, first);
      dual = v128.and(dual, first);
      shifted = v128.and(shifted, first);
    }
    sum = f64x2.add(sum, shifted);
    squares = f64x2.add(squares, f64x2.mul(shifted, shifted));
    changeSquares = f64x2.add(changeSquares, f64x2.mul(change, change));
    dualSquares = f64x2.add(dualSquares, f64x2.mul(dual, dual));
  }
  addTo(sums, sum);
  addTo(sums + 8, squares);
  addTo(sums + 16, changeSquares);
  addTo(sums + 24, dualSquares);
}

/**
 * Counts each δ once into the cells that two grids of unit steps cut out together, one `fraction` behind the other.
 *
 * s = δ·scale + shift, held within [low, high]; the cell is ⌊s⌋ + ⌊s − fraction⌋ − first: the sum grows by one at every point
 * of either grid. `counts` are uint32.
 */
export function addCells(
  changes: usize,
  count: i32,
  scale: f64,
  shift: f64,
  fraction: f64,
  low: f64,
  high: f64,
  first: f64,
  counts: usize,
): void {
  const scales = f64x2.splat(scale);
  const shifts = f64x2.splat(shift);
  const fractions = f64x2.splat(fraction);
  const lows = f64x2.splat(low);
  const highs = f64x2.splat(high);
  const firsts = f64x2.splat(first);
  for (let i: i32 = 0; i < count; i += 2) {
    const steps = f64x2.add(f64x2.mul(v128.load(changes + (<usize>i << 3)), scales), shifts);
    const held = f64x2.pmin(highs, f64x2.pmax(lows, steps));
    const sum = f64x2.add(f64x2.floor(held), f64x2.floor(f64x2.sub(held, fractions)));
    // A whole number up to 2^51 beside 2^52 is the low bits of the sum.
    const cells = f64x2.add(f64x2.sub(sum, firsts), f64x2.splat(4503599627370496));
    const one = counts + (<usize>i32x4.extract_lane(cells, 0) << 2);
    store<u32>(one, load<u32>(one) + 1);
    if (i + 1 == count) return;
    const other = counts + (<usize>i32x4.extract_lane(cells, 2) << 2);
    store<u32>(other, load<u32>(other) + 1);
  }
}
