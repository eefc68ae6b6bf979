/** The profile likelihood of the exponent, as users of the Box–Cox transformation know it. */

import type { GeometryFit, LikelihoodEstimate } from "../../inference/geometry-fit.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin } from "../axes.ts";
import { GREY, HEADLINE, INK } from "../colours.ts";
import {
  clippedCurve,
  EXPONENT_LABEL,
  exponentWindow,
  namesOnTop,
  narrowNote,
  type Window,
} from "../exponent-axis.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { line, link, type Markish, plotGroup, rect, ruleX, ruleY } from "../marks.ts";
import { hull, linearTicks, type Range, type Tick } from "../scales.ts";
import { formatEstimate, formatExponent, formatPercent } from "../words.ts";

const TITLE = "Profile log-likelihood of the exponent λ";
/** Half the 95 % quantile of χ² with one degree of freedom. */
const DROP_95 = 1.92;
const DROPS_SHOWN = 7;
const POINTS_BETWEEN = 8;

interface Point {
  readonly exponent: number;
  /** ℓ(λ) − ℓ(λ̂) ≤ 0. */
  readonly drop: number;
}

interface Profile {
  readonly points: readonly Point[];
  /** How far below the top the interval ends. */
  readonly cutoff: number;
}

/** ℓ(λ) − ℓ(λ̂) against λ, the height at which the interval is cut, and the headline interval for comparison. */
export const likelihoodProfile: Figure = {
  name: "likelihood-profile",
  title: TITLE,
  applies: () => true,
  caption: (fit) => {
    const { likelihood, exponent } = fit;
    if (likelihood.estimate === null) return "The likelihood has no maximum among the exponents looked at.";
    const level = { level: exponent.level };
    const law =
      likelihood.degreesOfFreedom === null ? "Gaussian" : `Student-t (ν = ${likelihood.degreesOfFreedom})`;
    const headline =
      fit.noise.method === null
        ? `the headline estimate, which assumes no law, is ${formatEstimate(exponent)}`
        : `it accounts for the measurement noise and is the headline, ${formatEstimate(exponent)}`;
    return (
      `The likelihood with a ${law} dual change is highest at λ̂ = ${formatEstimate({ ...likelihood, ...level })}; ` +
      `${headline}.`
    );
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: likelihoodProfile.caption(fit, picture) };
    const profile = profileOf(fit.likelihood);
    if (profile === null) {
      return drawReason(frame, "the likelihood has no maximum among the exponents looked at");
    }
    const places = fit.likelihood.profile.map(({ exponent }) => exponent);
    const view = exponentWindow([fit.likelihood, fit.exponent], fit.potentials, places);
    const drops = dropRange(profile, view);
    const ticks = linearTicks({ low: drops.low, high: 0 }, 6);
    const margins = { marginLeft: sideMargin(ticks), marginRight: 24 };
    const top = namesOnTop(fit.potentials, view.range, { width: FIGURE_WIDTH, ...margins });
    const marks = [...axes(view.range, ticks), ...top.marks, ...curveMarks(fit, profile, view.range, drops)];
    return drawFrame({ ...frame, legend: legend(fit), ...noteOf(fit, view) }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        ...margins,
        marginTop: top.marginTop,
        marginBottom: BOTTOM_MARGIN,
        x: { domain: [view.range.low, view.range.high] },
        y: { domain: [drops.low, drops.high] },
        marks,
      }),
    );
  },
};

/**
 * The curve, made dense for drawing: √(ℓ(λ̂) − ℓ) is close to a straight line on each side of λ̂.
 *
 * The height of the top is that of the parabola through the highest point and its neighbours.
 */
function profileOf(likelihood: LikelihoodEstimate): Profile | null {
  const { estimate } = likelihood;
  const known = likelihood.profile.flatMap(({ exponent, logLikelihood }) =>
    logLikelihood === null ? [] : [{ exponent, logLikelihood }],
  );
  if (estimate === null || known.length < 3) return null;
  const within = hull(known.map(({ exponent }) => exponent));
  if (within === null || estimate < within.low || estimate > within.high) return null;
  const best = known.reduce((top, point, k) => (point.logLikelihood > known[top].logLikelihood ? k : top), 0);
  const middle = Math.min(Math.max(best, 1), known.length - 2);
  const bend = bendOf(known[middle - 1], known[middle], known[middle + 1]);
  const top = known[best].logLikelihood + bend * (known[best].exponent - estimate) ** 2;
  const roots = [
    ...known
      .filter(({ exponent }) => exponent !== estimate)
      .map(({ exponent, logLikelihood }) => ({ exponent, root: root(top - logLikelihood) })),
    { exponent: estimate, root: 0 },
  ]
    .sort((a, b) => a.exponent - b.exponent)
    .map(({ exponent, root }) => ({ exponent, root: exponent < estimate ? -root : root }));
  const factor = likelihood.cutoffFactor ?? 1;
  return { points: densified(roots), cutoff: cutoffOf(likelihood, roots) ?? DROP_95 * factor };
}

interface Height {
  readonly exponent: number;
  readonly logLikelihood: number;
}

