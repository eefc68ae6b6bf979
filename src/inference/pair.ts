/** Which weight belongs to which: tensors by name and shape. What does not pair is listed, never guessed. */

import { InputError, nearestName } from "../errors.ts";
import { type DataType, type NamedTensor, type Tensor, toFloats } from "../tensor.ts";
import { labelsOf, type PairedWeights } from "./paired-weights.ts";

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface TensorPairing {
  readonly pairs: PairedWeights;
  /** Names of the tensors used; each is a group when there is more than one. */
  readonly used: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export interface PairTensorOptions {
  readonly source: string;
  /** Globs of names to use, `*` any run of characters; all matrices and convolution kernels unless given. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Whether a single tensor on each side, too, is paired only with one of its name; any unless given. */
  readonly byName?: boolean;
}

/**
 * Pairs two sets of tensors by name and shape.
 *
 * A single tensor on each side is paired whatever its names, unless `byName`. Of several, matrices and kernels (two axes or more, of
 * floating-point numbers) are used; biases, normalisation and integer tensors are left out unless `include` names them.
 *
 * @throws InputError `no-common-tensors`, `shapes-differ`
 */
export function pairTensors(
  initial: readonly NamedTensor[],
  final: readonly NamedTensor[],
  options: PairTensorOptions,
): TensorPairing {
  const { matched, leftOut } = matchTensors(initial, final, options);
  return { pairs: joinTensors(matched, options.source), used: matched.map(({ name }) => name), leftOut };
}

/** What is needed of a tensor to find its other end: its values may still be in the file. */
export interface TensorKind {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

interface Named<T> {
  readonly name: string;
  readonly tensor: T;
}

interface Matched<T> {
  readonly name: string;
  readonly initial: T;
  readonly final: T;
}

/** The tensors that `pairTensors` pairs, and those it leaves out. @throws as `pairTensors` */
export function matchTensors<T extends TensorKind>(
  initial: readonly Named<T>[],
  final: readonly Named<T>[],
  options: PairTensorOptions,
): { readonly matched: readonly Matched<T>[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const matched = matchNames(initial, final, options, leftOut);
  if (matched.length === 0) {
    const names = (tensors: readonly Named<T>[]) => tensors.map(({ name }) => name).join(", ") || "none";
    const near =
      initial.length > 0
        ? nearestName(
            initial[0].name,
            final.map(({ name }) => name),
          )
        : null;
    throw new InputError({
      code: "no-common-tensors",
      message: `${options.source}: expected tensors of one name and shape at both ends, got ${names(initial)} initially and ${names(final)} finally${leftOut.length > 0 ? ` (${leftOut[0].name}: ${leftOut[0].reason})` : ""}; choose with --include, or name the arrays with --initial and --final${near ? ` (nearest to ${initial[0].name} is ${near})` : ""}`,
    });
  }
  return { matched, leftOut };
}

function matchNames<T extends TensorKind>(
  initial: readonly Named<T>[],
  final: readonly Named<T>[],
  options: PairTensorOptions,
  leftOut: LeftOut[],
): Matched<T>[] {
  const [first] = initial;
  const isOnly = initial.length === 1 && final.length === 1;
  if (isOnly && !(options.byName && first.name !== final[0].name)) {
    const { name, tensor } = first;
    const reason = reasonByGlobs(name, options);
    if (reason !== null) {
      leftOut.push({ name, reason });
      return [];
    }
    requireShape(options.source, name, tensor, final[0].tensor);
    return [{ name, initial: tensor, final: final[0].tensor }];
  }
  const byName = new Map(final.map(({ name, tensor }) => [name, tensor]));
  const matched: Matched<T>[] = [];
  for (const { name, tensor } of initial) {
    const other = byName.get(name);
    byName.delete(name);
    if (other === undefined) {
      leftOut.push({ name, reason: "only in the initial file" });
      continue;
    }
    const reason = reasonToLeaveOut(name, tensor, options) ?? reasonByShape(tensor, other);
    if (reason === null) matched.push({ name, initial: tensor, final: other });
    else leftOut.push({ name, reason });
  }
  for (const name of byName.keys()) leftOut.push({ name, reason: "only in the final file" });
  return matched;
}

function reasonToLeaveOut(name: string, tensor: TensorKind, options: PairTensorOptions): string | null {
  const reason = reasonByGlobs(name, options);
  if (reason !== null || options.include) return reason;
  if (!tensor.dtype.includes("float")) return `${tensor.dtype}, not a weight`;
  if (tensor.shape.length < 2)
    return `${tensor.shape.length} axes: a bias or a normalisation, not a weight matrix`;
  return null;
}

function reasonByGlobs(name: string, { include, exclude }: PairTensorOptions): string | null {
  if (exclude?.some((glob) => matchesGlob(name, glob))) return "excluded";
  if (include && !include.some((glob) => matchesGlob(name, glob))) return "not among those included";
  return null;
}

const reasonByShape = ({ shape: initial }: TensorKind, { shape: final }: TensorKind) =>
  initial.join() === final.join() ? null : `shape [${initial}] initially and [${final}] finally`;

/** `*` stands for any run of characters, `?` for one. */
export function matchesGlob(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${pattern}$`, "s").test(name);
}

function requireShape(source: string, name: string, initial: TensorKind, final: TensorKind): void {
  if (reasonByShape(initial, final) === null) return;
  throw new InputError({
    code: "shapes-differ",
    message: `${source}: expected initial and final of one shape, got [${initial.shape}] and [${final.shape}] (tensor "${name}"); give the same layer before and after learning`,
  });
}

function joinTensors(matched: readonly Matched<Tensor>[], source: string): PairedWeights {
  const [only] = matched;
  if (matched.length === 1) {
    const [initial, final] = [toFloats(only.initial), toFloats(only.final)];
    return { source, initial, final, group: null, cluster: null, repeat: null };
  }
  const total = matched.reduce((sum, { initial }) => sum + initial.data.length, 0);
  const joined = {
    initial: new Float64Array(total),
    final: new Float64Array(total),
    index: new Int32Array(total),
  };
  let place = 0;
  for (const [g, { initial, final }] of matched.entries()) {
    joined.initial.set(toFloats(initial), place);
    joined.final.set(toFloats(final), place);
    joined.index.fill(g, place, place + initial.data.length);
    place += initial.data.length;
  }
  const group = { names: labelsOf(matched.map(({ name }) => name)).names, index: joined.index };
  return { source, initial: joined.initial, final: joined.final, group, cluster: null, repeat: null };
}
