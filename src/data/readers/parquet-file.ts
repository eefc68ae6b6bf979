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
  const rows = groups.reduce((sum, group) => sum + countOf(group.num_rows, "rows"), 0);
  return { rows, columns: parquetSchema(metadata).children, groups };
}

function countOf(value: unknown, what: string): number {
  const count = Number(value);
  if (value === undefined || !Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${String(value)} as a number of ${what}`);
  }
  return count;
}

/** The values of one flat column in one row group; missing ones are undefined. What the library throws passes through. */
export async function readParquetChunk(
  source: ByteSource,
  group: ParquetGroup,
  column: ParquetColumn,
  options: SliceOptions | undefined,
): Promise<unknown[]> {
  const chunk = group.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join("\0") === column.element.name,
  );
  const found = chunk?.meta_data;
  if (found === undefined || chunk?.file_path) throw new RangeError("a row group without its values");
  const decompress = decompressors[found.codec];
  if (decompress === undefined) throw new RangeError(`the compression ${found.codec}`);
  const rows = countOf(group.num_rows, "rows");
  const dictionary = countOf(found.dictionary_page_offset ?? 0, "bytes");
  const start = dictionary > 0 ? dictionary : countOf(found.data_page_offset, "bytes");
  const bytes = await source.slice(start, start + countOf(found.total_compressed_size, "bytes"), options);
  return readPages(bytes, column, rows, decompress);
}

function readPages(
  bytes: Uint8Array,
  column: ParquetColumn,
  rows: number,
  decompress: Decompress,
): unknown[] {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const values: unknown[] = [];
  let dictionary: ReturnType<typeof convert> | undefined;
  while (values.length < rows && reader.offset < bytes.length) {
    const header = parquetHeader(reader);
    requirePageWithin(header, column, bytes.length - reader.offset, rows - values.length);
    requireLevelsWithin(header, column, bytes.subarray(reader.offset));
    const isPlain = header.data_page_header_v2?.is_compressed === false;
    if (header.data_page_header_v2) header.data_page_header_v2.is_compressed = true;
    const decoder = decoderOf(column, header, isPlain ? decompressors.UNCOMPRESSED : decompress);
    const { data } = readPage(reader, header, decoder, dictionary, undefined, 0);
    if (header.type === "DICTIONARY_PAGE") {
      dictionary = data === undefined ? undefined : convert(data, decoder);
      continue;
    }
    if (data?.length !== countsOf(header).values) throw new RangeError("a page of fewer values");
    for (const value of data) values.push(value);
  }
  if (values.length !== rows) throw new RangeError(`${values.length} values for ${rows} rows`);
  return values;
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
