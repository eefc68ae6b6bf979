/** What a file holds, read or merely described, and what every reader offers. */

import type { DataType, NamedTensor, Table } from "../tensor.ts";
import type { ByteSource, SliceOptions } from "./byte-source.ts";

export interface ReadOptions extends SliceOptions {
  /** The tensors, or columns of a Parquet file, to read, by name; all unless given. Other tables are read whole. */
  readonly names?: readonly string[] | undefined;
  /** The sheet of a workbook; its first unless given. Other files are refused with it. */
  readonly sheet?: string | undefined;
  /** Hears how far into which file its reader has come, in bytes; it may begin again. */
  readonly onRead?: ((event: ReadEvent) => void) | undefined;
}

export interface ReadEvent {
  readonly source: string;
  readonly done: number;
  readonly total: number;
}

export type InspectOptions = Omit<ReadOptions, "names" | "onRead">;

/** A part of the file that is not read, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** Free text that a file carries about itself, such as `format: pt`; absent where it has none. */
export type FileMetadata = Readonly<Record<string, string>>;

export type FileContents =
  | {
      readonly kind: "tensors";
      readonly format: string;
      readonly tensors: readonly NamedTensor[];
      readonly leftOut: readonly LeftOut[];
      readonly metadata?: FileMetadata;
      /** Whether the names say which file of a folder each tensor is of; absent for a file. */
      readonly isFolder?: boolean;
    }
  | {
      readonly kind: "table";
      readonly format: string;
      readonly table: Table;
      /** Columns or sheets that are not read; absent where a format has only the one table. */
      readonly leftOut?: readonly LeftOut[];
    };

export interface TensorDescription {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** Numbers that do not exist (no finite cell) are null; so are missing cells among the first values. */
export type ColumnDescription =
  | {
      readonly name: string;
      readonly kind: "number";
      readonly missing: number;
      readonly infinite: number;
      readonly min: number | null;
      readonly median: number | null;
      readonly max: number | null;
      readonly first: readonly (number | null)[];
    }
  | {
      readonly name: string;
      readonly kind: "text";
      readonly missing: number;
      readonly distinct: number;
      readonly first: readonly (string | null)[];
    };

/** A FileContents without its values; survives JSON. */
export type FileDescription =
  | {
      readonly kind: "tensors";
      readonly format: string;
      readonly tensors: readonly TensorDescription[];
      readonly leftOut: readonly LeftOut[];
      readonly metadata?: FileMetadata;
    }
  | {
      readonly kind: "table";
      readonly format: string;
      readonly rows: number;
      readonly columns: readonly ColumnDescription[];
      readonly leftOut?: readonly LeftOut[];
    };

/** One format. */
export interface FileReader {
  read(source: ByteSource, options?: ReadOptions): Promise<FileContents>;
  inspect(source: ByteSource, options?: InspectOptions): Promise<FileDescription>;
}
