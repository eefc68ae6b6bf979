/** The last step of every optimiser: the only place of learning that knows the potential. */

import { UnsupportedError } from "../errors.ts";
import type { Potential } from "../geometry/index.ts";
import {
  Abs,
  Add,
  Cast,
  Div,
  Exp,
  fastSign,
  Greater,
  GreaterOrEqual,
  Less,
  Max,
  Mul,
  Neg,
  Or,
  Pow,
  Sqrt,
  Sub,
  scalar,
  Tanh,
  type Value,
  Where,
} from "../graph/index.ts";

/** The kinds of potential, each of which has a graph. */
export type PotentialFamily = "negative-entropy" | "p-norm" | "hyperbolic-entropy" | "affine" | "logit";

/** (φ′)⁻¹(φ′(weight) + update) as graph nodes; `parameter` is what stands in the potential's name, if anything. */
export type MirrorGraph = (weight: Value, update: Value, parameter: number) => Value;

/**
 * w·exp(sgn(w)·u): no logarithm, and no weight changes its sign; 0 stays 0.
 *
 * A size below about 1e-308 (float32: 1e-38) moves too slowly, because its sign is taken by a product.
 */
const negativeEntropyStep: MirrorGraph = (weight, update) => Mul(weight, Exp(Mul(fastSign(weight), update)));

/** Signed powers; a root, a square and the plain sum in place of Pow, whose kernel is slow. */
const pNormStep: MirrorGraph = (weight, update, p) => {
  if (p === 2) return Add(weight, update);
  if (p === 3) return signedRoot(Add(signedSquare(weight), update));
  if (p === 1.5) return signedSquare(Add(signedRoot(weight), update));
  return signedPower(Add(signedPower(weight, p - 1), update), 1 / (p - 1));
};

const signedSquare = (x: Value) => Mul(x, Abs(x));

/** sgn(x)√|x| as x over its root; the bound, the smallest normal number, keeps 0/0 away. */
const signedRoot = (x: Value) => Div(x, Sqrt(Max(Abs(x), x.dtype === "float64" ? 2 ** -1022 : 2 ** -126)));

const signedPower = (x: Value, power: number) => Mul(fastSign(x), Pow(Abs(x), power));

/** Whether a number is so small that exp(x) − 1 would lose digits. */
const isSmall = (x: Value) => Less(Abs(x), 1);

/**
 * 2β sinh(asinh(w/2β) + u) without the inverse: with h = tanh(u/2) and r = √(w² + 4β²),
 *
 * |u| < 1:  w + 2h(wh + r)/(1 − h²), which keeps the digits of small changes;
 * else:     s(a·exp(su) − exp(−su)·β²/a) with s = ±1 of w and a = (|w| + r)/2, where nothing cancels.
 */
const hyperbolicEntropyStep: MirrorGraph = (weight, update, beta) => {
  const radius = Sqrt(Add(Mul(weight, weight), 4 * beta * beta));
  const half = Tanh(Mul(update, 0.5));
  const slope = Div(Mul(half, 2), Sub(1, Mul(half, half)));
  const near = Add(weight, Mul(slope, Add(Mul(weight, half), radius)));
  const side = sideOf(weight);
  const larger = Mul(Add(Abs(weight), radius), 0.5);
  const outward = Mul(side, update);
  const smaller = Div(beta, Div(larger, beta));
  const far = Mul(side, Sub(Mul(larger, Exp(outward)), Mul(smaller, Exp(Neg(outward)))));
  return Where(isSmall(update), near, far);
};

/** The sign of a weight as 1 or −1; 1 at 0, from where both directions are alike. */
const sideOf = (weight: Value) => Sub(1, Mul(Cast(Less(weight, 0), { to: weight.dtype }), 2));

