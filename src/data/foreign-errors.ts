/** What a library throws at a damaged file, as one of our sentences. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { SliceOptions } from "./byte-source.ts";

interface Damage {
  readonly code: string;
  /** What the file is called in messages, such as `parquet "a.parquet"`. */
  readonly where: string;
  /** What was to be read, such as `column "day0"`. */
  readonly expected: string;
}

/**
 * The result of `read`; whatever it throws that is not ours counts as damage to the file, and as `too-large` where memory
 * did not suffice. An aborted signal passes through.
 *
 * @throws InputError with the given code; UnsupportedError `too-large`
 */
export async function orDamaged<Result>(
  damage: Damage,
  options: SliceOptions | undefined,
  read: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    options?.signal?.throwIfAborted();
    if (cause instanceof InputError || cause instanceof UnsupportedError) throw cause;
    const { code, where, expected } = damage;
    const reason = (cause instanceof Error ? cause.message : String(cause))
      .replaceAll(/\s+/g, " ")
      .slice(0, 160);
    if (cause instanceof RangeError && /allocation failed|string length/i.test(reason)) {
      throw new UnsupportedError({
        code: "too-large",
        message: `${where}: expected ${expected} to fit into memory, got more (${reason}); split the file, or save less`,
        cause,
      });
    }
    throw new InputError({
      code,
      message: `${where}: expected ${expected}, got damaged bytes (${reason.replace(/[.!]+$/, "")}); copy or save the file again`,
      cause,
    });
  }
}
