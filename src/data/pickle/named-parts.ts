/** The tensors inside nested containers by name, and what else is there as text. */

import { InputError, UnsupportedError } from "../../errors.ts";
import {
  badPickle,
  type Dict,
  isScalar,
  itemsOf,
  type ObjectArray,
  type PickleValue,
  quote,
  type Sequence,
  type StridedArray,
  showValue,
} from "./values.ts";

export interface NamedArray {
  readonly name: string;
  readonly array: StridedArray;
  /** The name of the optimiser that remembers it, such as one of Adam's moments; null for a tensor of the network. */
  readonly optimiser: string | null;
}

export interface NamedParts {
  readonly arrays: readonly NamedArray[];
  /** Tensors of kinds that Syngeo does not hold. */
  readonly unsupported: readonly { readonly name: string; readonly what: string }[];
  /** Numbers, texts and lists of them. */
  readonly texts: readonly (readonly [name: string, text: string])[];
}

/** Containers within each other beyond this are no checkpoint; so are a container inside itself and doubled ones. */
const deepest = 64;
const mostParts = 100_000;
const mostVisits = 5_000_000;
const longestName = 1000;
/** A dict of more plain values than this is shown as one text, such as a vocabulary. */
const mostPlainEntries = 32;

interface Walk {
  readonly where: string;
  readonly names: Set<string>;
  readonly arrays: NamedArray[];
  readonly unsupported: { name: string; what: string }[];
  readonly texts: [string, string][];
  visits: number;
}

interface Place {
  readonly name: string;
  /** Whether the name leads there; at the root of a file of one tensor it is only that tensor's. */
  readonly isPrefix: boolean;
  readonly depth: number;
  readonly optimiser: string | null;
}

/**
 * Names every part by the keys and positions that lead to it, joined by dots: `state_dict.fc.weight`, `layers.0.1`.
 *
 * A dict with `state` and `param_groups` is what an optimiser remembers. Lists of plain values are one part.
 *
 * @param root  its name is that of a tensor that is alone, and where `isPrefix` also leads all other names
 * @throws InputError `duplicate-name`, `bad-pickle`; UnsupportedError `too-large`, `pickle-depth`
 */
export function namedParts(
  where: string,
  root: { readonly value: PickleValue; readonly name: string; readonly isPrefix: boolean },
): NamedParts {
  const { value, name, isPrefix } = root;
  const walk: Walk = { where, names: new Set(), arrays: [], unsupported: [], texts: [], visits: 0 };
  visit(walk, value, { name, isPrefix, depth: 0, optimiser: null });
  return walk;
}

function visit(walk: Walk, value: PickleValue, place: Place): void {
  count(walk, 1);
  const { name } = place;
  const node = typeof value === "object" ? value : null;
  switch (node?.kind) {
    case "array":
      addName(walk, name);
      walk.arrays.push({ name, array: node, optimiser: place.optimiser });
      break;
    case "unsupported":
      addName(walk, name);
      walk.unsupported.push({ name, what: node.what });
      break;
    case "storage":
      addName(walk, name);
      walk.unsupported.push({ name, what: "a storage without shape" });
      break;
    case "empty-array":
      if (node.filled === null)
        throw badPickle(walk.where, "the contents of a numpy array", `none (${quote(name)})`);
      visit(walk, node.filled, place);
      break;
    case "objects":
      visitObjects(walk, node, place);
      break;
    case "dict":
      visitDict(walk, node, place);
      break;
    case "list":
    case "tuple":
    case "set":
      visitItems(walk, node, place);
      break;
    default:
      addText(walk, value, name);
  }
}

function visitItems(walk: Walk, sequence: Sequence, place: Place): void {
  const { items } = sequence;
  count(walk, items.length);
  if (items.every(isScalar)) addText(walk, sequence, place.name);
  else for (const [k, item] of items.entries()) visit(walk, item, below(walk, place, String(k)));
}

function visitDict(walk: Walk, dict: Dict, place: Place): void {
  const { entries } = dict;
  count(walk, entries.size);
  const isPlain = Array.from(entries.values()).every(({ value }) => isScalar(value));
  if (isPlain && (entries.size > mostPlainEntries || entries.size === 0)) {
    addText(walk, dict, place.name);
    return;
  }
  const isOptimiser = entries.has("sstate") && itemsOf(entries.get("sparam_groups")?.value) !== null;
  const optimiser = place.optimiser ?? (isOptimiser ? place.name : null);
  for (const { key, value } of entries.values()) {
    visit(walk, value, below(walk, { ...place, optimiser }, showKey(walk, key)));
  }
}

/** An array of one object is that object; others are named by their indices. */
function visitObjects(walk: Walk, { shape, items }: ObjectArray, place: Place): void {
  count(walk, items.length);
  if (shape.length === 0) {
    visit(walk, items[0], deeper(walk, place));
    return;
  }
  for (const [k, item] of items.entries()) {
    let rest = k;
    const indices = [...shape].reverse().map((size) => {
      const index = rest % size;
      rest = (rest - index) / size;
      return index;
    });
    visit(walk, item, below(walk, place, indices.reverse().join(".")));
  }
}

function deeper(walk: Walk, place: Place): Place {
  if (place.depth < deepest) return { ...place, depth: place.depth + 1 };
  throw new UnsupportedError({
    code: "pickle-depth",
    message: `${walk.where}: expected at most ${deepest} containers within each other, got more at ${quote(place.name)}; save a dict of tensors, as model.state_dict() is`,
  });
}

function below(walk: Walk, place: Place, step: string): Place {
  const name = place.isPrefix ? `${place.name}.${step}` : step;
  if (name.length <= longestName) return { ...deeper(walk, place), name, isPrefix: true };
  throw badPickle(
    walk.where,
    `names of at most ${longestName} characters`,
    `${name.length} (${quote(name)})`,
  );
}

function showKey({ where }: Walk, key: PickleValue): string {
  if (typeof key !== "string") return showValue(key, 1);
  if (key.length <= longestName) return key;
  throw badPickle(where, `names of at most ${longestName} characters`, `${key.length} (${quote(key)})`);
}

function addText(walk: Walk, value: PickleValue, name: string): void {
  addName(walk, name);
  walk.texts.push([name, showValue(value)]);
}

function addName(walk: Walk, name: string): void {
  if (walk.names.size >= mostParts) throw tooMany(walk, `${mostParts} named parts`);
  if (walk.names.has(name)) {
    throw new InputError({
      code: "duplicate-name",
      message: `${walk.where}: expected every name once, got ${quote(name)} twice (a dot within a key reads like a nested dict); save the tensors again under different names`,
    });
  }
  walk.names.add(name);
}

function count(walk: Walk, visits: number): void {
  walk.visits += visits;
  if (walk.visits > mostVisits) throw tooMany(walk, `${mostVisits} values`);
}

function tooMany({ where }: Walk, most: string): UnsupportedError {
  return new UnsupportedError({
    code: "too-large",
    message: `${where}: expected at most ${most}, got more; save a dict of tensors, as model.state_dict() is`,
  });
}
