/** Numbers as people read them: three digits, a true minus sign, a dash for what does not exist. */

import type { VerdictStatus } from "../inference/geometry-fit.ts";

/** What stands for a number that does not exist. */
export const NOTHING = "–";

/** Exponents that an estimate looks at; an interval whose end is null reaches beyond them. */
export const EXPONENTS_LOOKED_AT = { low: -2, high: 5 } as const;

/** The name of each status, short enough for a badge. */
export const STATUS_WORDS: { readonly [S in VerdictStatus]: string } = {
  decided: "Decided",
  undecided: "Undecided",
  none: "None of the named geometries",
  misfit: "Misfit",
  unidentifiable: "Cannot be identified",
};

/** Keeps a number and its unit on one line. */
const NO_BREAK = "\u00a0";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A whole number with separators. @example formatCount(5000000) // "5,000,000" */
export function formatCount(count: number): string {
  return withMinus(String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ","));
}

/**
 * Three significant digits; powers of ten below 0.001 and from a million on.
 *
 * @example formatNumber(-0.01234) // "−0.0123"
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 1e6 || size < 1e-3) return powerText(value.toExponential(2));
  return size >= 1000 ? formatCount(rounded) : withMinus(rounded.toPrecision(3).replace(/\.$/, ""));
}

/** 10ⁿ, with what stands before it unless that is 1. @example formatPower(0.0001) // "10⁻⁴" */
export function formatPower(value: number): string {
  return powerText(value.toExponential());
}

function powerText(exponential: string): string {
  const [digits, power] = exponential.split("e");
  const raised = Array.from(String(Number(power)), (c) => (c === "-" ? "⁻" : SUPERSCRIPTS[Number(c)])).join(
    "",
  );
  return `${digits === "1" ? "" : `${withMinus(digits)} × `}10${raised}`;
}

/** A number with a fixed number of decimals; no minus before what rounds to zero. */
export function formatDecimals(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** A share as a percentage. @example formatPercent(0.0525) // "5.25 %", a no-break space before the sign */
export function formatPercent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return NOTHING;
  const percent = 100 * share;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.01) return `< 0.01${NO_BREAK}%`;
  return `${withMinus(String(Number(percent.toFixed(size < 1 ? 2 : size < 10 ? 2 : 1))))}${NO_BREAK}%`;
}

/** @example formatPValue(0.0002) // "p < 0.001" */
export function formatPValue(p: number | null): string {
  if (p === null || !Number.isFinite(p)) return `p ${NOTHING}`;
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

interface Estimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** As many decimals as the interval's width calls for: two of its own digits, at least 2 and at most 6. */
export function exponentDecimals({ low, high }: Estimate): number {
  if (low === null || high === null || !(high > low)) return 2;
  return Math.min(6, Math.max(2, Math.ceil(1 - Math.log10(high - low))));
}

/** λ̂ alone. */
export function formatExponent(estimate: Estimate): string {
  return formatDecimals(estimate.estimate, exponentDecimals(estimate));
}

/** Both ends of an interval; an end beyond the exponents looked at is said to be so. */
export function formatInterval(estimate: Estimate): string {
  if (estimate.estimate === null && estimate.low === null && estimate.high === null) return NOTHING;
  const decimals = exponentDecimals(estimate);
  const low =
    estimate.low === null
      ? `below ${withMinus(String(EXPONENTS_LOOKED_AT.low))}`
      : formatDecimals(estimate.low, decimals);
  const high =
    estimate.high === null ? `above ${EXPONENTS_LOOKED_AT.high}` : formatDecimals(estimate.high, decimals);
  return `${low} to ${high}`;
}

/** `0.02 (95 % interval −0.11 to 0.15)`. */
export function formatEstimate(estimate: Estimate & { readonly level?: number }): string {
  if (estimate.estimate === null) return "not estimated";
  const level = estimate.level === undefined ? "" : `${formatPercent(estimate.level)} `;
  return `${formatExponent(estimate)} (${level}interval ${formatInterval(estimate)})`;
}

/** `1 pair`, `2 pairs`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

function withMinus(text: string): string {
  return text.replace("-", "−");
}
