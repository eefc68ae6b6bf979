/**
 * The pairing room: what files hold, and what a person chose of it, becomes PairedWeights.
 *
 * A choice is a `PairSelection`: names of columns or arrays, conditions on rows, a control. `pairContents` pairs one table
 * (wide or long), two tables, two files of arrays or two arrays of one; `pairFiles` reads the files first,
 * and those of a control; `pairBlocks` does the same for arrays too large to hold. `splitRows`, `labels` and `columnsOf` read
 * the same words for commands of their own. Messages name the flags of `syngeo infer`, whose choices these are: the lab shows
 * the same sentences beside the same command.
 *
 * The room is between `data`, which knows no weights, and `inference`, which knows no files; the command line and the
 * lab both pair by it, so that the same file and the same choice give the same pairs.
 */

export { inferWords, shellWord } from "./command-words.ts";
export { chosenNoise, type NoiseChoice } from "./noise-choice.ts";
export { type BlockPairs, fitsBlocks, pairBlocks } from "./pair-blocks.ts";
export { type LoadedPairs, pairContents, requireOneOrTwo, tableOf } from "./pair-contents.ts";
export { type FileAccess, pairFiles } from "./pair-files.ts";
export type { PairSelection } from "./table-pairs.ts";
export { columnsOf, labels, splitRows } from "./table-rows.ts";
