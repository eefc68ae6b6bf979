/** Tables in delimited text: CSV, TSV and their relatives. */

// The browser's build brings its own Buffer, so Node and the browser parse by the same code.
import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { InputError } from "../../errors.ts";
import type { Table } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { describeColumn } from "../describe-column.ts";
import type { FileReader } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import {
  addCell,
  finishedColumn,
  type GrowingColumn,
  growingColumn,
  requireDecimalPoints,
} from "./csv-columns.ts";
import { columnNames, findDelimiter, hasHeader } from "./csv-layout.ts";
import { type Delimiter, type Records, scanRecords } from "./csv-records.ts";

/** Parsed at a time: small enough that its cells die young, which halves the time of collecting garbage. */
const readBytes = 2 ** 16;
/** Read first, to find the delimiter and the header. */
const sampleBytes = 2 ** 18;
const sampleRecords = 200;
const quote = 34;

/**
 * Reads delimited text as columns of numbers or of text.
 *
 * The delimiter (tab, semicolon, bar, comma, blanks) and the header are found; without a header columns are "0", "1", ….
 * Cells are trimmed. Blank lines, rows of nothing but empty cells, and lines that begin with # are passed over. Text is
 * UTF-8, or windows-1252 where it is not valid UTF-8. A column is numbers where every cell is a number or missing
 * (`isMissing`, `parseNumber`); else text, missing cells "".
 *
 * @throws InputError `empty-file`, `no-rows`, `not-text`, `ragged-row`, `unclosed-quote`, `bad-quote`, `decimal-comma`,
 *   `duplicate-column`, `record-too-long`
 */
export async function readTable(source: ByteSource, options?: SliceOptions): Promise<Table> {
  const layout = await findLayout(source, options);
  const first = await readColumns(source, layout, new Set(), options);
  for (const column of first.columns) requireDecimalPoints(layout.where, column);
  const incomplete = first.columns.filter((column) => column.isIncomplete).map((column) => column.name);
  const { columns, lines } =
    incomplete.length === 0 ? first : await readColumns(source, layout, new Set(incomplete), options);
  if (lines.length === 0) {
    throw new InputError({
      code: "no-rows",
      message: `${layout.where}: expected at least one row of values, got a header only (${layout.names.join(", ")}); check that the export is complete`,
    });
  }
  return {
    source: layout.where,
    rows: lines.length,
    columns: columns.map((column) => finishedColumn(column, lines.length)),
    lines: Int32Array.from(lines),
  };
}

export const csvReader: FileReader = {
  read: async (source, options) => ({
    kind: "table",
    format: "csv",
    table: await readTable(source, options),
  }),
  async inspect(source, options) {
    const table = await readTable(source, options);
    return { kind: "table", format: "csv", rows: table.rows, columns: table.columns.map(describeColumn) };
  },
};

interface Layout {
  readonly where: string;
  /** Bytes of the byte-order mark. */
  readonly start: number;
  readonly delimiter: Delimiter;
  readonly isHeader: boolean;
  readonly names: readonly string[];
}

async function findLayout(source: ByteSource, options: SliceOptions | undefined): Promise<Layout> {
  const where = `table "${source.name}"`;
  const firstBytes = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  requireText(where, firstBytes);
  const start = startsWith(firstBytes, "\xef\xbb\xbf") ? 3 : 0;
  let records: Records;
  let end = start;
  do {
    end = Math.min(source.byteLength, start + Math.max(sampleBytes, 4 * (end - start)));
    const bytes = await source.slice(start, end, options);
    records = scanRecords(bytes, { where, line: 1, isLast: end === source.byteLength, delimiter: null });
  } while (records.ends.length < 2 && end < source.byteLength);
  if (records.ends.length === 0) {
    throw new InputError({
      code: "empty-file",
      message: `${where}: expected rows of values, got ${source.byteLength === 0 ? "an empty file" : "blank lines and comments only"}; check that the export is complete`,
    });
  }
  const delimiter = findDelimiter(records);
  const sample = scanRecords(records.text.subarray(0, records.ends[sampleRecords] ?? records.text.length), {
    where,
    line: 1,
    isLast: true,
    delimiter,
  });
  const text = toUtf8(where, sample.text, { encoding: null });
  const rows = parseCells(where, text, { ...sample, lines: records.lines }, delimiter);
  const isHeader = hasHeader(rows);
  return { where, start, delimiter, isHeader, names: columnNames(where, rows[0], isHeader) };
}

function requireText(where: string, firstBytes: Uint8Array): void {
  const isWide = startsWith(firstBytes, "\xff\xfe") || startsWith(firstBytes, "\xfe\xff");
  if (!isWide && !firstBytes.some((byte) => byte < 9)) return;
  const isUnmarkedWide =
    !isWide && firstBytes.every((byte, i) => (byte === 0) === (i % 2 === (firstBytes[0] === 0 ? 0 : 1)));
  throw new InputError({
    code: "not-text",
    message: `${where}: expected text in UTF-8, got ${isUnmarkedWide ? "UTF-16 text" : describeFirstBytes(firstBytes)}; export it as CSV in UTF-8`,
  });
}

