/** Arrays of the reference implementation, from a folder beside the checkout that is not shipped. */

import { existsSync, readFileSync } from "node:fs";
import { bytesSource } from "../src/data/byte-source.ts";
import { readNpz } from "../src/data/readers/npz.ts";
import { toFloats } from "../src/tensor.ts";

/** Values of the paper's reference implementation (github.com/romanpogodin/synaptic-weight-distr). */
const oracle = new URL("../../shared/oracle/", import.meta.url);

export interface OracleArrays {
  /** False where the folder is absent: the tests are skipped, and a line on the terminal says so. */
  readonly isHere: boolean;
  /** The array of that name, as numbers. */
  numbersOf(name: string): readonly number[];
}

/** All arrays of one archive; `what` names it in the line that says it is absent. */
export async function oracleArrays(file: string, what: string): Promise<OracleArrays> {
  const path = new URL(file, oracle);
  const isHere = existsSync(path);
  if (!isHere) console.warn(`skipped: ${what} (../shared/oracle/${file}) are not on this machine`);
  const bytes = isHere ? new Uint8Array(readFileSync(path)) : null;
  const { tensors } = bytes === null ? { tensors: [] } : await readNpz(bytesSource(file, bytes));
  const arrays = new Map(tensors.map(({ name, tensor }) => [name, tensor]));
  return {
    isHere,
    numbersOf(name) {
      const found = arrays.get(name);
      if (found === undefined) throw new Error(`no array ${name} in ${file}`);
      return Array.from(toFloats(found));
    },
  };
}

/** |got − expected| as a share of |expected|; 0 where both are the same, zeros included. */
export const relativeError = (got: number, expected: number): number =>
  got === expected ? 0 : Math.abs(got - expected) / Math.abs(expected);
