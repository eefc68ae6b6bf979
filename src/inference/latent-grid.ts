/** The exponent under measurement noise when changes are large: a likelihood over the unknown true weights. */

import type { NoiseLevels, NoisyPairs } from "./measurement-noise.ts";
import { maximise } from "./nelder-mead.ts";
import {
  estimateByProfile,
  likelihoodOfContributions,
  type ProfileEstimate,
  type ProfileLikelihood,
} from "./profile-likelihood.ts";
import { normalCdf } from "./special-functions.ts";

const CURVE = { range: { low: -1, high: 3.5 }, step: 0.25, tolerance: 1e-3 } as const;
const BAND = 5;
/** Widest bin as a share of the weight, so that the duals of all exponents are resolved. */
const WIDEST_BIN = 0.15;
const MOST_BINS = 700;
const PRIOR_ROUNDS = 40;
/** Of the simplex: near enough for the steps of Newton that follow. */
const LIKELIHOOD_TOLERANCE = 0.03;

/** Bins of the true weight: bin k is edges[k] … edges[k+1] around nodes[k]. */
interface Grid {
  readonly edges: Float64Array;
  readonly nodes: Float64Array;
  /** Whether true weights may be negative; where they may not, a weight that would cross zero is absent, not negative. */
  readonly signed: boolean;
}

/** Densities of one reading given each bin, for the few bins that matter: bins first[i] … first[i] + values[i].length − 1. */
interface Bands {
  readonly first: Int32Array;
  readonly values: readonly Float64Array[];
}

/**
 * λ̂ from the latent-grid likelihood with known noise.
 *
 * L_i = Σ_kl π_k N(w⁰_i; u_k, τ²(u_k)) T_kl N(w¹_i; u_l, τ²(u_l)),
 * T_kl = Φ((ψ_λ(b_{l+1}) − ψ_λ(u_k) − μ_g)/σ_g) − Φ((ψ_λ(b_l) − ψ_λ(u_k) − μ_g)/σ_g), b the bin edges.
 * Readings are averaged over the bins, so that a bin need only be narrow beside the change or the noise. The prior π of each group comes from its initial readings by 40 rounds of EM from a
 * flat start, which stays smooth. Sign changes are part of T for λ > 0 and impossible for λ ≤ 0 but through the noise.
 */
export function latentGridExponent(pairs: NoisyPairs, level: number): ProfileEstimate {
  return estimateByProfile(latentGrid(pairs), { ...CURVE, level });
}

function latentGrid(pairs: NoisyPairs): ProfileLikelihood {
  const { groupStart, noise } = pairs;
  const grid = makeGrid(pairs);
  const before = readingBands(pairs.initial, grid, noise);
  const after = readingBands(pairs.final, grid, noise);
  const groups = Array.from({ length: groupStart.length - 1 }, (_, g) =>
    groupLikelihood(grid, before, after, groupStart[g], groupStart[g + 1]),
  );
  return likelihoodOfContributions(pairs, (exponent, out) => {
    for (const group of groups) group(exponent, out);
  });
}

/** Bins of half the noise or half the change at their size, whichever is larger, but at most a seventh of the size. */
function makeGrid(pairs: NoisyPairs): Grid {
  const { noise } = pairs;
  let [smallest, largest, signed] = [Number.POSITIVE_INFINITY, 0, false];
  for (const readings of [pairs.initial, pairs.final]) {
    for (const reading of readings) {
      smallest = Math.min(smallest, Math.abs(reading));
      largest = Math.max(largest, Math.abs(reading));
      signed ||= reading < 0;
    }
  }
  const top = largest * (1 + BAND * noise.multiplicative) + BAND * noise.additive;
  const bottom = Math.max(0.3 * smallest, 0.5 * noise.additive);
  const change = changeAtSize(pairs);
  const narrowest = Math.log(top / bottom) / MOST_BINS;
  const positive = [bottom];
  while (positive[positive.length - 1] < top) {
    const edge = positive[positive.length - 1];
    const half = 0.5 * deviationAt(noise, edge);
    const width = Math.min(Math.max(half, 0.5 * change(edge)), Math.max(half, WIDEST_BIN * edge));
    positive.push(edge + Math.max(width, narrowest * edge));
  }
  const edges = signed ? [...positive.map((edge) => -edge).reverse(), 0, ...positive] : [0, ...positive];
  const nodes = edges.slice(1).map((edge, k) => 0.5 * (edge + edges[k]));
  return { edges: Float64Array.from(edges), nodes: Float64Array.from(nodes), signed };
}

