/** Archives of arrays saved by numpy.savez and numpy.savez_compressed. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { requireDistinct } from "../choose-tensors.ts";
import type { FileMetadata, FileReader, LeftOut, ReadOptions, TensorDescription } from "../file-contents.ts";
import { unknownName } from "../unknown-name.ts";
import { listZip, openZipEntry, type ZipEntry } from "../zip.ts";
import { describeNpyAs, readNpyAs } from "./npy.ts";

interface Member {
  readonly name: string;
  /** Tensors inside a member of Python objects are called `MEMBER.NAME`. */
  readonly isPrefix: true;
  readonly entry: ZipEntry;
}

/**
 * Reads the arrays named, or all; only the bytes of those and of the directory are read.
 *
 * A member that is asked for by name is read or its refusal thrown. Without names, members that hold no numbers
 * (text, other files) are left out, each with its reason; a damaged one is still thrown. A member of Python objects
 * gives the tensors and arrays inside it as `MEMBER.NAME`.
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
  if (options?.names === undefined) {
    return collect(source, members, others, async (member) =>
      readNpyAs(await open(source, member, options), member, options),
    );
  }
  const tensors: NamedTensor[] = [];
  for (const name of options.names) {
    const member = memberNamed(source, members, name);
    const read = await readNpyAs(await open(source, member, options), member, { ...options, names: [name] });
    tensors.push(...read.tensors);
  }
  return { tensors, leftOut: [] };
}

/** Names, types and shapes of the arrays; of each only the header is read. */
export async function inspectNpz(
  source: ByteSource,
  options?: SliceOptions,
): Promise<{ readonly tensors: readonly TensorDescription[]; readonly leftOut: readonly LeftOut[] }> {
  const { members, others } = await listMembers(source, options);
  return collect(source, members, others, async (member) =>
    describeNpyAs(await open(source, member, options), member, options),
  );
}

const whereOf = (source: ByteSource) => `npz "${source.name}"`;

const open = (source: ByteSource, { entry }: Member, options: SliceOptions | undefined) =>
  openZipEntry(source, entry, options);

export const npzReader: FileReader = {
  read: async (source, options) => ({ kind: "tensors", format: "npz", ...(await readNpz(source, options)) }),
  inspect: async (source, options) => ({
    kind: "tensors",
    format: "npz",
    ...(await inspectNpz(source, options)),
  }),
};

interface Contents<T> {
  readonly tensors: readonly T[];
  readonly leftOut: readonly LeftOut[];
  readonly metadata?: FileMetadata;
}

async function collect<T extends { readonly name: string }>(
  source: ByteSource,
  members: readonly Member[],
  others: readonly LeftOut[],
  read: (member: Member) => Promise<Contents<T>>,
): Promise<Contents<T>> {
  const tensors: T[] = [];
  const leftOut = [...others];
  let metadata: FileMetadata = {};
  for (const member of members) {
    try {
      const contents = await read(member);
      tensors.push(...contents.tensors);
      leftOut.push(...contents.leftOut);
      metadata = { ...metadata, ...contents.metadata };
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      leftOut.push({ name: member.name, reason: error.message });
    }
  }
  // A key within an array of Python objects may read like another member: `a` with `b` inside, and `a.b`.
  requireDistinct(whereOf(source), tensors);
  return { tensors, leftOut, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
}

async function listMembers(
  source: ByteSource,
  options: SliceOptions | undefined,
): Promise<{ members: readonly Member[]; others: readonly LeftOut[] }> {
  const entries = await listZip(source, options);
  const members: Member[] = [];
  const others: LeftOut[] = [];
  requireDistinct(whereOf(source), entries);
  for (const entry of entries) {
    if (entry.name.endsWith(".npy")) {
      members.push({ name: entry.name.slice(0, -".npy".length), isPrefix: true, entry });
    } else others.push({ name: entry.name, reason: "not a .npy array" });
  }
  if (members.length === 0) throw noArrays(source, entries);
  return { members, others };
}

function noArrays(source: ByteSource, entries: readonly ZipEntry[]): InputError | UnsupportedError {
  const error = (got: string, attempt: string) => ({
    code: "no-arrays",
    message: `${whereOf(source)}: expected an archive with .npy arrays, got ${got}; ${attempt}`,
  });
  if (entries.length === 0)
    return new InputError(error("an empty archive", "save the arrays with numpy.savez"));
  const names = entries.slice(0, 3).map((entry) => `"${entry.name}"`);
  const got = `${entries.length} other files such as ${names.join(", ")}`;
  return new UnsupportedError(error(got, "save the arrays with numpy.savez"));
}

function memberNamed(source: ByteSource, members: readonly Member[], name: string): Member {
  const found =
    members.find((member) => member.name === name) ??
    members.find((member) => name.startsWith(`${member.name}.`));
  if (found !== undefined) return found;
  const names = members.map((member) => member.name);
  throw unknownName(whereOf(source), "an array", name, names);
}
