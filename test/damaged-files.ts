/** Files with bytes changed at random, and the form in which reading one must end; for tests. */

import { expect } from "vitest";
import { InputError, UnsupportedError } from "../src/errors.ts";
import type { Random } from "../src/random.ts";
import { errorForm } from "./byte-sources.ts";

/** Whether the file was read or refused; anything but our two errors, in their form, fails the test. */
export async function outcome(read: () => Promise<unknown>): Promise<"read" | "refused"> {
  try {
    await read();
    return "read";
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
    expect(error.message).toMatch(errorForm);
    // Whatever lies in a damaged file, only its start may come into the sentence.
    expect(error.message.length).toBeLessThan(1500);
    if (error.code.includes("pickle")) expect(error.message).not.toContain("\n");
    return "refused";
  }
}

/** A copy with one to four bytes changed, each to one of the values that `choices` gives for it. */
export function mutated(
  bytes: Uint8Array,
  random: Random,
  choices: (byte: number, below: (end: number) => number) => readonly number[],
): Uint8Array {
  const copy = bytes.slice();
  const below = (end: number) => Math.floor(random.uniform() * end);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const place = below(copy.length);
    const values = choices(copy[place], below);
    copy[place] = values[below(values.length)];
  }
  return copy;
}
