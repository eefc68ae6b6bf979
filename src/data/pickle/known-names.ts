/** The names that a pickle may use: what a call of each makes. All others are refused by name. */

import { UnsupportedError } from "../../errors.ts";
import { setArrayState, setTypeState } from "./numpy-names.ts";
import { badPickle, type Dict, itemsOf, keyOf, type PickleValue, quote, showValue } from "./values.ts";

/** Makes the value that a call in Python would; `where` begins its messages. */
export type Call = (args: readonly PickleValue[], where: string) => PickleValue;

/** By qualified name; null for one that is only referred to, never called. */
export type KnownNames = ReadonlyMap<string, Call | null>;

const mostArguments = 16;

/** The error for a name that is not allowed. */
export function refuseName(where: string, name: string): UnsupportedError {
  return new UnsupportedError({
    code: "pickle-name",
    message: `${where}: expected a pickle of tensors, arrays, numbers, texts and containers only, got the name ${quote(name)}, which is never imported or called here; load the file in Python if you trust it, and save only its tensors, as model.state_dict() has them`,
  });
}

/** The value of a call by REDUCE. */
export function callName(
  where: string,
  names: KnownNames,
  callee: PickleValue,
  args: PickleValue,
): PickleValue {
  const items = typeof args === "object" && args?.kind === "tuple" ? args.items : null;
  if (
    typeof callee !== "object" ||
    callee?.kind !== "name" ||
    items === null ||
    items.length > mostArguments
  ) {
    const got = `${showValue(callee, 1)} and ${showValue(args, 1)}`;
    throw badPickle(where, `a name and a tuple of at most ${mostArguments} arguments to call`, got);
  }
  const call = names.get(callee.name);
  if (call === undefined || call === null) throw refuseName(where, `${callee.name}()`);
  return call(items, where);
}

/** What BUILD does: only dicts (whose attributes are passed over), numpy types and numpy arrays have a state here. */
export function setState(where: string, target: PickleValue, state: PickleValue): void {
  const node = typeof target === "object" ? target : null;
  const isAttributes = typeof state === "object" && (state === null || state.kind === "dict");
  if (node?.kind === "numpy-type") setTypeState(where, node, state);
  else if (node?.kind === "empty-array") setArrayState(where, node, state);
  else if (node?.kind !== "dict" || !isAttributes) throw refuseState(where, target);
}

function refuseState(where: string, target: PickleValue): UnsupportedError {
  return new UnsupportedError({
    code: "pickle-instruction",
    message: `${where}: expected tensors, arrays, numbers, texts and containers only, got a state to set on ${showValue(target, 1)} (BUILD); load the file in Python if you trust it, and save only its tensors`,
  });
}

/** Sets keys and values that follow each other. */
export function setEntries(where: string, { entries }: Dict, items: readonly PickleValue[]): void {
  if (items.length % 2 === 1) throw badPickle(where, "a value for every key", "a key without one");
  for (let at = 0; at < items.length; at += 2) {
    const text = keyOf(items[at]);
    if (text === null) {
      throw badPickle(where, "numbers, texts and tuples of them as keys of a dict", showValue(items[at], 1));
    }
    // A key that is set again keeps its place and its first spelling, as in Python.
    const key = entries.get(text)?.key ?? items[at];
    entries.set(text, { key, value: items[at + 1] });
  }
}

/** A dict, empty or of pairs, as OrderedDict is written by Python 3 and by Python 2. */
function orderedDict(args: readonly PickleValue[], where: string): PickleValue {
  const dict: Dict = { kind: "dict", entries: new Map() };
  for (const pair of args.length === 0 ? [] : (itemsOf(args[0]) ?? [null])) {
    const items = itemsOf(pair);
    if (items?.length !== 2) throw badPickle(where, "pairs of key and value", showValue(pair, 1));
    setEntries(where, dict, items);
  }
  return dict;
}

/** `defaultdict(factory)`: what the factory would make for a missing key is never asked for here. */
const defaultDict: Call = () => ({ kind: "dict", entries: new Map() });

function counter(args: readonly PickleValue[], where: string): PickleValue {
  const [counts] = args;
  if (typeof counts === "object" && counts?.kind === "dict") return counts;
  return orderedDict(args, where);
}

function set(args: readonly PickleValue[], where: string): PickleValue {
  const items = args.length === 0 ? [] : itemsOf(args[0]);
  if (items === null) throw badPickle(where, "a list of the members of a set", showValue(args[0], 1));
  return { kind: "set", items: [...items] };
}

const complex: Call = (args) => ({
  kind: "text",
  text: `complex${showValue({ kind: "tuple", items: [...args] }, 1)}`,
});

const builtins: readonly (readonly [string, Call | null])[] = [
  ["set", set],
  ["frozenset", set],
  ["complex", complex],
  ["dict", null],
  ["list", null],
  ["int", null],
  ["float", null],
];

/** Python's own containers; Python 2 called the module of its built-in names `__builtin__`. */
export const pythonNames: KnownNames = new Map<string, Call | null>([
  ["collections.OrderedDict", orderedDict],
  ["collections.defaultdict", defaultDict],
  ["collections.Counter", counter],
  ...["builtins", "__builtin__"].flatMap((module) =>
    builtins.map(([name, call]) => [`${module}.${name}`, call] as const),
  ),
]);
