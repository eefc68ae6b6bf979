/** Arrays of Python objects, as numpy.save writes a dict of tensors: a numpy header, then a pickle. */

import { InputError } from "../../errors.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { readPickle } from "../pickle/machine.ts";
import { showValue } from "../pickle/values.ts";
import type { ObjectHeader } from "./npy-header.ts";
import type { Unpickled } from "./pickled.ts";
import { checkpointNames } from "./torch-legacy.ts";

/**
 * Reads the pickle of an array of Python objects; the values of tensors and arrays inside stay in the file.
 *
 * @throws InputError `trailing-bytes`, `bad-shape` where the pickle holds another array than the header says, and what
 *   `readPickle` throws
 */
export async function objectArray(
  source: ByteSource,
  header: ObjectHeader,
  name: { readonly name: string; readonly isPrefix: boolean },
  options: SliceOptions | undefined,
): Promise<Unpickled> {
  const where = `npy "${source.name}"`;
  const rules = { where, names: checkpointNames() };
  const { value, end } = await readPickle(source, header.dataStart, rules, options);
  if (end !== source.byteLength) {
    throw new InputError({
      code: "trailing-bytes",
      message: `${where}: expected the file to end after its pickle, got ${source.byteLength - end} bytes more; save it again`,
    });
  }
  const root = typeof value === "object" && value?.kind === "empty-array" ? value.filled : value;
  const isObjects = typeof root === "object" && root?.kind === "objects";
  if (isObjects && JSON.stringify(root.shape) === JSON.stringify(header.shape)) {
    return { where, root: { value: root, ...name }, byteLength: source.byteLength };
  }
  throw new InputError({
    code: "bad-shape",
    message: `${where}: expected an array of Python objects of shape ${JSON.stringify(header.shape)}, got ${isObjects ? `shape ${JSON.stringify(root.shape)}` : showValue(root, 1)}; the file is damaged: save it again`,
  });
}
