/** The part of the data room that needs Node: files on disk as byte sources. */

export { BLOCKS_MODULE, openReaders, type ReaderSettings } from "./blocks.node.ts";
export { type FileSource, openFileSource } from "./file-source.node.ts";
