/** Archives of arrays saved by numpy.savez and numpy.savez_compressed. */

import { InputError, nearestName, UnsupportedError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader, LeftOut, ReadOptions, TensorDescription } from "../file-contents.ts";
import { listZip, openZipEntry, type ZipEntry } from "../zip.ts";
import { readNpy } from "./npy.ts";
import { readNpyHeader } from "./npy-header.ts";

interface Member {
  readonly name: string;
  readonly entry: ZipEntry;
}

/**
 * Reads the arrays named, or all; only the bytes of those and of the directory are read.
 *
 * A member that is asked for by name is read or its refusal thrown. Without names, members that hold no numbers
 * (text, objects, other files) are left out, each with its reason; a damaged one is still thrown.
 *
 * @returns tensors in the order of `names`, or of the archive
 * @throws InputError `unknown-name`, `duplicate-name`, `no-arrays` (empty), and what the zip and npy readers throw;
 *   UnsupportedError `no-arrays` for an archive of other things
 */
export async function readNpz(
  source: ByteSource,
  options?: ReadOptions,
): Promise<{ readonly tensors: readonly NamedTensor[]; readonly leftOut: readonly LeftOut[] }> {
  const { members, others } = await listMembers(source, options);
  if (options?.names !== undefined) {
    const tensors: NamedTensor[] = [];
    for (const name of options.names) {
      const entry = memberNamed(source, members, name).entry;
      tensors.push({ name, tensor: await readNpy(await openZipEntry(source, entry, options), options) });
    }
    return { tensors, leftOut: [] };
  }
  return collect(members, others, async ({ name, entry }) => {
    return { name, tensor: await readNpy(await openZipEntry(source, entry, options), options) };
  });
}

/** Names, types and shapes of the arrays; of each only the header is read. */
export async function inspectNpz(
  source: ByteSource,
  options?: SliceOptions,
): Promise<{ readonly tensors: readonly TensorDescription[]; readonly leftOut: readonly LeftOut[] }> {
  const { members, others } = await listMembers(source, options);
  return collect(members, others, async ({ name, entry }) => {
    const { dtype, shape } = await readNpyHeader(await openZipEntry(source, entry, options), options);
    return { name, dtype, shape };
  });
}

export const npzReader: FileReader = {
  read: async (source, options) => ({ kind: "tensors", format: "npz", ...(await readNpz(source, options)) }),
  inspect: async (source, options) => ({
    kind: "tensors",
    format: "npz",
    ...(await inspectNpz(source, options)),
  }),
};

async function collect<T>(
  members: readonly Member[],
  others: readonly LeftOut[],
  read: (member: Member) => Promise<T>,
): Promise<{ tensors: readonly T[]; leftOut: readonly LeftOut[] }> {
  const tensors: T[] = [];
  const leftOut = [...others];
  for (const member of members) {
    try {
      tensors.push(await read(member));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      leftOut.push({ name: member.name, reason: error.message });
    }
  }
  return { tensors, leftOut };
}

async function listMembers(
  source: ByteSource,
  options: SliceOptions | undefined,
): Promise<{ members: readonly Member[]; others: readonly LeftOut[] }> {
  const entries = await listZip(source, options);
  const members: Member[] = [];
  const others: LeftOut[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    if (seen.has(entry.name)) {
      throw new InputError({
        code: "duplicate-name",
        message: `npz "${source.name}": expected every name once, got "${entry.name}" twice; save the arrays again under different names`,
      });
    }
    seen.add(entry.name);
    if (entry.name.endsWith(".npy")) members.push({ name: entry.name.slice(0, -".npy".length), entry });
    else others.push({ name: entry.name, reason: "not a .npy array" });
  }
  if (members.length === 0) throw noArrays(source, entries);
  return { members, others };
}

function noArrays(source: ByteSource, entries: readonly ZipEntry[]): InputError | UnsupportedError {
  const error = (got: string, attempt: string) => ({
    code: "no-arrays",
    message: `npz "${source.name}": expected an archive with .npy arrays, got ${got}; ${attempt}`,
  });
  const has = (form: RegExp) => entries.some((entry) => form.test(entry.name));
  if (entries.length === 0)
    return new InputError(error("an empty archive", "save the arrays with numpy.savez"));
  if (has(/(^|\/)data\.pkl$/)) {
    return new UnsupportedError(error("a PyTorch checkpoint", "save its tensors with numpy.savez"));
  }
  const names = entries.slice(0, 3).map((entry) => `"${entry.name}"`);
  const got = `${entries.length} other files such as ${names.join(", ")}`;
  return new UnsupportedError(error(got, "save the arrays with numpy.savez"));
}

function memberNamed(source: ByteSource, members: readonly Member[], name: string): Member {
  const found = members.find((member) => member.name === name);
  if (found !== undefined) return found;
  const names = members.map((member) => member.name);
  const near = nearestName(name, names);
  const shown = names.length <= 12 ? names : [...names.slice(0, 12), `… (${names.length} in all)`];
  throw new InputError({
    code: "unknown-name",
    message: `npz "${source.name}": expected the name of an array in it, got "${name}"; ${near === null ? "" : `did you mean "${near}"? `}it has ${shown.join(", ")}`,
  });
}