/**
 * sgn(z)(exp(ρ|z|) − 1)/ρ of z = φ′(w) + u, without a logarithm. With s = ±1 of w, x = ρsu and E(x) = exp(x) − 1:
 *
 * the size becomes k = |w| + (1 + ρ|w|)E(x)/ρ while that is ≥ 0; beyond zero it is (E(−x)/ρ − |w|)/(1 + ρ|w|) with the
 * other sign. Where |x| ≥ 1 the ones are taken out of E, so that nothing cancels.
 */
const affineStep: MirrorGraph = (weight, update, ratio) => {
  const size = Abs(weight);
  const side = sideOf(weight);
  const outward = Mul(Mul(side, update), ratio);
  const stretch = Add(Mul(size, ratio), 1);
  const half = Tanh(Mul(outward, 0.5));
  const growth = Div(Mul(half, 2 / ratio), Sub(1, half));
  const shrinkage = Div(Mul(half, -2 / ratio), Add(1, half));
  const small = isSmall(outward);
  const grown = Where(small, Add(size, Mul(stretch, growth)), Div(Sub(Mul(stretch, Exp(outward)), 1), ratio));
  const crossed = Where(
    small,
    Div(Sub(shrinkage, size), stretch),
    Div(Sub(Div(Exp(Neg(outward)), stretch), 1), ratio),
  );
  return Mul(side, Where(GreaterOrEqual(grown, 0), grown, Neg(crossed)));
};

/** How far rounding may take a weight past the maximum. */
const ROUNDED = 1 + 1e-5;

/**
 * m·w/(w + (m − w)exp(−u)): the odds w/(m − w) are multiplied by exp(u).
 *
 * A weight that another geometry has left outside [0, m] has no odds: NaN.
 */
const logitStep: MirrorGraph = (weight, update, maximum) => {
  const next = Div(Mul(weight, maximum), Add(weight, Mul(Sub(maximum, weight), Exp(Neg(update)))));
  const isOutside = Or(Less(weight, 0), Greater(weight, maximum * ROUNDED));
  return Where(isOutside, scalar(Number.NaN, weight.dtype), next);
};

const mirrorGraphs: { readonly [P in PotentialFamily]: MirrorGraph } = {
  "negative-entropy": negativeEntropyStep,
  "p-norm": pNormStep,
  "hyperbolic-entropy": hyperbolicEntropyStep,
  affine: affineStep,
  logit: logitStep,
};

/**
 * The mirror step of a potential, each in a form that is fast and keeps its digits.
 *
 * next weight = (φ′)⁻¹(φ′(weight) + update), update = −η·d
 *
 * Plain gradient descent is the 2-norm, the exponentiated gradient the negative entropy: w·exp(sgn(w)·update), whose zero
 * weights stay zero and whose signs never change.
 *
 * @returns  a function of weight and update, values of one float type and shape
 * @throws UnsupportedError `no-mirror-graph` for a potential whose name is not of a known family
 * @see Nemirovski & Yudin 1983; Beck & Teboulle 2003, doi:10.1016/S0167-6377(02)00231-6
 * @example mirrorStep(negativeEntropy)(weight, update)
 */
export function mirrorStep(potential: Potential): (weight: Value, update: Value) => Value {
  const { family, parameter } = familyOf(potential);
  return (weight, update) => mirrorGraphs[family](weight, update, parameter);
}

/** Family and parameter as the potential's name states them: `3-norm`, `affine:0.5`. */
function familyOf({ name }: Potential): { readonly family: PotentialFamily; readonly parameter: number } {
  const [word, parameter] = name.split(":");
  if (name === "negative-entropy") return { family: name, parameter: Number.NaN };
  if (name.endsWith("-norm")) return { family: "p-norm", parameter: Number(name.slice(0, -"-norm".length)) };
  if (word === "hyperbolic-entropy" || word === "affine" || word === "logit") {
    return { family: word, parameter: Number(parameter) };
  }
  throw new UnsupportedError({
    code: "no-mirror-graph",
    message: `mirrorStep: expected a potential of the families ${Object.keys(mirrorGraphs).join(", ")}, got ${JSON.stringify(name)}; write its graph in mirror-step.ts`,
  });
}
