/** Numbers as they are typed after a flag. */

import { InvalidArgumentError } from "commander";

export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`expected a number ≥ 0, got "${text}"; such as 0.1`);
}

export function aNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`expected a number, got "${text}"; such as 0.95`);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`expected a whole number ≥ 1, got "${text}"; such as 2`);
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`expected a whole number ≥ 0, got "${text}"; such as 1`);
}
