/**
 * Reads a pickle without Python: a stack machine that builds numbers, texts, containers and what a list of allowed
 * names makes, and that refuses every other name by that name. It has no way to import or call anything.
 */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { parsePythonLiteral } from "../readers/python-literal.ts";
import { callName, type KnownNames, refuseName, setEntries, setState } from "./known-names.ts";
import type { Opcode } from "./opcodes.ts";
import { nextInstruction, openPickle, type PickleStream, placeOf, smallest } from "./stream.ts";
import { badPickle, itemsOf, type PickleValue, type Sequence, showValue } from "./values.ts";

export interface PickleRules {
  /** How messages begin, such as `torch "w.pt"`. */
  readonly where: string;
  readonly names: KnownNames;
  /** What stands for an object kept outside the pickle; pickles that have none leave it out. */
  readonly outside?: (id: PickleValue) => PickleValue;
}

/** More objects than this are refused: each takes far more memory here than bytes in the file. */
const mostInstructions = 2_000_000;
/** A dict takes as much memory as this many other values. */
const dictWork = 4;

interface Machine {
  readonly rules: PickleRules;
  readonly stream: PickleStream;
  readonly stack: PickleValue[];
  /** Heights of the stack at the open marks. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  /** The byte of the instruction at hand, counted from the start of the pickle. */
  place: number;
  /** Instructions so far, and items that calls have gone through. */
  work: number;
}

/**
 * Reads one pickle, from `start` to its end.
 *
 * @returns the value, and the byte of the source after the pickle
 * @throws InputError `truncated-file`, `bad-pickle`; UnsupportedError `pickle-name` for a name that is not allowed,
 *   `pickle-instruction` for an instruction that makes objects of a class, `too-large`
 */
export async function readPickle(
  source: ByteSource,
  start: number,
  rules: PickleRules,
  options: SliceOptions | undefined,
): Promise<{ readonly value: PickleValue; readonly end: number }> {
  const stream = openPickle(rules.where, source, start, options);
  const machine: Machine = { rules, stream, stack: [], marks: [], memo: new Map(), place: 0, work: 0 };
  for (; machine.work < mostInstructions; machine.work++) {
    machine.place = placeOf(stream) - start;
    const { opcode, operand } = await nextInstruction(stream);
    if (opcode === "STOP") return { value: pop(machine), end: placeOf(stream) };
    steps[opcode](machine, operand);
  }
  throw new UnsupportedError({
    code: "too-large",
    message: `${rules.where}: expected a pickle of at most ${mostInstructions} instructions, got more; save long lists of numbers as arrays`,
  });
}

type Step = (machine: Machine, operand: PickleValue) => void;

const push: Step = ({ stack }, value) => stack.push(value);