/** Size of the change as a power of the weight, from the regression of ln|δ| on ln|w̄|. */
function changeAtSize({ initial, final }: NoisyPairs): (weight: number) => number {
  const points = Array.from(initial, (weight, k) => {
    const size = Math.log(0.5 * (Math.abs(weight) + Math.abs(final[k])));
    return { size, change: Math.log(Math.abs(final[k] - weight)) };
  }).filter(({ change }) => Number.isFinite(change));
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [size, change] = [mean((point) => point.size), mean((point) => point.change)];
  const slope =
    mean((point) => (point.size - size) * (point.change - change)) /
    Math.max(
      1e-12,
      mean((point) => (point.size - size) ** 2),
    );
  // E ln|ε| = −0.635 for a standard normal ε.
  return (weight) => Math.exp(change + 0.635 + slope * (Math.log(weight) - size));
}

function deviationAt(noise: NoiseLevels, weight: number): number {
  return Math.sqrt(noise.additive ** 2 + (noise.multiplicative * weight) ** 2);
}

/** Density of each reading given a true weight in bin k, averaged over the bin so that noise finer than a bin is kept. */
function readingBands(readings: Float64Array, grid: Grid, noise: NoiseLevels): Bands {
  const { edges, nodes } = grid;
  const deviations = nodes.map((node) => deviationAt(noise, node));
  const first = new Int32Array(readings.length);
  const values = Array.from(readings, (reading, i) => {
    const matters = (k: number) => {
      const reach = BAND * deviations[k];
      return edges[k] - reach <= reading && reading <= edges[k + 1] + reach;
    };
    let low = 0;
    while (low < nodes.length - 1 && !matters(low)) low++;
    let high = nodes.length - 1;
    while (high > low && !matters(high)) high--;
    first[i] = low;
    return Float64Array.from({ length: high - low + 1 }, (_, j) => {
      const k = low + j;
      const upper = normalCdf((edges[k + 1] - reading) / deviations[k]);
      return (upper - normalCdf((edges[k] - reading) / deviations[k])) / (edges[k + 1] - edges[k]);
    });
  });
  return { first, values };
}

/** ln L_i(λ) of the pairs of one group at its best μ and σ, looked for from those of the nearest λ seen before. */
function groupLikelihood(grid: Grid, before: Bands, after: Bands, from: number, to: number) {
  const weighted = withPrior(grid, before, from, to);
  const ranges = finalRanges(grid, weighted, after, from, to);
  const transition = grid.nodes.map(() => 0);
  const rows = Array.from(ranges.low, (low, k) => new Float64Array(Math.max(0, ranges.high[k] - low + 1)));
  const edgeDuals = new Float64Array(grid.edges.length);
  const nodeDuals = transition;
  const place = (exponent: number) => {
    for (let k = 0; k < edgeDuals.length; k++) edgeDuals[k] = dualOf(grid.edges[k], exponent);
    for (let k = 0; k < nodeDuals.length; k++) nodeDuals[k] = dualOf(grid.nodes[k], exponent);
  };
  const evaluate = (exponent: number, location: number, scale: number, out: Float64Array) => {
    for (let k = 0; k < rows.length; k++) {
      fillRow(rows[k], grid, edgeDuals, nodeDuals[k], k, ranges.low[k], exponent, location, scale);
    }
    let sum = 0;
    for (let i = from; i < to; i++) {
      out[i] = Math.log(Math.max(pairLikelihood(weighted, after, rows, ranges.low, i), Number.MIN_VALUE));
      sum += out[i];
    }
    return sum;
  };
  const seen: { readonly exponent: number; readonly point: readonly number[] }[] = [];
  return (exponent: number, out: Float64Array): void => {
    place(exponent);
    const near =
      seen.length > 0 ? seen.reduce((a, b) => (gap(b, exponent) < gap(a, exponent) ? b : a)) : null;
    const start = near?.point ?? [0, Math.log(roughScale(before, after, grid, nodeDuals, from, to))];
    const spread = Math.exp(start[1]);
    const best = maximise(
      ([location, logScale]) => evaluate(exponent, location, Math.exp(logScale), out),
      start,
      [0.3 * spread, 0.3],
      LIKELIHOOD_TOLERANCE,
    );
    seen.push({ exponent, point: best.point });
    evaluate(exponent, best.point[0], Math.exp(best.point[1]), out);
  };
}

function gap(seen: { readonly exponent: number }, exponent: number): number {
  return Math.abs(seen.exponent - exponent);
}