/** −½ℓ″ ≥ 0 by second divided differences. */
function bendOf(a: Height, b: Height, c: Height): number {
  const left = (b.logLikelihood - a.logLikelihood) / (b.exponent - a.exponent);
  const right = (c.logLikelihood - b.logLikelihood) / (c.exponent - b.exponent);
  return Math.max(0, -(right - left) / (c.exponent - a.exponent));
}

function root(value: number): number {
  return Math.sqrt(Math.max(0, value));
}

interface Root {
  readonly exponent: number;
  readonly root: number;
}

function densified(roots: readonly Root[]): Point[] {
  const points: Point[] = [];
  for (let k = 0; k + 1 < roots.length; k++) {
    for (let step = 0; step < POINTS_BETWEEN; step++) {
      const share = step / POINTS_BETWEEN;
      const exponent = roots[k].exponent + share * (roots[k + 1].exponent - roots[k].exponent);
      const height = roots[k].root + share * (roots[k + 1].root - roots[k].root);
      points.push({ exponent, drop: -height * height });
    }
  }
  const last = roots[roots.length - 1];
  return [...points, { exponent: last.exponent, drop: -last.root * last.root }];
}

/** The drop at the ends of the interval, read off the curve; null where neither end lies on it. */
function cutoffOf({ low, high }: LikelihoodEstimate, roots: readonly Root[]): number | null {
  const drops = [low, high].flatMap((end) => {
    if (end === null) return [];
    const after = roots.findIndex(({ exponent }) => exponent >= end);
    if (after < 1) return [];
    const [a, b] = [roots[after - 1], roots[after]];
    const height = a.root + ((end - a.exponent) / (b.exponent - a.exponent)) * (b.root - a.root);
    return [height * height];
  });
  return drops.length === 0 ? null : drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
}

function dropRange({ points, cutoff }: Profile, { range, resolved }: Window): Range {
  const inside = points.filter(({ exponent }) => exponent >= range.low && exponent <= range.high);
  const deepest = inside.reduce((low, { drop }) => Math.min(low, drop), -1.5 * cutoff);
  const low = resolved ? Math.max(deepest, -DROPS_SHOWN * cutoff) : deepest;
  return { low, high: -0.06 * low };
}

function axes(range: Range, ticks: readonly Tick[]): Markish[] {
  return [
    horizontalGrid(ticks),
    bottomAxis(linearTicks(range), EXPONENT_LABEL),
    leftAxis(ticks, "log-likelihood below its maximum"),
  ];
}

function curveMarks(fit: GeometryFit, { points, cutoff }: Profile, range: Range, drops: Range): Markish[] {
  const { likelihood, exponent } = fit;
  const marks: Markish[] = [];
  const clip = { clip: true };
  const ends = (low: number | null, high: number | null) => ({
    x1: low ?? range.low,
    x2: high ?? range.high,
  });
  const band = [{ ...ends(likelihood.low, likelihood.high), y1: drops.low, y2: drops.high }];
  marks.push(rect(band, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: INK, fillOpacity: 0.1, ...clip }));
  marks.push(ruleY([-cutoff], { stroke: GREY, strokeWidth: 1.5, strokeDasharray: "6 4" }));
  if (likelihood.estimate !== null)
    marks.push(ruleX([likelihood.estimate], { stroke: INK, strokeWidth: 1.5 }));
  marks.push(
    line(clippedCurve(points, range), {
      x: "exponent",
      y: "drop",
      stroke: INK,
      strokeWidth: 2.5,
      ...clip,
    }),
  );
  if (exponent.estimate !== null) {
    const height = drops.low + 0.08 * (drops.high - drops.low);
    const bar = [{ ...ends(exponent.low, exponent.high), y: height }];
    const tick = [
      {
        x: exponent.estimate,
        y1: height - 0.025 * (drops.high - drops.low),
        y2: height + 0.025 * (drops.high - drops.low),
      },
    ];
    marks.push(link(bar, { x1: "x1", x2: "x2", y: "y", stroke: HEADLINE, strokeWidth: 5, ...clip }));
    marks.push(link(tick, { x: "x", y1: "y1", y2: "y2", stroke: HEADLINE, strokeWidth: 2.5, ...clip }));
  }
  return marks;
}

function legend({ likelihood, exponent }: GeometryFit): LegendEntry[] {
  const level = formatPercent(exponent.level);
  const entries: LegendEntry[] = [
    { label: `likelihood, λ̂ = ${formatExponent(likelihood)}`, colour: INK, mark: "line", width: 2.5 },
    { label: `its ${level} interval`, colour: INK, mark: "band", opacity: 0.1 },
    { label: "cut-off of the interval", colour: GREY, mark: "line", dash: "6 4", width: 1.5 },
  ];
  if (exponent.estimate !== null) {
    const label = `headline, λ̂ = ${formatExponent(exponent)}, with its ${level} interval`;
    entries.push({ label, colour: HEADLINE, mark: "line", width: 5 });
  }
  return entries;
}

function noteOf(fit: GeometryFit, view: Window): { readonly note?: string } {
  const impossible = fit.likelihood.profile.some(
    ({ exponent, logLikelihood }) => logLikelihood === null && exponent >= view.range.low,
  );
  return impossible
    ? { note: "where no curve is drawn, the likelihood is 0: no path leads across zero" }
    : narrowNote(view);
}
