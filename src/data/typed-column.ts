/** Columns from values that a format has already typed. */

import { InputError } from "../errors.ts";
import type { Column } from "../tensor.ts";
import { isMissing, parseNumber } from "./cells.ts";

/**
 * A column of values in parts that follow one another: of numbers where every value is a number, a boolean (0 or 1), an
 * integer within ±2^53, or missing (undefined or null); else of text, numbers in it in the shortest form that reads back equal.
 *
 * @throws InputError `bad-cell` for a value that is none of these
 */
export function columnOfParts(where: string, name: string, parts: readonly ArrayLike<unknown>[]): Column {
  const floats = parts.filter((part) => part instanceof Float32Array || part instanceof Float64Array);
  if (floats.length < parts.length) {
    const values: unknown[] = [];
    for (const part of parts) for (let i = 0; i < part.length; i++) values.push(part[i]);
    return columnOfValues(where, name, values);
  }
  const values = new Float64Array(floats.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of floats) {
    values.set(part, at);
    at += part.length;
  }
  return { name, kind: "number", values };
}

function columnOfValues(where: string, name: string, values: readonly unknown[]): Column {
  if (values.every(isNumeric)) return { name, kind: "number", values: Float64Array.from(values, numberOf) };
  return { name, kind: "text", values: values.map((value, row) => textOf(where, name, value, row)) };
}

/** A column of numbers where every text is a number or missing as in a CSV file, else of text. */
export function columnOfTexts(name: string, cells: readonly string[]): Column {
  const isNumber = (cell: string) => isMissing(cell) || !Number.isNaN(parseNumber(cell));
  if (cells.every(isNumber)) return { name, kind: "number", values: Float64Array.from(cells, parseNumber) };
  return { name, kind: "text", values: cells.map((cell) => (isMissing(cell) ? "" : cell)) };
}

/** Whether a value can be in a column of numbers. */
export function isNumeric(value: unknown): boolean {
  if (typeof value === "bigint")
    return BigInt(Number.MIN_SAFE_INTEGER) <= value && value <= Number.MAX_SAFE_INTEGER;
  return value === undefined || value === null || typeof value === "number" || typeof value === "boolean";
}

/** A value of such a column; missing ones are NaN. */
export function numberOf(value: unknown): number {
  return value === undefined || value === null ? Number.NaN : Number(value);
}

function textOf(where: string, name: string, value: unknown, row: number): string {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  throw new InputError({
    code: "bad-cell",
    message: `${where}: expected numbers or text in column "${name}", got ${typeof value} (row ${row}); write that column as text`,
  });
}
