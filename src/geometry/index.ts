/**
 * The geometry room: potentials and what follows from them, pure mathematics on numbers.
 *
 * A geometry of plasticity is a strictly convex potential φ, a sum over weights. Learning moves the dual
 * weight φ′(w) in a straight line; which φ it is shows in how the change of a weight depends on its size.
 *
 * Each potential is one file and one row in `potentials.ts`: value, mirror map and inverse, curvature, change
 * in the dual and Bregman divergence, the last two without loss of digits for close weights. People name
 * potentials in text (`3-norm`, `affine:10`): `parsePotential` reads it. `bregmanDivergence` and `dualChanges`
 * take whole arrays, `bregmanBall` draws a border. The room imports nothing but the errors, and knows nothing of files, data or statistics.
 */

export { affine } from "./affine.ts";
export { bregmanBall } from "./bregman-ball.ts";
export { bregmanDivergence } from "./bregman-divergence.ts";
export { isInside } from "./domain.ts";
export { dualChanges } from "./dual-change.ts";
export { hyperbolicEntropy } from "./hyperbolic-entropy.ts";
export { logit } from "./logit.ts";
export { negativeEntropy } from "./negative-entropy.ts";
export { euclidean, pNorm } from "./p-norm.ts";
export type { Weights } from "./pairs.ts";
export type { Interval, Potential } from "./potential.ts";
export {
  exponentName,
  parsePotential,
  parsePotentials,
  potentialExamples,
  potentialForms,
  potentialOfExponent,
} from "./potentials.ts";
