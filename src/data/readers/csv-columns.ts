/** Columns that grow cell by cell and find out whether they hold numbers or text. */

import { InputError } from "../../errors.ts";
import type { Column } from "../../tensor.ts";
import { isDecimalComma, isLongInteger, isMissing, parseNumber } from "../cells.ts";

export interface GrowingColumn {
  readonly name: string;
  numbers: Float64Array;
  /** Null while every cell was a number or missing. */
  texts: string[] | null;
  hasNumbers: boolean;
  /** Numbers were met before text, so the texts of those cells are gone: the file has to be read again. */
  isIncomplete: boolean;
  /** All cells so far are numbers, missing, or numbers but for a decimal comma. */
  isNumericButCommas: boolean;
  firstComma: { readonly cell: string; readonly line: number } | null;
}

/** An empty column; `isText` keeps every cell as text whatever it looks like. */
export function growingColumn(name: string, isText: boolean): GrowingColumn {
  return {
    name,
    numbers: new Float64Array(isText ? 0 : 1024),
    texts: isText ? [] : null,
    hasNumbers: false,
    isIncomplete: false,
    isNumericButCommas: true,
    firstComma: null,
  };
}

/** Adds the cell of the next row; `row` counts from 0. */
export function addCell(column: GrowingColumn, cell: string, row: number, line: number): void {
  if (column.texts === null) {
    const value = parseNumber(cell);
    const isNumber = !Number.isNaN(value);
    if (isNumber || isMissing(cell)) {
      if (row >= column.numbers.length) column.numbers = grown(column.numbers);
      column.numbers[row] = value;
      column.hasNumbers ||= isNumber;
      return;
    }
    column.texts = new Array<string>(row).fill("");
    column.isIncomplete = column.hasNumbers;
    column.numbers = new Float64Array(0);
  }
  const isAbsent = isMissing(cell);
  if (!column.isIncomplete) column.texts.push(isAbsent ? "" : cell);
  if (column.isNumericButCommas && !isAbsent) noteCommas(column, cell, line);
}

function grown(numbers: Float64Array): Float64Array {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function noteCommas(column: GrowingColumn, cell: string, line: number): void {
  if (isDecimalComma(cell)) column.firstComma ??= { cell, line };
  else column.isNumericButCommas = !Number.isNaN(parseNumber(cell)) || isLongInteger(cell);
}

/**
 * Refuses a column whose cells would all be numbers but for decimal commas.
 *
 * @throws InputError `decimal-comma`
 */
export function requireDecimalPoints(where: string, column: GrowingColumn): void {
  const { firstComma, isNumericButCommas, name } = column;
  if (firstComma === null || !isNumericButCommas) return;
  throw new InputError({
    code: "decimal-comma",
    message: `${where}: expected decimal points, got "${firstComma.cell}" (line ${firstComma.line}, column "${name}"); export the table with decimal points and without thousands separators`,
  });
}

/** The finished column of `rows` cells. */
export function finishedColumn(column: GrowingColumn, rows: number): Column {
  const { name, texts } = column;
  if (texts !== null) return { name, kind: "text", values: texts };
  return { name, kind: "number", values: column.numbers.slice(0, rows) };
}
