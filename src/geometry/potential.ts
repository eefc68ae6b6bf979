/** What a geometry is: a strictly convex potential φ that is a sum over weights. */

export type FloatArray = Float64Array | Float32Array;

/** The set in which a weight may lie; an open end is excluded from it, and an infinite end is open. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  /** Zero itself is outside (it is infinitely far away in the dual), as under the negative entropy. */
  readonly withoutZero: boolean;
}

/**
 * A potential φ with its mirror map, for one weight.
 *
 * Mirror descent adds the anti-gradient to the dual weight y = φ′(w):  w ← (φ′)⁻¹(φ′(w) − η ∂loss/∂w).
 *
 * Every function throws InputError `outside-domain` for a weight outside `domain` or a dual that is not
 * finite (NaN included). Results follow float64: one too large for it is ±∞, one too small is 0.
 *
 * @see Pogodin et al. 2024, "Synaptic weight distributions depend on the geometry of plasticity" (ICLR)
 */
export interface Potential {
  /** The name people type, with its parameters: `negative-entropy`, `3-norm`, `affine:0.5`. */
  readonly name: string;
  /** λ = p − 1 on the continuum φ″(w) = |w|^(λ−1) up to a factor; null where φ is not a member of it. */
  readonly exponent: number | null;
  readonly domain: Interval;
  /** Whether a weight may change sign along a path of finite dual length. */
  readonly crossesZero: boolean;
  /** φ(w). */
  value(weight: number): number;
  /** y = φ′(w): primal → dual. */
  mirrorMap(weight: number): number;
  /**
   * w = (φ′)⁻¹(y): dual → primal.
   *
   * `sign` is needed where the dual does not tell it (negative entropy: InputError `sign-needed` without it);
   * the other potentials ignore it.
   */
  inverseMirrorMap(dual: number, sign?: 1 | -1): number;
  /** φ″(w) > 0; at the single point w = 0 the p-norms have +∞ (p < 2) or 0 (p > 2). */
  curvature(weight: number): number;
  /**
   * φ′(final) − φ′(initial), without cancellation where the two are close.
   *
   * Between weights of opposite sign it is the plain difference of the mirror maps, also where no path of
   * finite length joins them (negative entropy).
   */
  dualChange(initial: number, final: number): number;
  /**
   * The same for many pairs in one plain loop: `dualChange` of each into `changes`, `mirrorMap` of each initial weight
   * into `duals`. Only for weights known to lie in the domain, which it does not check. Absent where nobody needs speed.
   */
  readonly dualPass?: (
    initial: FloatArray,
    final: FloatArray,
    changes: Float64Array,
    duals: Float64Array,
  ) => void;
  /** φ(to) − φ(from) − φ′(from)(to − from) ≥ 0, without cancellation where the two are close; +∞ where no path leads. */
  divergence(to: number, from: number): number;
}
