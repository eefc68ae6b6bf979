/** Which of a file's tensors are read, and which are left out. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { LeftOut, ReadOptions } from "./file-contents.ts";
import { unknownName } from "./unknown-name.ts";

/**
 * The tensors named, in that order, or all that can be read; the others are left out, each with its reason.
 *
 * What cannot be read is thrown where it is asked for by name, or where nothing else is there.
 *
 * @param where     what the file is called in messages, such as `onnx "a.onnx"`
 * @param readable  an entry as it is read, or why it cannot be
 * @throws InputError `unknown-name`, `duplicate-name`; UnsupportedError from `readable`
 */
export function chooseTensors<Entry extends { readonly name: string }, Readable>(
  where: string,
  entries: readonly Entry[],
  options: ReadOptions | undefined,
  readable: (entry: Entry) => Readable | UnsupportedError,
): { readonly chosen: readonly Readable[]; readonly leftOut: readonly LeftOut[] } {
  requireDistinct(where, entries);
  const chosen: Readable[] = [];
  const refused: { name: string; error: UnsupportedError }[] = [];
  const asked = options?.names?.map((name) => entryNamed(where, entries, name));
  for (const entry of asked ?? entries) {
    const result = readable(entry);
    if (result instanceof UnsupportedError) refused.push({ name: entry.name, error: result });
    else chosen.push(result);
  }
  if (refused.length > 0 && (asked !== undefined || chosen.length === 0)) throw refused[0].error;
  return { chosen, leftOut: refused.map(({ name, error }) => ({ name, reason: error.message })) };
}

/** Throws `duplicate-name` where a name is there twice. */
export function requireDistinct(where: string, entries: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) {
      throw new InputError({
        code: "duplicate-name",
        message: `${where}: expected every name once, got "${name}" twice; save the arrays again under different names`,
      });
    }
    seen.add(name);
  }
}

function entryNamed<Entry extends { readonly name: string }>(
  where: string,
  entries: readonly Entry[],
  name: string,
): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw unknownName(
    where,
    "an array",
    name,
    entries.map((entry) => entry.name),
  );
}