/** ψ_λ(w) without its constant; ∓∞ at zero for λ ≤ 0. */
function dualOf(weight: number, exponent: number): number {
  const size = Math.abs(weight);
  if (exponent > 0) return (Math.sign(weight) * size ** exponent) / exponent;
  const dual = Math.abs(exponent) < 1e-9 ? Math.log(size) : size ** exponent / exponent;
  return weight < 0 ? -dual : dual;
}

function fillRow(
  row: Float64Array,
  grid: Grid,
  edgeDuals: Float64Array,
  nodeDual: number,
  bin: number,
  low: number,
  exponent: number,
  location: number,
  scale: number,
): void {
  const centre = nodeDual + location;
  const positive = grid.nodes[bin] > 0;
  /** The standard normal place of an edge. */
  const placeOf = (edge: number) => {
    // For λ ≤ 0 zero is infinitely far on either side, and beyond it lies the other sign, which cannot be reached.
    if (exponent <= 0) {
      if (grid.edges[edge] === 0) return positive ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      if (grid.edges[edge] > 0 !== positive)
        return positive ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    return (edgeDuals[edge] - centre) / scale;
  };
  const present = grid.signed || exponent <= 0 ? 1 : normalCdf(centre / scale);
  if (row.length === 0) return;
  let below = placeOf(low);
  let tailBelow = normalCdf(-Math.abs(below));
  for (let j = 0; j < row.length; j++) {
    const above = placeOf(low + j + 1);
    const tailAbove = normalCdf(-Math.abs(above));
    // The tail that both ends lie in: far out the differences of Φ would have no digits.
    const share =
      above <= 0 ? tailAbove - tailBelow : below >= 0 ? tailBelow - tailAbove : 1 - tailBelow - tailAbove;
    row[j] = share / present;
    [below, tailBelow] = [above, tailAbove];
  }
}

function pairLikelihood(
  weighted: Bands,
  after: Bands,
  rows: readonly Float64Array[],
  rowStart: Int32Array,
  i: number,
): number {
  const a = weighted.values[i];
  const b = after.values[i];
  let total = 0;
  for (let j = 0; j < a.length; j++) {
    const bin = weighted.first[i] + j;
    const row = rows[bin];
    const offset = after.first[i] - rowStart[bin];
    let inner = 0;
    for (let m = 0; m < b.length; m++) inner += row[offset + m] * b[m];
    total += a[j] * inner;
  }
  return total;
}

/** The bands of the initial readings times the prior, which EM fits to them. */
function withPrior(grid: Grid, before: Bands, from: number, to: number): Bands {
  const prior = new Float64Array(grid.nodes.length).fill(1 / grid.nodes.length);
  const next = new Float64Array(prior.length);
  for (let round = 0; round < PRIOR_ROUNDS; round++) {
    next.fill(0);
    for (let i = from; i < to; i++) {
      const band = before.values[i];
      let sum = 0;
      for (let j = 0; j < band.length; j++) sum += band[j] * prior[before.first[i] + j];
      for (let j = 0; j < band.length; j++)
        next[before.first[i] + j] += (band[j] * prior[before.first[i] + j]) / sum;
    }
    for (let k = 0; k < prior.length; k++) prior[k] = next[k] / (to - from);
  }
  const values = before.values.map((band, i) =>
    i < from || i >= to ? band : band.map((value, j) => value * prior[before.first[i] + j]),
  );
  return { first: before.first, values };
}

/** For each initial bin, the range of final bins that any of the group's pairs needs. */
function finalRanges(grid: Grid, weighted: Bands, after: Bands, from: number, to: number) {
  const low = new Int32Array(grid.nodes.length).fill(grid.nodes.length);
  const high = new Int32Array(grid.nodes.length).fill(-1);
  for (let i = from; i < to; i++) {
    const last = after.first[i] + after.values[i].length - 1;
    for (let j = 0; j < weighted.values[i].length; j++) {
      const bin = weighted.first[i] + j;
      if (after.first[i] < low[bin]) low[bin] = after.first[i];
      if (last > high[bin]) high[bin] = last;
    }
  }
  return { low, high };
}

/** RMS dual change between the bins that the readings fall into: a start for σ. */
function roughScale(
  before: Bands,
  after: Bands,
  grid: Grid,
  nodeDuals: Float64Array,
  from: number,
  to: number,
): number {
  let [squares, used] = [0, 0];
  for (let i = from; i < to; i++) {
    const a = before.first[i] + (before.values[i].length >> 1);
    const b = after.first[i] + (after.values[i].length >> 1);
    if (grid.nodes[a] > 0 !== grid.nodes[b] > 0) continue;
    squares += (nodeDuals[b] - nodeDuals[a]) ** 2;
    used++;
  }
  return used > 0 && squares > 0 ? Math.sqrt(squares / used) : 1;
}
