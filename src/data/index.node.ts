/** The part of the data room that needs Node: files on disk as byte sources. */

export { type FileSource, openFileSource } from "./file-source.node.ts";
