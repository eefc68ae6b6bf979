/** Tables in Parquet, as pandas, R, Polars and DuckDB write them. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { Column, Table } from "../../tensor.ts";
import type { ByteSource } from "../byte-source.ts";
import { describeColumn } from "../describe-column.ts";
import type { FileReader, LeftOut, ReadOptions } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import { orDamaged } from "../foreign-errors.ts";
import { columnOfParts } from "../typed-column.ts";
import { listed, namesThere } from "../unknown-name.ts";
import {
  type ParquetColumn,
  type ParquetLayout,
  readParquetChunk,
  readParquetFooter,
} from "./parquet-file.ts";

/** No table holds more rows for its bytes, unless a constant is all it says. */
const mostRowsPerByte = 1032;

/**
 * Reads the columns named, or all, one row group after the other; of the others no byte is read.
 *
 * Numbers, decimals and booleans (0 and 1) become numbers, missing values NaN; text stays text, missing values "".
 * A column with an integer beyond 2^53 is text, as are dates and times (ISO 8601, UTC). Lists, structures, maps and raw
 * bytes are no columns of a table: they are left out, each with its reason, or refused where asked for by name.
 *
 * @throws InputError `bad-parquet`, `truncated-file`, `wrong-magic`, `unknown-column`, `duplicate-column`, `no-rows`;
 *   UnsupportedError `column-type`, `parquet-encrypted`, `too-large`
 * @see Apache Parquet format 2.10
 */
export const parquetReader: FileReader = {
  async read(source, options) {
    const { table, leftOut } = await readParquet(source, options);
    return { kind: "table", format: "parquet", table, ...leftOut };
  },
  async inspect(source, options) {
    const { table, leftOut } = await readParquet(source, options);
    const { rows, columns } = table;
    return { kind: "table", format: "parquet", rows, columns: columns.map(describeColumn), ...leftOut };
  },
};

const whereOf = (source: ByteSource) => `parquet "${source.name}"`;

/** What may be damaged in a file of Parquet, for `orDamaged`. */
export const parquetDamage = (source: ByteSource, expected: string) => ({
  code: "bad-parquet",
  where: whereOf(source),
  expected,
});

/** The row groups of a file and its columns of numbers or text, those named or all. Throws as the reader does. */
export async function openParquet(source: ByteSource, options: ReadOptions | undefined) {
  await requireParquet(source, options);
  const damage = parquetDamage(source, "a footer with columns and row groups");
  const layout = await orDamaged(damage, options, () => readParquetFooter(source, options));
  requireRows(source, layout);
  return { layout, ...chooseColumns(source, layout, options) };
}

async function readParquet(
  source: ByteSource,
  options: ReadOptions | undefined,
): Promise<{ readonly table: Table; readonly leftOut: { leftOut?: readonly LeftOut[] } }> {
  const { layout, chosen, leftOut } = await openParquet(source, options);
  const columns: Column[] = [];
  for (const column of chosen) {
    const { name } = column.element;
    const damage = parquetDamage(source, `the values of column "${name}"`);
    const pages: ArrayLike<unknown>[] = [];
    for (const group of layout.groups) {
      pages.push(
        ...(await orDamaged(damage, options, () => readParquetChunk(source, group, column, options))),
      );
    }
    columns.push(columnOfParts(whereOf(source), name, pages));
  }
  const table = { source: `table "${source.name}"`, rows: layout.rows, columns, lines: null };
  return { table, leftOut: leftOut.length > 0 ? { leftOut } : {} };
}

