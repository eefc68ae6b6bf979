/**
 * The data room: any file a scientist has becomes tensors or a table, once, and nobody downstream asks which format
 * it was.
 *
 * A reader takes a byte source (a name, a length, ranges of bytes), so the same one serves Node and the browser; it
 * reads headers first and then only what was asked for. `readFile` finds the format; `inspectFile` says what is inside.
 * Tables become pairs by `where`, `joinByTime`, `joinByTimes` and `joinTables`; a matrix becomes a table by
 * `tensorTable`. Files that are broken, hostile or ambiguous are refused with one sentence; what a reader leaves out it
 * lists. Formats of several files reach the others through the source's folder, and nothing outside of it; a
 * folder that was chosen in a browser is read by `readChosenFolder`.
 *
 * Nothing here knows what a weight is. Files on disk are opened by the Node-only part, `index.node.ts`.
 */

export { toFloats } from "../tensor.ts";
export { type BlockFile, openBlocks, type TensorBlocks } from "./blocks.ts";
export { type ByteSource, blobSource, bytesSource, type SliceOptions } from "./byte-source.ts";
export {
  type ChosenFolder,
  inspectChosenFolder,
  openChosenFolder,
  readChosenFolder,
  tablePatternOf,
} from "./chosen-folder.ts";
export type {
  ColumnDescription,
  FileContents,
  FileDescription,
  FileMetadata,
  LeftOut,
  ReadEvent,
  ReadOptions,
  TensorDescription,
} from "./file-contents.ts";
export {
  type Condition,
  type JoinedPairs,
  joinByTime,
  joinByTimes,
  joinTables,
  where,
} from "./join.ts";
export { inspectFile, readFile } from "./readers.ts";
export { folderOfFiles, type SourceFolder } from "./source-folder.ts";
export { type FileTable, stackTables } from "./stack-tables.ts";
export { columnNamed, numberColumn, placeOf, textColumn } from "./table.ts";
export { tensorTable, vectorLength, vectorTable } from "./tensor-table.ts";
export { encodeNpy, encodeNpz } from "./writers/npy.ts";
export { encodeSafetensors } from "./writers/safetensors.ts";
