/** The part of the data room that needs Node: files on disk as byte sources, and read by path or pattern. */

export { type FileSource, openFileSource } from "./file-source.node.ts";
export { inspectPath, readPath } from "./read-path.node.ts";
