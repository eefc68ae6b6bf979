/** What the figures of a fit are drawn from, beside the fit itself: plain numbers, small whatever the number of pairs. */

export interface DualHistogram {
  readonly potential: string;
  /** Bin edges of the standardised, uncentred dual change z = d/SD(d), −5 … 5; length is one more than `density`. */
  readonly edges: readonly number[];
  /** Share of pairs per unit of z. */
  readonly density: readonly number[];
  /** Share of pairs with |z| > 5. */
  readonly beyond: number;
}

export interface GeometryPicture {
  /** Up to 3,000 pairs, drawn at random where there are more. */
  readonly sample: {
    readonly initial: readonly number[];
    readonly final: readonly number[];
    readonly group: readonly string[] | null;
    readonly of: number;
  };
  /** Pairs behind the histograms, the continuum and T(λ): all that are usable, or 50,000 drawn from them. */
  readonly pairs: number;
  readonly histograms: readonly DualHistogram[];
  /** ΔCDF along the continuum; λ ≥ 0, since the paper's potentials end at the negative entropy. */
  readonly continuum: readonly {
    readonly exponent: number;
    readonly deltaCdf: number | null;
    readonly deltaCdfCentred: number | null;
  }[];
  /** Expected value and 95 % quantile of the uncentred ΔCDF of as many exact N(0, 1) draws. */
  readonly floor: { readonly expected: number; readonly upper: number };
  /** The rank-independence statistic T(λ) and its critical value. */
  readonly independence: {
    readonly critical: number;
    readonly points: readonly { readonly exponent: number; readonly statistic: number }[];
  };
  /** Both groups where there is a control: up to 3,000 pairs of each, drawn at random where there are more. */
  readonly control: {
    readonly learning: readonly ControlPoint[];
    readonly control: readonly ControlPoint[];
  } | null;
}

/** A pair of a group, in the unit of the file. */
export interface ControlPoint {
  readonly size: number;
  readonly change: number;
  /** Probability that it took part in learning; null in the control. */
  readonly activity: number | null;
}
