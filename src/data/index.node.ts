/** The part of the data room that needs Node: files on disk as byte sources, and refusals to write. */

export { type FileSource, openFileSource } from "./file-source.node.ts";
export { writing } from "./writing.node.ts";