const steps: { readonly [O in Exclude<Opcode, "STOP">]: Step } = {
  PROTO: requireProtocol,
  FRAME: () => {}, // a hint of how much to read ahead
  MARK: ({ stack, marks }) => marks.push(stack.length),
  POP: (machine) => (machine.marks.at(-1) === machine.stack.length ? machine.marks.pop() : pop(machine)),
  POP_MARK: popToMark,
  DUP: (machine) => push(machine, top(machine)),
  NONE: (machine) => push(machine, null),
  NEWTRUE: (machine) => push(machine, true),
  NEWFALSE: (machine) => push(machine, false),
  INT: (machine, line) => push(machine, decimalOrBoolean(machine, line)),
  LONG: (machine, line) => push(machine, decimal(machine, line)),
  FLOAT: (machine, line) => push(machine, float(machine, line)),
  BININT: push,
  BININT1: push,
  BININT2: push,
  LONG1: push,
  LONG4: push,
  BINFLOAT: push,
  STRING: (machine, line) => push(machine, quoted(machine, line)),
  UNICODE: (machine, line) => push(machine, unescaped(line)),
  BINSTRING: push,
  SHORT_BINSTRING: push,
  BINUNICODE: push,
  SHORT_BINUNICODE: push,
  BINUNICODE8: push,
  BINBYTES: push,
  SHORT_BINBYTES: push,
  BINBYTES8: push,
  BYTEARRAY8: push,
  EMPTY_TUPLE: (machine) => push(machine, { kind: "tuple", items: [] }),
  TUPLE1: (machine) => push(machine, { kind: "tuple", items: popMany(machine, 1) }),
  TUPLE2: (machine) => push(machine, { kind: "tuple", items: popMany(machine, 2) }),
  TUPLE3: (machine) => push(machine, { kind: "tuple", items: popMany(machine, 3) }),
  TUPLE: (machine) => push(machine, { kind: "tuple", items: popToMark(machine) }),
  EMPTY_LIST: (machine) => push(machine, { kind: "list", items: [] }),
  LIST: (machine) => push(machine, { kind: "list", items: popToMark(machine) }),
  APPEND: (machine) => append(machine, "list", popMany(machine, 1)),
  APPENDS: (machine) => append(machine, "list", popToMark(machine)),
  EMPTY_SET: (machine) => push(machine, { kind: "set", items: [] }),
  FROZENSET: (machine) => push(machine, { kind: "set", items: popToMark(machine) }),
  ADDITEMS: (machine) => append(machine, "set", popToMark(machine)),
  EMPTY_DICT: pushDict,
  DICT: (machine) => {
    const items = popToMark(machine);
    pushDict(machine);
    setItems(machine, items);
  },
  SETITEM: (machine) => setItems(machine, popMany(machine, 2)),
  SETITEMS: (machine) => setItems(machine, popToMark(machine)),
  PUT: (machine, line) => remember(machine, decimal(machine, line)),
  BINPUT: remember,
  LONG_BINPUT: remember,
  MEMOIZE: (machine) => remember(machine, machine.memo.size),
  GET: (machine, line) => recall(machine, decimal(machine, line)),
  BINGET: recall,
  LONG_BINGET: recall,
  GLOBAL: (machine, name) => pushName(machine, String(name)),
  STACK_GLOBAL: (machine) => {
    const [module, name] = popMany(machine, 2);
    if (typeof module !== "string" || typeof name !== "string") {
      throw bad(machine, "two texts before a name", `${showValue(module, 1)} and ${showValue(name, 1)}`);
    }
    pushName(machine, `${module}.${name}`);
  },
  REDUCE: (machine) => {
    const [callee, args] = popMany(machine, 2);
    const { where, names } = machine.rules;
    // A long list that is noted once may be given to any number of calls, so each counts.
    machine.work += dictWork + (itemsOf(itemsOf(args)?.[0])?.length ?? 0);
    push(machine, callName(where, names, callee, args));
  },
  BUILD: (machine) => {
    const [state] = popMany(machine, 1);
    setState(machine.rules.where, top(machine), state);
  },
  PERSID: (machine, line) => push(machine, outside(machine, line)),
  BINPERSID: (machine) => push(machine, outside(machine, pop(machine))),
  NEWOBJ: refuseObject("NEWOBJ"),
  NEWOBJ_EX: refuseObject("NEWOBJ_EX"),
  OBJ: refuseObject("OBJ"),
  INST: (machine, name) => {
    throw refuseName(machine.rules.where, String(name));
  },
  EXT1: refuseInstruction("a name by its registered number (EXT1)"),
  EXT2: refuseInstruction("a name by its registered number (EXT2)"),
  EXT4: refuseInstruction("a name by its registered number (EXT4)"),
  NEXT_BUFFER: refuseInstruction("values kept outside the file (NEXT_BUFFER)"),
  READONLY_BUFFER: refuseInstruction("values kept outside the file (READONLY_BUFFER)"),
};

function pushDict(machine: Machine): void {
  machine.work += dictWork;
  push(machine, { kind: "dict", entries: new Map() });
}

function bad({ rules, place }: Machine, expected: string, got: string) {
  return badPickle(rules.where, expected, `${got} (byte ${place} of the pickle)`);
}

function requireProtocol({ rules }: Machine, protocol: PickleValue): void {
  if (Number(protocol) <= 5) return;
  throw new UnsupportedError({
    code: "pickle-instruction",
    message: `${rules.where}: expected a pickle of protocol 0 to 5, got ${protocol}; save it with pickle_protocol=4`,
  });
}