async function requireParquet(source: ByteSource, options: ReadOptions | undefined): Promise<void> {
  const first = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  const last = await source.slice(Math.max(0, source.byteLength - 4), source.byteLength, options);
  if (startsWith(first, "PARE") || startsWith(last, "PARE")) {
    throw new UnsupportedError({
      code: "parquet-encrypted",
      message: `${whereOf(source)}: expected a file without encryption, got an encrypted one; write it again without`,
    });
  }
  if (!startsWith(first, "PAR1".slice(0, first.length))) {
    throw new InputError({
      code: "wrong-magic",
      message: `${whereOf(source)}: expected a file that begins with "PAR1", got ${describeFirstBytes(first)}; check that the file is what its name says`,
    });
  }
  if (source.byteLength < 12 || !startsWith(last, "PAR1")) {
    throw new InputError({
      code: "truncated-file",
      message: `${whereOf(source)}: expected a footer that ends with "PAR1", got none in ${source.byteLength} bytes; the file is cut short: copy or write it again`,
    });
  }
}

function requireRows(source: ByteSource, { rows, columns }: ParquetLayout): void {
  const most = source.byteLength * mostRowsPerByte;
  if (rows > most) {
    throw new InputError({
      code: "bad-parquet",
      message: `${whereOf(source)}: expected at most ${most} rows in ${source.byteLength} bytes, got ${rows}; the file is damaged: write it again`,
    });
  }
  if (rows === 0) {
    throw new InputError({
      code: "no-rows",
      message: `${whereOf(source)}: expected at least one row of values, got columns only (${listed(columns.map(({ element }) => element.name))}); check that the export is complete`,
    });
  }
}

function chooseColumns(source: ByteSource, { columns }: ParquetLayout, options: ReadOptions | undefined) {
  const names = columns.map(({ element }) => element.name);
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined) {
    throw new InputError({
      code: "duplicate-column",
      message: `${whereOf(source)}: expected every column name once, got "${twice}" twice; rename one`,
    });
  }
  const asked = options?.names?.map((name) => columnNamed(source, columns, name));
  const chosen: ParquetColumn[] = [];
  const leftOut: LeftOut[] = [];
  for (const column of asked ?? columns) {
    const what = whyNoColumn(column);
    if (what === null) {
      chosen.push(column);
      continue;
    }
    const message = `${whereOf(source)}: expected columns of numbers or text, got ${what} ("${column.element.name}"); write its parts as columns of their own`;
    if (asked !== undefined) throw new UnsupportedError({ code: "column-type", message });
    leftOut.push({ name: column.element.name, reason: message });
  }
  if (chosen.length > 0) return { chosen, leftOut };
  throw new UnsupportedError({
    code: "column-type",
    message:
      leftOut[0]?.reason ??
      `${whereOf(source)}: expected at least one column, got none; write the table again`,
  });
}

function columnNamed(source: ByteSource, columns: readonly ParquetColumn[], name: string): ParquetColumn {
  const found = columns.find(({ element }) => element.name === name);
  if (found !== undefined) return found;
  const names = columns.map(({ element }) => element.name);
  throw new InputError({
    code: "unknown-column",
    message: `${whereOf(source)}: expected the name of a column, got "${name}"; ${namesThere(name, names)}`,
  });
}

/** What a column holds that no column of a table can; null where it is one. */
function whyNoColumn({ children, element }: ParquetColumn): string | null {
  if (children.length > 0) return "lists or structures";
  if (element.repetition_type === "REPEATED") return "lists";
  const logical = element.logical_type?.type ?? "";
  const converted = element.converted_type ?? "";
  if (["VARIANT", "GEOMETRY", "GEOGRAPHY"].includes(logical)) return logical.toLowerCase();
  if (["BSON", "INTERVAL"].includes(converted)) return converted.toLowerCase();
  const isText = ["UTF8", "ENUM", "JSON"].includes(converted) || ["STRING", "ENUM", "JSON"].includes(logical);
  const isNumber = converted === "DECIMAL" || ["DECIMAL", "FLOAT16", "UUID"].includes(logical);
  if (element.type === "BYTE_ARRAY" && !isText && !isNumber) return "raw bytes";
  if (element.type === "FIXED_LEN_BYTE_ARRAY" && !isNumber) return "raw bytes";
  return null;
}