async function readColumns(
  source: ByteSource,
  layout: Layout,
  texts: ReadonlySet<string>,
  options: SliceOptions | undefined,
): Promise<{ readonly columns: readonly GrowingColumn[]; readonly lines: readonly number[] }> {
  const columns = layout.names.map((name) => growingColumn(name, texts.has(name)));
  const lines: number[] = [];
  let isPastHeader = !layout.isHeader;
  for await (const batch of readBatches(source, layout, options)) {
    for (let k = 0; k < batch.rows.length; k++) {
      const cells = batch.rows[k];
      if (!isPastHeader) {
        isPastHeader = true;
        continue;
      }
      const line = batch.lines[k];
      if (cells.length !== columns.length) {
        if (cells.every((cell) => cell === "")) continue;
        throw raggedRow(layout, cells, line, lines.length);
      }
      if (cells[0] === "" && cells.every((cell) => cell === "")) continue;
      for (let c = 0; c < columns.length; c++) addCell(columns[c], cells[c], lines.length, line);
      lines.push(line);
    }
  }
  return { columns, lines };
}

interface Batch {
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
}

async function* readBatches(
  source: ByteSource,
  layout: Layout,
  options: SliceOptions | undefined,
): AsyncGenerator<Batch> {
  const { where, delimiter } = layout;
  const memory: Memory = { encoding: null };
  let rest = new Uint8Array(0);
  let line = 1;
  let step = readBytes;
  for (let at = layout.start; at < source.byteLength; ) {
    const end = Math.min(source.byteLength, at + step);
    const part = await source.slice(at, end, options);
    const bytes = new Uint8Array(rest.length + part.length);
    bytes.set(rest);
    bytes.set(part, rest.length);
    const records = scanRecords(bytes, { where, line, isLast: end === source.byteLength, delimiter });
    yield {
      rows: parseCells(where, toUtf8(where, records.text, memory), records, delimiter),
      lines: records.lines,
    };
    rest = bytes.slice(records.consumed);
    line = records.nextLine;
    at = end;
    // A record that outgrows its piece is looked at anew each time, so the pieces double.
    step = records.consumed === 0 ? step * 2 : readBytes;
  }
}

/** What was learnt about the encoding so far: nothing while all was ASCII. */
interface Memory {
  encoding: "utf-8" | "windows-1252" | null;
}

/** The text in UTF-8. Whole records only are given, so no character is cut in two. */
function toUtf8(where: string, text: Uint8Array, memory: Memory): Uint8Array {
  if (memory.encoding === "windows-1252") return fromWindows1252(text);
  try {
    const decoded = new TextDecoder("utf-8", { fatal: true }).decode(text);
    if (decoded.length !== text.length) memory.encoding = "utf-8";
    return text;
  } catch (cause) {
    if (memory.encoding === null) {
      memory.encoding = "windows-1252";
      return fromWindows1252(text);
    }
    throw new InputError({
      code: "not-text",
      message: `${where}: expected text in UTF-8, got UTF-8 at first and other bytes later; export it as CSV in UTF-8`,
      cause,
    });
  }
}

function fromWindows1252(text: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder("windows-1252").decode(text));
}

/** The cells of every record, trimmed. */
function parseCells(where: string, text: Uint8Array, records: Records, delimiter: Delimiter): string[][] {
  try {
    const rows = parse(text, {
      delimiter: delimiter === "blanks" ? " " : delimiter,
      record_delimiter: "\n",
      relax_column_count: true,
      trim: true,
    });
    // The parser leaves blanks within quotes; here they mean no more than outside.
    return text.includes(quote) ? rows.map((row) => row.map((cell) => cell.trim())) : rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const record = typeof cause.records === "number" ? cause.records : 0;
    const shown = new TextDecoder().decode(
      records.text.subarray(records.ends[record - 1] ?? 0, records.ends[record]),
    );
    const short = shown.trimEnd();
    throw new InputError({
      code: "bad-quote",
      message: `${where}: expected quotes around whole cells, and two for one within, got ${short.length <= 60 ? short : `${short.slice(0, 59)}…`} (line ${records.lines[record]}); mend the quotes or export again`,
      cause,
    });
  }
}

function raggedRow(layout: Layout, cells: readonly string[], line: number, row: number): InputError {
  const { where, names, delimiter } = layout;
  if (
    delimiter === "," &&
    cells.length === 2 * names.length &&
    cells.every((cell) => /^[+-]?\d+$/.test(cell))
  ) {
    return new InputError({
      code: "decimal-comma",
      message: `${where}: expected ${names.length} cells, got ${cells.length} (line ${line}: "${cells.join(",")}"), as decimal commas give; export the table with decimal points`,
    });
  }
  return new InputError({
    code: "ragged-row",
    message: `${where}: expected ${names.length} cells in every row, got ${cells.length} (line ${line}); ${mendRow(layout, cells, row)}`,
  });
}

function mendRow({ names, isHeader }: Layout, cells: readonly string[], row: number): string {
  const isFirstAndLonger = isHeader && row === 0 && cells.length > names.length;
  if (isFirstAndLonger && names.length === 1) return "remove lines above the header, or begin them with #";
  if (isFirstAndLonger && cells.length === names.length + 1) {
    return "if the first cell is a row name without heading, export from R with row.names = FALSE";
  }
  return "complete the row, or quote cells that hold the delimiter";
}
