/** What the text of a table's cell means: a number, a missing value, or neither. */

const numberForm = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;
const integerForm = /^[+-]?\d+$/;
const decimalCommaForm = /^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i;
const missingForm = /^(?:|na|n\/a|#n\/a|[+-]?nan|null)$/i;

/**
 * Whether a cell stands for a missing value: empty, NA, N/A, #N/A, NaN or null, in any case.
 *
 * A lone "-" or "." is not missing: Excel's accounting style prints 0 as "-".
 */
export function isMissing(cell: string): boolean {
  return cell.length <= 4 && missingForm.test(cell);
}

/**
 * The number a cell stands for, as C reads it (1e-3, .5, +3, inf); NaN where it is none.
 *
 * Integers from 2^53 on count as none: they are identifiers, and would lose digits.
 */
export function parseNumber(cell: string): number {
  if (!numberForm.test(cell)) return Number.NaN;
  const value = Number(cell);
  if (Number.isNaN(value)) return cell.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return isInexact(value, cell) ? Number.NaN : value;
}

function isInexact(value: number, cell: string): boolean {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && integerForm.test(cell);
}

/** Whether a cell would be a number but for its decimal comma, as in "0,13". */
export function isDecimalComma(cell: string): boolean {
  return decimalCommaForm.test(cell);
}

/** Whether a cell is an integer too long for a number. */
export function isLongInteger(cell: string): boolean {
  return integerForm.test(cell) && isInexact(Number(cell), cell);
}

/** Why a cell that should be a number is none, and what to do. */
export function explainNotANumber(cell: string): { readonly reason: string; readonly attempt: string } {
  if (isLongInteger(cell)) {
    return {
      reason: "an integer of more digits than a number can hold",
      attempt: "if it is an identifier, name another column",
    };
  }
  const attempt = "export without thousands separators and with decimal points";
  if (/^[+-]?\d{1,3},\d{3}$/.test(cell))
    return { reason: "a decimal comma or a thousands separator", attempt };
  if (isDecimalComma(cell)) return { reason: "a decimal comma", attempt };
  if (/^[+-]?\d{1,3}(?:[.,'’\s]\d{3})+(?:[.,]\d*)?$/.test(cell))
    return { reason: "thousands separators", attempt };
  if (/^[+-]?[\d.,]+\s*%$/.test(cell))
    return { reason: "a percentage", attempt: "export it as a plain number" };
  if (/^[<>≤≥~]/.test(cell)) return { reason: "a bound", attempt: "write NA or the number itself" };
  return { reason: "text", attempt: "write NA where a value is missing, or name another column" };
}
