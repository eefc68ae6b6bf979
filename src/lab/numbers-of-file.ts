/** The columns of numbers in a file that was dropped: of a table, or each of its arrays. */

import { blobSource, numberColumn, readFile, toFloats } from "../data/index.ts";

export interface NumberList {
  readonly name: string;
  readonly values: Float64Array;
}

/** @throws InputError, UnsupportedError with the reader's sentence */
export async function numbersOfFile(file: File): Promise<readonly NumberList[]> {
  const content = await readFile(blobSource(file.name, file));
  if (content.kind === "tensors") {
    return content.tensors.map(({ name, tensor }) => ({ name, values: Float64Array.from(toFloats(tensor)) }));
  }
  const { table } = content;
  return table.columns
    .filter(({ kind }) => kind === "number")
    .map(({ name }) => ({ name, values: numberColumn(table, name) }));
}
