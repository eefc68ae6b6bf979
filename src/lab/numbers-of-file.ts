/** The columns of numbers in a file that was dropped: of a table, or each of its arrays. */

import { numberColumn, toFloats } from "../data/index.ts";
import { type Chosen, readChosen } from "./chosen.ts";

export interface NumberList {
  readonly name: string;
  readonly values: Float64Array;
}

/** @throws InputError, UnsupportedError with the reader's sentence */
export async function numbersOfFile(chosen: Chosen): Promise<readonly NumberList[]> {
  const content = await readChosen(chosen.name, chosen);
  if (content.kind === "tensors") {
    return content.tensors.map(({ name, tensor }) => ({ name, values: Float64Array.from(toFloats(tensor)) }));
  }
  const { table } = content;
  return table.columns
    .filter(({ kind }) => kind === "number")
    .map(({ name }) => ({ name, values: numberColumn(table, name) }));
}
