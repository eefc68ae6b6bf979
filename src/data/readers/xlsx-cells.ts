/** The cells of a sheet as texts, as Excel would write them into a CSV file, but dates in ISO 8601. */

import { InputError } from "../../errors.ts";
import type { ByteSource } from "../byte-source.ts";
import { type Workbook, whereOf } from "./xlsx-workbook.ts";

/** A row that has at least one cell with content; `cells` go by column, counted from 0. */
export interface SheetRow {
  /** The row's number in the sheet, from 1. */
  readonly line: number;
  readonly cells: ReadonlyMap<number, string>;
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string;
  hasFormula: boolean;
}

const millisecondsPerDay = 86_400_000;
const mostColumns = 16_384;

/** @throws InputError `bad-xlsx`, `formula-without-value` */
export async function readRows(
  source: ByteSource,
  workbook: Workbook,
  sheet: { readonly name: string; readonly path: string },
): Promise<readonly SheetRow[]> {
  const rows: SheetRow[] = [];
  const bad = (expected: string, got: string) => badCell(source, sheet.name, expected, got);
  let line = 0;
  let cells = new Map<number, string>();
  let cell: OpenCell | null = null;
  let isValue = false;
  let isReading = false;
  const isThere = await workbook.walk(sheet.path, {
    open(name, attributes) {
      if (name === "row") {
        line = rowNumber(attributes.get("r"), line + 1, bad);
        cells = new Map();
      } else if (name === "c") {
        const column = columnNumber(attributes.get("r"), cells, bad);
        const style = Number(attributes.get("s") ?? 0);
        cell = { column, type: attributes.get("t") ?? "n", style, value: "", hasFormula: false };
      } else if (name === "f" && cell !== null) cell.hasFormula = true;
      if (name === "rPh") isReading = true;
      isValue = cell !== null && !isReading && (name === "v" || name === "t");
    },
    text(piece) {
      if (isValue && cell !== null) cell.value += piece;
    },
    close(name) {
      isValue = false;
      if (name === "rPh") isReading = false;
      if (name === "c" && cell !== null) {
        const text = textOf(workbook, cell, line, bad);
        if (text !== "") cells.set(cell.column, text);
        cell = null;
      } else if (name === "row" && cells.size > 0) rows.push({ line, cells });
    },
  });
  if (!isThere) throw bad("its cells", "no such part in the archive");
  return rows;
}

type Bad = (expected: string, got: string) => InputError;

function badCell(source: ByteSource, sheet: string, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-xlsx",
    message: `${whereOf(source)}: expected ${expected} in sheet "${sheet}", got ${got}; save the workbook again, or the sheet as CSV`,
  });
}

function rowNumber(text: string | undefined, next: number, bad: Bad): number {
  const line = text === undefined ? next : Number(text);
  if (Number.isInteger(line) && next <= line && line <= 2 ** 20) return line;
  throw bad(`a row number from ${next} on`, JSON.stringify(text ?? next));
}

/** The column of a place such as "BC12", counted from 0; the next one where the cell does not say. */
function columnNumber(place: string | undefined, cells: ReadonlyMap<number, string>, bad: Bad): number {
  const letters = place === undefined ? "" : (/^([A-Z]{1,3})\d+$/.exec(place)?.[1] ?? "");
  const next = Math.max(-1, ...cells.keys()) + 1;
  const column =
    place === undefined
      ? next
      : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  if (0 <= column && column < mostColumns && !cells.has(column)) return column;
  throw bad("each cell once at a place such as B12", JSON.stringify(place ?? next));
}

function textOf(workbook: Workbook, cell: OpenCell, line: number, bad: Bad): string {
  const { type, value, style } = cell;
  if (value === "" && cell.hasFormula && type !== "str") {
    throw new InputError({
      code: "formula-without-value",
      message: bad("formulas with their values", `one without (row ${line}, column ${cell.column + 1})`)
        .message,
    });
  }
  if (value === "") return "";
  switch (type) {
    case "s": {
      const text = workbook.texts[Number(value)];
      if (text === undefined)
        throw bad(`a number below ${workbook.texts.length} of a shared text`, JSON.stringify(value));
      return text.trim();
    }
    case "b":
      return value === "0" || value === "false" ? "FALSE" : "TRUE";
    case "n":
      return workbook.dateStyles[style] ? dateText(value, workbook.countsFrom1904, bad) : value.trim();
    default:
      // "str" from formulas, "inlineStr", "e" such as #N/A, and "d" for dates that are written out.
      return value.trim();
  }
}

/** A count of days as a date, with its time where it has one. Excel counts a 29 February 1900 that was none. */
function dateText(value: string, countsFrom1904: boolean, bad: Bad): string {
  const days = Number(value);
  if (value.trim() === "" || !(days >= 0 && days < 2_958_466))
    throw bad("days from 0 to 2958465 as a date", JSON.stringify(value));
  const start = countsFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const text = new Date(start + Math.round(days * millisecondsPerDay)).toISOString();
  return Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 23);
}
