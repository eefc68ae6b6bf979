/** Tables in Parquet made on the fly, row group by row group; for tests and benchmarks. */

import { gzipSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";

export interface ParquetOptions {
  readonly codec?: "UNCOMPRESSED" | "SNAPPY" | "GZIP";
  /** Rows of each group; the last size repeats. */
  readonly rowGroupSize?: number | number[];
  /** PLAIN keeps the writer from looking for repeated values. */
  readonly encoding?: "PLAIN";
  /** Bytes of a page before it is compressed, about. */
  readonly pageSize?: number;
}

export interface ParquetColumnData {
  readonly name: string;
  readonly type: "FLOAT" | "DOUBLE" | "INT32" | "INT64" | "BOOLEAN" | "BYTE_ARRAY";
  /** null where a value is missing. */
  readonly data: Float32Array | Float64Array | readonly unknown[];
}

/** Writes a table; each element of `parts` is the columns of some more rows. */
export function writeParquet(
  path: string,
  parts: Iterable<readonly ParquetColumnData[]>,
  { codec = "UNCOMPRESSED", rowGroupSize = 100_000, encoding, pageSize }: ParquetOptions = {},
): void {
  let writer: ParquetWriter | null = null;
  for (const columns of parts) {
    writer ??= new ParquetWriter({
      writer: fileWriter(path),
      schema: schemaOf(columns),
      codec,
      compressors: { GZIP: (bytes) => new Uint8Array(gzipSync(bytes, { level: 1 })) },
    });
    writer.write({
      // The library wants arrays that it could write to, and does not.
      columnData: columns.map(({ name, data }) => ({
        name,
        data: data as unknown[],
        ...(encoding === undefined ? {} : { encoding }),
      })),
      rowGroupSize,
      ...(pageSize === undefined ? {} : { pageSize }),
    });
  }
  writer?.finish();
}

function schemaOf(columns: readonly ParquetColumnData[]): SchemaElement[] {
  const root: SchemaElement = { name: "root", num_children: columns.length };
  return [
    root,
    ...columns.map(({ name, type, data }): SchemaElement => {
      const isDense = data instanceof Float32Array || data instanceof Float64Array;
      const text = type === "BYTE_ARRAY" ? { converted_type: "UTF8" as const } : {};
      return { name, type, repetition_type: isDense ? "REQUIRED" : "OPTIONAL", ...text };
    }),
  ];
}
