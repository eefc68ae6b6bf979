/** The part of the data room that needs Node: files on disk, read by path or pattern, and refusals to write. */

export { type FileSource, openFileSource } from "./file-source.node.ts";
export { inspectPath, readPath } from "./read-path.node.ts";
export { writing } from "./writing.node.ts";
