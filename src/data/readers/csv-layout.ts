/** What a delimited file does not say about itself: its delimiter, and whether its first row is a header. */

import { InputError } from "../../errors.ts";
import { isDecimalComma, isLongInteger, isMissing, parseNumber } from "../cells.ts";
import { countCells, type Delimiter, type Records } from "./csv-records.ts";

/** A file that can be read by several is read by the first: a comma is more often part of a cell than a tab. */
const delimiters: readonly Delimiter[] = ["\t", ";", "|", ","];

/**
 * The delimiter by which all records have the same number of cells, more than one; else the one by which most do.
 * Blanks only where no other will do; and where nothing will, the comma: the table has one column.
 */
export function findDelimiter(sample: Records): Delimiter {
  const records = sample.ends.map((end, i) => sample.text.subarray(sample.ends[i - 1] ?? 0, end));
  const counts = records.map(countCells);
  let best: Delimiter | null = null;
  let bestShare = 0.5;
  for (const delimiter of delimiters) {
    const share = shareOfUsual(counts.map((count) => count[delimiter]));
    if (share <= bestShare) continue;
    best = delimiter;
    bestShare = share;
  }
  const areBlanksRegular = shareOfUsual(counts.map((count) => count.blanks)) > 0.5;
  // "0,13 0,15" has three cells by commas; by blanks it has two, with decimal commas to be refused.
  if (best === "," && areBlanksRegular && holdDecimalCommas(records)) return "blanks";
  return best ?? (areBlanksRegular ? "blanks" : ",");
}

/** The share of records with the most frequent number of cells; 0 where that is one. */
function shareOfUsual(cells: readonly number[]): number {
  const usual = mostFrequent(cells);
  return usual > 1 ? cells.filter((count) => count === usual).length / cells.length : 0;
}

function holdDecimalCommas(records: readonly Uint8Array[]): boolean {
  const cells = records.flatMap((record) => new TextDecoder().decode(record).trim().split(/\s+/));
  return cells.filter(isDecimalComma).length > cells.length / 2;
}

function mostFrequent(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  let best = 1;
  for (const [count, seen] of times) if (seen > (times.get(best) ?? 0)) best = count;
  return best;
}

/**
 * Whether the first row names the columns.
 *
 * It does where none of its cells is a number; or where a word stands above numbers and its own numbers could be
 * names, that is integers ≥ 0 (days, sessions); or where all its numbers are such integers, two or more and
 * increasing, above columns with fractions; or where an empty cell is followed by 0, 1, 2, … as pandas writes.
 * Otherwise it is data.
 */
export function hasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...body] = rows;
  const numbers = first.filter(isNumberLike);
  if (numbers.length === 0) return first.some((cell) => !isMissing(cell));
  if (!numbers.every((cell) => /^\d+$/.test(cell))) return false;
  const isWordAboveNumbers = (cell: string, column: number) =>
    !isMissing(cell) && !isNumberLike(cell) && holdsNumbers(body, column);
  if (first.some(isWordAboveNumbers)) return true;
  if (first[0] === "" && first.slice(1).every((cell, i) => cell === String(i))) return true;
  const isIncreasing = numbers.every((cell, i) => i === 0 || Number(cell) > Number(numbers[i - 1]));
  return (
    numbers.length > 1 &&
    isIncreasing &&
    first.some((cell, i) => isNumberLike(cell) && holdsFractions(body, i))
  );
}

function isNumberLike(cell: string): boolean {
  return !Number.isNaN(parseNumber(cell)) || isDecimalComma(cell) || isLongInteger(cell);
}

function holdsNumbers(body: readonly (readonly string[])[], column: number): boolean {
  const cells = body.map((row) => row[column] ?? "").filter((cell) => !isMissing(cell));
  return cells.length > 0 && cells.every(isNumberLike);
}

function holdsFractions(body: readonly (readonly string[])[], column: number): boolean {
  return body.some((row) => {
    const value = parseNumber(row[column] ?? "");
    return Number.isFinite(value) && !Number.isInteger(value);
  });
}

/**
 * Names for the columns: the header's, with `unnamed 0` for an empty cell; "0", "1", … without a header.
 *
 * @throws InputError `duplicate-column`
 */
export function columnNames(where: string, first: readonly string[], isHeader: boolean): readonly string[] {
  if (!isHeader) return first.map((_, i) => String(i));
  const names = first.map((cell, i) => (cell === "" ? `unnamed ${i}` : cell));
  const places = new Map<string, number>();
  names.forEach((name, i) => {
    const earlier = places.get(name);
    places.set(name, i);
    if (earlier === undefined) return;
    throw new InputError({
      code: "duplicate-column",
      message: `${where}: expected every column name once, got "${name}" twice (columns ${earlier + 1} and ${i + 1}); rename one`,
    });
  });
  return names;
}
