/** A graph: named inputs, named outputs, and the nodes between them in the order of execution. */

import { InputError } from "../errors.ts";
import { Identity } from "./ops/arithmetic.ts";
import { nodesBehind } from "./order.ts";
import { type GraphNode, type GraphTensor, typeText, type Value } from "./value.ts";

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  readonly nodes: readonly GraphNode[];
  /** The constants that nodes use, each once; small equal ones are the same. */
  readonly constants: readonly { readonly name: string; readonly tensor: GraphTensor }[];
  /** A name for every value that is used. An output that nobody uses and that may be left out has none. */
  readonly names: ReadonlyMap<Value, string>;
}

export interface GraphDefinition {
  /** What the graph is called in files and printed text; `graph` unless given. */
  readonly name?: string;
  /** The inputs in the order of the signature; one that no output needs stays in it. */
  readonly inputs: readonly Value[];
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Collects what the outputs need; nodes that no output needs are not part of it.
 *
 * @throws InputError `missing-input` for an input that is used but not listed, `bad-input`, `repeated-name`
 */
export function defineGraph({ name = "graph", inputs, outputs }: GraphDefinition): Graph {
  const names = new Map<Value, string>();
  const taken = new Set<string>();
  const give = (value: Value, wanted: string) => {
    if (taken.has(wanted)) throw repeatedName(wanted);
    taken.add(wanted);
    names.set(value, wanted);
  };
  const namedInputs = inputs.map((value, i) => ({ name: inputName(value, i), value }));
  for (const { name: wanted, value } of namedInputs) give(value, wanted);
  const namedOutputs = Object.entries(outputs).map(([wanted, value]) => {
    // An output is the result of a node of its own: not an input, not a constant, not a second name of another.
    const own = value.origin.kind !== "node" || names.has(value) ? Identity(value) : value;
    give(own, wanted);
    return { name: wanted, value: own };
  });
  const nodes = nodesBehind(namedOutputs.map(({ value }) => value));
  const constants = nameConstants(nodes, names, taken);
  nameResults(nodes, names, taken);
  return { name, inputs: namedInputs, outputs: namedOutputs, nodes, constants, names };
}

function inputName(value: Value, index: number): string {
  if (value.origin.kind === "input") return value.origin.name;
  throw new InputError({
    code: "bad-input",
    message: `defineGraph: expected values made by input() as inputs, got a ${value.origin.kind} of type ${typeText(value)} (index ${index}); list the inputs it is computed from`,
  });
}

function repeatedName(name: string): InputError {
  return new InputError({
    code: "repeated-name",
    message: `defineGraph: expected each name once among inputs and outputs, got "${name}" twice; rename one of them`,
  });
}

function* usedValues(nodes: readonly GraphNode[]): Iterable<Value> {
  for (const node of nodes) for (const value of node.inputs) if (value !== null) yield value;
}

/** Above this size constants are not compared: the key would cost more than the copy. */
const COMPARED_SIZE = 16;

function nameConstants(nodes: readonly GraphNode[], names: Map<Value, string>, taken: Set<string>) {
  const constants: { name: string; tensor: GraphTensor }[] = [];
  const known = new Map<string, string>();
  const fresh = nameMaker("c", taken);
  for (const value of usedValues(nodes)) {
    if (names.has(value)) continue;
    if (value.origin.kind === "input") throw missingInput(value, value.origin.name);
    if (value.origin.kind !== "constant") continue;
    const { tensor } = value.origin;
    const key = tensor.data.length <= COMPARED_SIZE ? constantKey(tensor) : null;
    const name = (key === null ? undefined : known.get(key)) ?? fresh();
    if (key === null || !known.has(key)) constants.push({ name, tensor });
    if (key !== null) known.set(key, name);
    names.set(value, name);
  }
  return constants;
}

// Object.is and not ===, so that −0 and 0 stay apart.
const numberText = (value: number | bigint) => (Object.is(value, -0) ? "-0" : String(value));

function constantKey(tensor: GraphTensor): string {
  return `${typeText(tensor)}:${Array.from<number | bigint>(tensor.data).map(numberText).join()}`;
}

function missingInput(value: Value, name: string): InputError {
  return new InputError({
    code: "missing-input",
    message: `defineGraph: expected every input that the outputs need to be listed, got none for "${name}" (${typeText(value)}); add it to inputs`,
  });
}

function nameResults(nodes: readonly GraphNode[], names: Map<Value, string>, taken: Set<string>): void {
  const used = new Set(usedValues(nodes));
  const fresh = nameMaker("t", taken);
  for (const node of nodes) {
    for (const [i, output] of node.outputs.entries()) {
      // The pieces of a Split cannot be left out; further outputs of other operators can.
      const needed = i === 0 || node.opType === "Split" || used.has(output);
      if (needed && !names.has(output)) names.set(output, fresh());
    }
  }
}

function nameMaker(prefix: string, taken: Set<string>): () => string {
  let count = 0;
  return () => {
    let name = `${prefix}${count++}`;
    while (taken.has(name)) name = `${prefix}${count++}`;
    taken.add(name);
    return name;
  };
}
