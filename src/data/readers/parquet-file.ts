/**
 * The only file that knows the Parquet library: its footer, its pages, its decompressors.
 *
 * The library's own door believes the counts in a file and fills memory where they lie, so the pages are walked here and
 * each count is checked before the library decodes the page.
 */

import {
  type FileMetaData,
  type PageHeader,
  parquetMetadataAsync,
  parquetSchema,
  type SchemaTree,
  snappyUncompress,
} from "hyparquet";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import {
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from "hyparquet-compressors";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { type PageCounts, requireRunsWithin } from "./parquet-runs.ts";

type ColumnDecoder = Parameters<typeof readPage>[2];
type Decompress = (input: Uint8Array, length: number) => Uint8Array;

export type ParquetColumn = SchemaTree;
export type ParquetGroup = FileMetaData["row_groups"][number];

export interface ParquetLayout {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly ParquetGroup[];
}

/** A page is at most this, or this many times its compressed bytes: writers make pages of about 1 MB. */
const largestPage = 2 ** 26;
const largestExpansion = 1032;

const decompressors: Readonly<Record<string, Decompress>> = {
  UNCOMPRESSED: (input) => input,
  SNAPPY(input, length) {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

const dayOf = (date: Date) => date.toISOString().slice(0, 10);
const parsers = {
  ...DEFAULT_PARSERS,
  dateFromDays: (days: number) => dayOf(DEFAULT_PARSERS.dateFromDays(days)),
  timestampFromMilliseconds: (count: bigint) =>
    DEFAULT_PARSERS.timestampFromMilliseconds(count).toISOString(),
  timestampFromMicroseconds: (count: bigint) =>
    DEFAULT_PARSERS.timestampFromMicroseconds(count).toISOString(),
  timestampFromNanoseconds: (count: bigint) => DEFAULT_PARSERS.timestampFromNanoseconds(count).toISOString(),
  jsonFromBytes: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

/** The footer: columns and row groups. What the library throws passes through. */
export async function readParquetFooter(
  source: ByteSource,
  options: SliceOptions | undefined,
): Promise<ParquetLayout> {
  const file = {
    byteLength: source.byteLength,
    // The library takes an ArrayBuffer of its own.
    slice: async (start: number, end?: number) =>
      new Uint8Array(await source.slice(start, end ?? source.byteLength, options)).buffer,
  };
  // Statistics are not used, and theirs are the only values the footer converts.
  const metadata = await parquetMetadataAsync(file, { parsers, geoparquet: false });
  const groups = metadata.row_groups;
  const rows = groups.reduce((sum, group) => sum + rowsOfGroup(group), 0);
  return { rows, columns: parquetSchema(metadata).children, groups };
}

function countOf(value: unknown, what: string): number {
  const count = Number(value);
  if (value === undefined || !Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${String(value)} as a number of ${what}`);
  }
  return count;
}

/** A page of values in its file, with its header, and the dictionary that it may point into. */
export interface ParquetPage {
  readonly start: number;
  readonly end: number;
  readonly values: number;
  readonly dictionary: ParquetSpan | null;
}

interface ParquetSpan {
  readonly start: number;
  readonly end: number;
}

type PageReader = { readonly view: DataView; offset: number };
type PageValues = ReturnType<typeof convert>;

/** Where one flat column of one row group lies, and how its pages are opened. */
function chunkOf(group: ParquetGroup, column: ParquetColumn) {
  const chunk = group.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join("\0") === column.element.name,
  );
  const found = chunk?.meta_data;
  if (found === undefined || chunk?.file_path) throw new RangeError("a row group without its values");
  const decompress = decompressors[found.codec];
  if (decompress === undefined) throw new RangeError(`the compression ${found.codec}`);
  const rows = rowsOfGroup(group);
  const dictionary = countOf(found.dictionary_page_offset ?? 0, "bytes");
  const start = dictionary > 0 ? dictionary : countOf(found.data_page_offset, "bytes");
  return { start, end: start + countOf(found.total_compressed_size, "bytes"), rows, decompress };
}

export const rowsOfGroup = (group: ParquetGroup): number => countOf(group.num_rows, "rows");

/** The library reads its buffer past the end of a view: the bytes get a buffer of their own. */
function readerOf(bytes: Uint8Array): PageReader {
  return { view: new DataView(new Uint8Array(bytes).buffer), offset: 0 };
}

/**
 * The values of one flat column in one row group, page by page; missing ones are undefined. What the library throws passes
 * through.
 */
export async function readParquetChunk(
  source: ByteSource,
  group: ParquetGroup,
  column: ParquetColumn,
  options: SliceOptions | undefined,
): Promise<PageValues[]> {
  const { start, end, rows, decompress } = chunkOf(group, column);
  const bytes = await source.slice(start, end, options);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const pages: PageValues[] = [];
  let dictionary: PageValues | undefined;
  let seen = 0;
  while (seen < rows && reader.offset < bytes.length) {
    const header = parquetHeader(reader);
    requirePageWithin(header, column, bytes.length - reader.offset, rows - seen);
    const data = openPage(reader, header, column, dictionary, decompress);
    if (header.type === "DICTIONARY_PAGE") dictionary = data;
    else if (data !== undefined) {
      pages.push(data);
      seen += data.length;
    }
  }
  if (seen !== rows) throw new RangeError(`${seen} values for ${rows} rows`);
  return pages;
}

/** The values of the page whose header has just been read. */
function openPage(
  reader: PageReader,
  header: PageHeader,
  column: ParquetColumn,
  dictionary: PageValues | undefined,
  decompress: Decompress,
): PageValues | undefined {
  const { buffer, byteOffset, byteLength } = reader.view;
  requireLevelsWithin(header, column, new Uint8Array(buffer, byteOffset, byteLength).subarray(reader.offset));
  const isPlain = header.data_page_header_v2?.is_compressed === false;
  if (header.data_page_header_v2) header.data_page_header_v2.is_compressed = true;
  const decoder = decoderOf(column, header, isPlain ? decompressors.UNCOMPRESSED : decompress);
  const { data } = readPage(reader, header, decoder, dictionary, undefined, 0);
  if (header.type === "DICTIONARY_PAGE") return data === undefined ? undefined : convert(data, decoder);
  if (data?.length !== countsOf(header).values) throw new RangeError("a page of fewer values");
  return data;
}

/** Bytes in which most headers of pages end; the statistics of text make some longer. */
const headerWindow = 1024;

/** The pages of one flat column in one row group, of which only the headers are read. What the library throws passes through. */
export async function listParquetPages(
  source: ByteSource,
  group: ParquetGroup,
  column: ParquetColumn,
  options: SliceOptions | undefined,
): Promise<ParquetPage[]> {
  const { start, end, rows } = chunkOf(group, column);
  const pages: ParquetPage[] = [];
  let dictionary: ParquetSpan | null = null;
  for (let at = start, seen = 0; seen < rows; ) {
    const { header, length } = await headerAt(source, at, end, options);
    requirePageWithin(header, column, end - at - length, rows - seen);
    const span: ParquetSpan = { start: at, end: at + length + header.compressed_page_size };
    at = span.end;
    if (header.type === "DICTIONARY_PAGE") {
      dictionary = span;
      continue;
    }
    const { values } = countsOf(header);
    pages.push({ ...span, values, dictionary });
    seen += values;
  }
  return pages;
}

async function headerAt(source: ByteSource, at: number, end: number, options: SliceOptions | undefined) {
  for (let size = headerWindow; ; size *= 4) {
    const bytes = await source.slice(at, Math.min(at + size, end), options);
    try {
      const reader = readerOf(bytes);
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      if (!(error instanceof RangeError) || at + size >= end) throw error;
    }
  }
}

/** The values of a dictionary. What the library throws passes through. */
export async function readParquetDictionary(
  source: ByteSource,
  {
    group,
    column,
    span,
  }: { readonly group: ParquetGroup; readonly column: ParquetColumn; readonly span: ParquetSpan },
  options: SliceOptions | undefined,
): Promise<PageValues | undefined> {
  const reader = readerOf(await source.slice(span.start, span.end, options));
  return openPage(reader, parquetHeader(reader), column, undefined, chunkOf(group, column).decompress);
}

/** The values of a page; missing ones are undefined. What the library throws passes through. */
export async function readParquetPage(
  source: ByteSource,
  {
    group,
    column,
    page,
    dictionary,
  }: {
    readonly group: ParquetGroup;
    readonly column: ParquetColumn;
    readonly page: ParquetPage;
    readonly dictionary: PageValues | undefined;
  },
  options: SliceOptions | undefined,
): Promise<PageValues> {
  const reader = readerOf(await source.slice(page.start, page.end, options));
  const header = parquetHeader(reader);
  // The same checks as where the page was listed: the file may have been written to since.
  requirePageWithin(header, column, page.end - page.start - reader.offset, page.values);
  const data = openPage(reader, header, column, dictionary, chunkOf(group, column).decompress);
  if (data?.length !== page.values) throw new RangeError(`${data?.length ?? 0} values for ${page.values}`);
  return data;
}

/** The library's decoder, its pages opened by a function that checks the runs in them. */
function decoderOf(column: ParquetColumn, header: PageHeader, decompress: Decompress): ColumnDecoder {
  const { element } = column;
  const hasLevels = element.repetition_type !== "REQUIRED" && header.type === "DATA_PAGE";
  const open = (input: Uint8Array, length: number) => {
    if (length > Math.max(largestPage, input.length * largestExpansion)) {
      throw new RangeError(`a page of ${length} bytes from ${input.length}`);
    }
    const page = decompress(input, length);
    if (header.type !== "DICTIONARY_PAGE") requireRunsWithin(page, hasLevels, countsOf(header));
    return page;
  };
  const root = {
    count: 1,
    element: { name: "", repetition_type: "REQUIRED" as const },
    children: [],
    path: [],
  };
  return {
    pathInSchema: [element.name],
    type: element.type ?? "BYTE_ARRAY",
    element,
    schemaPath: [root, column],
    parsers,
    codec: "SNAPPY",
    compressors: { SNAPPY: open },
  };
}

const encodingOf = ({ data_page_header: first, data_page_header_v2: second }: PageHeader): string =>
  first?.encoding ?? second?.encoding ?? "none";

function countsOf(header: PageHeader): PageCounts {
  const encoding = encodingOf(header);
  const values = (header.data_page_header ?? header.data_page_header_v2)?.num_values;
  return { values: countOf(values, "values"), levelBytes: null, body: encodings.get(encoding) ?? "other" };
}

/** The second version of pages keeps its levels before the compressed part. */
function requireLevelsWithin(header: PageHeader, { element }: ParquetColumn, page: Uint8Array): void {
  const second = header.data_page_header_v2;
  if (second === undefined || element.repetition_type === "REQUIRED") return;
  const levelBytes = second.definition_levels_byte_length;
  requireRunsWithin(page, true, { values: countsOf(header).values, levelBytes, body: "other" });
}

/** DELTA_BYTE_ARRAY is not among them: it lets each text grow by the one before it, and no writer chooses it by itself. */
const encodings: ReadonlyMap<string, PageCounts["body"]> = new Map([
  ["PLAIN", "other"],
  ["PLAIN_DICTIONARY", "indices"],
  ["RLE_DICTIONARY", "indices"],
  ["RLE", "booleans"],
  ["BYTE_STREAM_SPLIT", "other"],
  ["DELTA_BINARY_PACKED", "differences"],
  ["DELTA_LENGTH_BYTE_ARRAY", "differences"],
]);

function requirePageWithin(header: PageHeader, column: ParquetColumn, bytes: number, rows: number): void {
  const compressed = countOf(header.compressed_page_size, "bytes");
  if (compressed > bytes) throw new RangeError(`a page of ${compressed} bytes where ${bytes} are left`);
  countOf(header.uncompressed_page_size, "bytes");
  if (header.type === "DICTIONARY_PAGE") {
    const entries = countOf(header.dictionary_page_header?.num_values, "values");
    if (entries > header.uncompressed_page_size * 8)
      throw new RangeError(`a dictionary of ${entries} values`);
    return;
  }
  const { values } = countsOf(header);
  if (values > rows) throw new RangeError(`a page of ${values} values where ${rows} are left`);
  const body = encodings.get(encodingOf(header));
  const isBoolean = column.element.type === "BOOLEAN";
  if (body === undefined || (isBoolean && body === "indices") || (!isBoolean && body === "booleans")) {
    throw new RangeError(`the encoding ${encodingOf(header)} of ${column.element.type}`);
  }
  const second = header.data_page_header_v2;
  if (second === undefined) return;
  const levels = countOf(second.definition_levels_byte_length, "bytes");
  if (countOf(second.repetition_levels_byte_length, "bytes") > 0 || levels > compressed) {
    throw new RangeError(`levels of ${levels} bytes in a page of ${compressed}`);
  }
  if (countOf(second.num_nulls, "values") > values)
    throw new RangeError(`${second.num_nulls} missing of ${values}`);
}
