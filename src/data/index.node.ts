/** The part of the data room that needs Node: files on disk, read by path or pattern, and refusals to write. */

export { BLOCKS_MODULE, openPathBlocks, openReaders, type PathBlocks } from "./blocks.node.ts";
export { checkpointsIn, isCheckpointFolder } from "./checkpoint-folder.node.ts";
export { type FileSource, openFileSource } from "./file-source.node.ts";
export { inspectPath, isPattern, readPath } from "./read-path.node.ts";
export { writing } from "./writing.node.ts";