function pop(machine: Machine): PickleValue {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

function top(machine: Machine): PickleValue {
  const { stack, marks } = machine;
  if (stack.length > (marks.at(-1) ?? 0)) return stack[stack.length - 1];
  throw bad(machine, "a value on the stack", "none");
}

function popMany(machine: Machine, count: number): PickleValue[] {
  const { stack, marks } = machine;
  if (stack.length - (marks.at(-1) ?? 0) >= count) return stack.splice(stack.length - count);
  throw bad(machine, `${count} values on the stack`, `${stack.length - (marks.at(-1) ?? 0)}`);
}

function popToMark(machine: Machine): PickleValue[] {
  const mark = machine.marks.pop();
  if (mark === undefined) throw bad(machine, "a mark on the stack", "none");
  return machine.stack.splice(mark);
}

function append(machine: Machine, kind: Sequence["kind"], items: readonly PickleValue[]): void {
  const target = top(machine);
  if (typeof target !== "object" || target === null || target.kind !== kind) {
    throw bad(machine, `a ${kind} to add to`, showValue(target, 1));
  }
  for (const item of items) target.items.push(item);
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  const target = top(machine);
  if (typeof target !== "object" || target === null || target.kind !== "dict") {
    throw bad(machine, "a dict to set items of", showValue(target, 1));
  }
  setEntries(machine.rules.where, target, items);
}

function remember(machine: Machine, index: PickleValue): void {
  machine.memo.set(Number(index), top(machine));
}

function recall(machine: Machine, index: PickleValue): void {
  const value = machine.memo.get(Number(index));
  if (value === undefined) throw bad(machine, "a value noted before", `number ${index}, which is not`);
  push(machine, value);
}

function pushName(machine: Machine, name: string): void {
  const { where, names } = machine.rules;
  if (!names.has(name)) throw refuseName(where, name);
  push(machine, { kind: "name", name });
}

function outside(machine: Machine, id: PickleValue): PickleValue {
  if (machine.rules.outside !== undefined) return machine.rules.outside(id);
  throw refusedInstruction(machine, `the persistent id ${showValue(id, 1)}`);
}

function refuseObject(instruction: Opcode): Step {
  return (machine) => {
    // The class lies below its arguments; with OBJ it is the first after the mark.
    const below = instruction === "NEWOBJ_EX" ? popMany(machine, 3) : [];
    const values = instruction === "NEWOBJ" ? popMany(machine, 2) : below;
    const [callee] = instruction === "OBJ" ? popToMark(machine) : values;
    throw refusedInstruction(machine, `a new object of ${showValue(callee ?? null, 1)} (${instruction})`);
  };
}

function refuseInstruction(got: string): Step {
  return (machine) => {
    throw refusedInstruction(machine, got);
  };
}

function refusedInstruction({ rules, place }: Machine, got: string): UnsupportedError {
  return new UnsupportedError({
    code: "pickle-instruction",
    message: `${rules.where}: expected tensors, arrays, numbers, texts and containers only, got ${got} (byte ${place} of the pickle); load the file in Python if you trust it, and save only its tensors`,
  });
}

/** Python 2 wrote booleans as the integers 00 and 01. */
function decimalOrBoolean(machine: Machine, line: PickleValue): PickleValue {
  return line === "00" || line === "01" ? line === "01" : decimal(machine, line);
}

function decimal(machine: Machine, line: PickleValue): number | bigint {
  const digits = /^\+?(-?\d{1,400})L?$/.exec(String(line))?.[1];
  if (digits === undefined) throw bad(machine, "an integer of at most 400 digits", showValue(line, 1));
  return smallest(BigInt(digits));
}

const notFinite: ReadonlyMap<string, number> = new Map([
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["nan", Number.NaN],
]);

function float(machine: Machine, line: PickleValue): number {
  const text = String(line);
  const value = notFinite.get(text) ?? (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : null);
  if (value === null || (Number.isNaN(value) && text !== "nan"))
    throw bad(machine, "a number", showValue(line, 1));
  return value;
}

function quoted(machine: Machine, line: PickleValue): string {
  try {
    const literal = parsePythonLiteral(String(line), machine.rules.where);
    if (literal.kind === "string") return literal.value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw bad(machine, "a text in quotes", showValue(line, 1));
}

function unescaped(line: PickleValue): string {
  return String(line).replace(
    /\\u([0-9a-fA-F]{4})|\\U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})/g,
    (_, short, long) => String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}
