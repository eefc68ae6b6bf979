/** Delimited text cut into records: lines, except that a quoted cell may run over several. */

import { InputError } from "../../errors.ts";

/** "blanks" is any run of spaces and tabs. */
export type Delimiter = "," | "\t" | ";" | "|" | "blanks";

export interface Records {
  /** Records without comments and blank lines, each followed by "\n". */
  readonly text: Uint8Array;
  /** Where each record ends in `text`, its "\n" included. */
  readonly ends: readonly number[];
  /** The line of the file on which each record begins, counted from 1. */
  readonly lines: readonly number[];
  /** Bytes of the input that are dealt with; the rest is an unfinished record. */
  readonly consumed: number;
  /** The line on which the rest begins. */
  readonly nextLine: number;
}

interface ScanOptions {
  /** In messages, such as `table "spines.csv"`. */
  readonly where: string;
  /** The line on which the bytes begin. */
  readonly line: number;
  /** Nothing follows these bytes. */
  readonly isLast: boolean;
  readonly delimiter: Delimiter | null;
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;
const hash = 35;

/** A longer record is taken for an unclosed quote or a file that is no table. */
const longestRecord = 16 * 2 ** 20;

/** Errors of a spreadsheet begin as comments do. */
const spreadsheetErrors = ["#N/A", "#DIV/0!", "#VALUE!", "#NUM!", "#REF!", "#NAME?", "#NULL!"];

/**
 * Finds the records in a piece of a file. Lines end in LF, CRLF or CR; a line that begins with # is a comment; runs of
 * blanks become one space where they are the delimiter.
 *
 * @throws InputError `unclosed-quote`, `record-too-long`, `not-text`
 */
export function scanRecords(bytes: Uint8Array, options: ScanOptions): Records {
  const text = new Uint8Array(bytes.length + 1);
  const ends: number[] = [];
  const lines: number[] = [];
  let { line } = options;
  let at = 0;
  let used = 0;
  while (at < bytes.length) {
    const found = findEnd(bytes, at, line, options);
    if (found === null) break;
    if (!found.isEmpty) {
      const record = bytes.subarray(at, found.end);
      used =
        options.delimiter === "blanks" ? copyWithSingleBlanks(record, text, used) : copy(record, text, used);
      text[used++] = lineFeed;
      ends.push(used);
      lines.push(line);
    }
    line = found.nextLine;
    at = found.next;
  }
  return { text: text.subarray(0, used), ends, lines, consumed: at, nextLine: line };
}

interface RecordEnd {
  readonly end: number;
  readonly next: number;
  readonly nextLine: number;
  /** A comment, or nothing but blanks. */
  readonly isEmpty: boolean;
}

/** The end of the record that begins at `start`; null where the bytes stop within it. */
function findEnd(
  bytes: Uint8Array,
  start: number,
  startLine: number,
  options: ScanOptions,
): RecordEnd | null {
  const isComment = startsComment(bytes, start);
  let line = startLine;
  let quoteLine = 0;
  let isBlank = true;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte > space && byte !== quote) {
      isBlank = false;
      continue;
    }
    if (byte === quote) {
      isBlank = false;
      if (!isComment) quoteLine = quoteLine === 0 ? line : 0;
    } else if (byte === lineFeed || byte === carriageReturn) {
      if (byte === carriageReturn && i + 1 === bytes.length && !options.isLast) return null;
      const isPair = byte === carriageReturn && bytes[i + 1] === lineFeed;
      line++;
      if (isPair) i++;
      if (quoteLine > 0) continue;
      return { end: isPair ? i - 1 : i, next: i + 1, nextLine: line, isEmpty: isBlank || isComment };
    } else if (byte < tab) {
      throw notText(options.where, line, byte);
    }
  }
  if (options.isLast && quoteLine === 0) {
    return { end: bytes.length, next: bytes.length, nextLine: line, isEmpty: isBlank || isComment };
  }
  if (options.isLast || bytes.length - start > longestRecord) {
    throw unfinished(options.where, startLine, quoteLine);
  }
  return null;
}

function startsComment(bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (bytes[at] === space || bytes[at] === tab) at++;
  if (bytes[at] !== hash) return false;
  const beginning = String.fromCharCode(...bytes.subarray(at, at + 8));
  return !spreadsheetErrors.some((error) => beginning.startsWith(error));
}

function copy(record: Uint8Array, text: Uint8Array, used: number): number {
  text.set(record, used);
  return used + record.length;
}

function copyWithSingleBlanks(record: Uint8Array, text: Uint8Array, start: number): number {
  let used = start;
  let isQuoted = false;
  let isPending = false;
  for (const byte of record) {
    if (!isQuoted && (byte === space || byte === tab)) {
      isPending = used > start;
      continue;
    }
    if (isPending) text[used++] = space;
    isPending = false;
    if (byte === quote) isQuoted = !isQuoted;
    text[used++] = byte;
  }
  return used;
}

/** How many cells a record has by each delimiter, quotes respected. */
export function countCells(record: Uint8Array): { readonly [D in Delimiter]: number } {
  const counts = { ",": 1, "\t": 1, ";": 1, "|": 1, blanks: 0 };
  let isQuoted = false;
  let isBetween = true;
  for (const byte of record) {
    if (byte === quote) isQuoted = !isQuoted;
    const isBlank = !isQuoted && (byte === space || byte === tab || byte === lineFeed);
    if (!isBlank && isBetween) counts.blanks++;
    isBetween = isBlank;
    if (isQuoted) continue;
    if (byte === 44) counts[","]++;
    else if (byte === tab) counts["\t"]++;
    else if (byte === 59) counts[";"]++;
    else if (byte === 124) counts["|"]++;
  }
  return counts;
}

function notText(where: string, line: number, byte: number): InputError {
  return new InputError({
    code: "not-text",
    message: `${where}: expected text in UTF-8, got a byte of value ${byte} (line ${line}); export it as CSV in UTF-8`,
  });
}

function unfinished(where: string, rowLine: number, quoteLine: number): InputError {
  return new InputError(
    quoteLine > 0
      ? {
          code: "unclosed-quote",
          message: `${where}: expected a closing quote, got none for the one opened on line ${quoteLine} (its row begins on line ${rowLine}); close it, or write a quote within a cell as two`,
        }
      : {
          code: "record-too-long",
          message: `${where}: expected rows of at most ${longestRecord} bytes, got a longer one (line ${rowLine}); check that the file is a table`,
        },
  );
}
