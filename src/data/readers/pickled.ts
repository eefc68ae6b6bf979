/** From an unpickled root to what a reader returns: which tensors to read, which to leave out, what to say of the rest. */

import { UnsupportedError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { SliceOptions } from "../byte-source.ts";
import type { FileMetadata, LeftOut, ReadOptions, TensorDescription } from "../file-contents.ts";
import { type NamedArray, type NamedParts, namedParts } from "../pickle/named-parts.ts";
import { byteLengthOf, type LocatedArray, locate, readArray, refusedKind } from "../pickle/strided.ts";
import { type PickleValue, quote, showValue } from "../pickle/values.ts";
import { unknownName } from "../unknown-name.ts";

export interface Unpickled {
  /** How messages begin, such as `torch "w.pt"`. */
  readonly where: string;
  /** Its name is that of a tensor that is alone, and where `isPrefix` also leads all other names. */
  readonly root: { readonly value: PickleValue; readonly name: string; readonly isPrefix: boolean };
  /** Bytes of all that is in the file, unpacked. */
  readonly byteLength: number;
}

interface Chosen {
  readonly located: readonly LocatedArray[];
  readonly leftOut: readonly LeftOut[];
  readonly metadata?: FileMetadata;
}

/** Views of one storage may overlap, but a tiny file must not fill the memory with them. */
const mostRepeats = 4;
const freeBytes = 2 ** 26;

/**
 * Reads the tensors named, or all but what an optimiser remembers; of their storages only the parts they span.
 *
 * @returns row-major tensors in the order of `names`, or of the file; plain numbers and texts beside them as metadata
 * @throws InputError `unknown-name`, `duplicate-name`, `outside-storage`; UnsupportedError `element-type`, `no-arrays`,
 *   `too-large`, `pickle-depth`
 */
export async function readUnpickled(file: Unpickled, options: ReadOptions | undefined) {
  const { located, ...rest } = await choose(file, options);
  requireMemory(file, located);
  const tensors: NamedTensor[] = [];
  for (const each of located) {
    tensors.push({ name: each.name, tensor: await readArray(file.where, each, options) });
  }
  return { tensors, ...rest };
}

/** What `readUnpickled` would read without names, and where it lies. Throws as it does. */
export async function locateUnpickled(file: Unpickled, options: SliceOptions | undefined) {
  const { located, leftOut } = await choose(file, { signal: options?.signal });
  requireMemory(file, located);
  return { located, leftOut };
}

/** Names, types and shapes of what `readUnpickled` would read without names. Throws as it does. */
export async function describeUnpickled(file: Unpickled, options: SliceOptions | undefined) {
  const { located, ...rest } = await choose(file, { signal: options?.signal });
  const tensors = located.map(
    ({ name, element, array }): TensorDescription => ({ name, dtype: element.dtype, shape: array.shape }),
  );
  return { tensors, ...rest };
}

async function choose(file: Unpickled, options: ReadOptions | undefined): Promise<Chosen> {
  const parts = namedParts(file.where, file.root);
  const metadata = parts.texts.length === 0 ? {} : { metadata: Object.fromEntries(parts.texts) };
  if (options?.names === undefined) return { ...(await chooseAll(file, parts, options)), ...metadata };
  const located: LocatedArray[] = [];
  for (const name of options.names) {
    located.push(await locate(file.where, arrayNamed(file.where, parts, name), options));
  }
  return { located, leftOut: [], ...metadata };
}

async function chooseAll(
  file: Unpickled,
  parts: NamedParts,
  options: SliceOptions | undefined,
): Promise<Chosen> {
  const { where } = file;
  const weights = parts.arrays.filter(({ optimiser }) => optimiser === null);
  // A file of nothing but an optimiser's state was saved for its own sake.
  const wanted = weights.length > 0 ? weights : parts.arrays;
  const located: LocatedArray[] = [];
  const refusals = parts.unsupported.map(({ name, what }) => ({
    name,
    error: refusedKind(where, name, what),
  }));
  for (const each of wanted) {
    try {
      located.push(await locate(where, each, options));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refusals.push({ name: each.name, error });
    }
  }
  if (located.length === 0) throw refusals[0]?.error ?? noArrays(file);
  const leftOut = refusals.map(({ name, error }) => ({ name, reason: error.message }));
  return { located, leftOut: wanted === weights ? [...leftOut, ...optimiserStates(parts)] : leftOut };
}

/** Tensors that an optimiser remembers move with the weights but are none; each optimiser is one part left out. */
function optimiserStates({ arrays }: NamedParts): readonly LeftOut[] {
  const names = new Map<string, string[]>();
  for (const { name, optimiser } of arrays) {
    if (optimiser !== null) names.set(optimiser, [...(names.get(optimiser) ?? []), name]);
  }
  return Array.from(names, ([name, remembered]) => ({
    name,
    reason: `what an optimiser remembers (${remembered.length} arrays), no weights; read when named, such as ${quote(remembered[0])}`,
  }));
}

function noArrays({ where, root }: Unpickled): UnsupportedError {
  return new UnsupportedError({
    code: "no-arrays",
    message: `${where}: expected tensors or arrays of numbers, got none in ${showValue(root.value, 1)}; save a dict of tensors, as model.state_dict() is`,
  });
}

function arrayNamed(where: string, { arrays, unsupported }: NamedParts, name: string): NamedArray {
  const found = arrays.find((each) => each.name === name);
  if (found !== undefined) return found;
  const refused = unsupported.find((each) => each.name === name);
  if (refused !== undefined) throw refusedKind(where, name, refused.what);
  throw unknownName(
    where,
    "a tensor",
    name,
    arrays.map((each) => each.name),
  );
}

function requireMemory({ where, byteLength }: Unpickled, located: readonly LocatedArray[]): void {
  const needed = located.reduce((sum, each) => sum + byteLengthOf(each), 0);
  if (needed <= mostRepeats * byteLength + freeBytes) return;
  throw new UnsupportedError({
    code: "too-large",
    message: `${where}: expected tensors of at most ${mostRepeats} times the file's ${byteLength} bytes, got ${needed} bytes (views of the same values); save copies of the views (tensor.clone())`,
  });
}
