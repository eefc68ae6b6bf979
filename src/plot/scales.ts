/** Ticks and ranges of axes. */

import { formatCount, formatDecimals, formatPower } from "./words.ts";

/** Outside of these, tick labels are powers of ten. */
const POWERS_BELOW = 1e-4;
const POWERS_ABOVE = 1e5;
/** The place among the choices of the first without multiples of powers. */
const DECADES = 3;

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The smallest range that holds all finite numbers; null where there are none. */
export function hull(values: readonly (number | null)[]): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/** Widened by a share of its length in logarithms at both ends. */
export function padLog({ low, high }: Range, share: number): Range {
  const factor = Math.max(1.05, (high / low) ** share);
  return { low: low / factor, high: high * factor };
}

/** Powers of ten; with their 2- and 5-folds where the range is short, and with their single folds where it is shorter. */
export function logTicks({ low, high }: Range, most = 7): Tick[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const folds = (multiples: readonly number[], stride = 1) => {
    const values: number[] = [];
    for (let power = first; power <= last; power++) {
      if (power % stride !== 0) continue;
      for (const multiple of multiples) {
        const value = Number(`${multiple}e${power}`);
        if (value >= low && value <= high) values.push(value);
      }
    }
    return values;
  };
  const choices = [
    folds([1, 1.5, 2, 3, 4, 5, 6, 8]),
    folds([1, 2, 5]),
    folds([1, 3]),
    folds([1]),
    folds([1], 2),
    folds([1], 3),
    folds([1], 5),
    folds([1], 10),
    folds([1], 20),
  ];
  const powers = low < POWERS_BELOW || high > POWERS_ABOVE;
  const values =
    choices.find(
      (choice, k) => choice.length <= most && !(powers && k < DECADES && choices[DECADES].length > 1),
    ) ?? [];
  return values.map((value) => ({
    value,
    label: powers ? formatPower(value) : value >= 1000 ? formatCount(value) : String(value),
  }));
}

/** About `wanted` ticks at 1-, 2- or 5-fold steps of a power of ten. */
export function linearTicks({ low, high }: Range, wanted = 7): Tick[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((multiple) => multiple * power >= rough) ?? 10);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    const value = Number((k * step).toFixed(decimals));
    ticks.push({ value, label: linearLabel(value, step, decimals) });
  }
  return ticks;
}

function linearLabel(value: number, step: number, decimals: number): string {
  if (step >= POWERS_ABOVE && value !== 0) return formatPower(value);
  return step >= 1000 ? formatCount(value) : formatDecimals(value, decimals);
}
