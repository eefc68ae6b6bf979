/** Running a graph: what is the same for every runtime. */

import { InputError } from "../errors.ts";
import { type GraphTensor, sameValueType, typeText, type ValueType } from "./value.ts";

export type Tensors = Readonly<Record<string, GraphTensor>>;

export interface SignatureEntry extends ValueType {
  readonly name: string;
}

export interface Signature {
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
}

/** A graph that is loaded and ready to run. */
export interface Session extends Signature {
  /**
   * Runs the graph once.
   *
   * The promise is for form: ONNX Runtime computes on the calling thread, which is blocked meanwhile, so a long
   * training belongs into a worker. Runs must not overlap when they share `into`.
   *
   * @param feeds  a tensor for every input
   * @param into   tensors for some or all outputs, which are written to and returned; the others are new
   * @throws InputError `missing-name`, `unknown-name`, `bad-type`
   */
  run(feeds: Tensors, into?: Tensors): Promise<Tensors>;
  /** Frees the memory of the runtime; the session cannot run afterwards. */
  close(): Promise<void>;
}

/** What a runtime offers, with its own kind of tensor T. */
export interface Runtime<T> {
  run(feeds: Record<string, T>, outputs: Record<string, T | null>): Promise<Record<string, T>>;
  close(): Promise<void>;
  wrap(tensor: GraphTensor): T;
  unwrap(tensor: T): GraphTensor;
}

/** The session that checks names and types and keeps the runtime's tensors for those seen before. */
export function sessionOn<T>(runtime: Runtime<T>, { inputs, outputs }: Signature): Session {
  // Wrapping is slow next to a small graph, and training feeds the same buffers over and over.
  const wrapped = new WeakMap<GraphTensor, T>();
  const wrap = (tensor: GraphTensor): T => {
    const known = wrapped.get(tensor);
    if (known !== undefined) return known;
    const made = runtime.wrap(tensor);
    wrapped.set(tensor, made);
    return made;
  };
  const inputsByName = byName(inputs);
  const outputsByName = byName(outputs);
  return {
    inputs,
    outputs,
    async run(feeds, into = {}) {
      requireTensors(feeds, inputs, "feeds");
      requireKnown(feeds, inputsByName, "feeds");
      requireKnown(into, outputsByName, "into");
      const wrappedFeeds: Record<string, T> = {};
      for (const { name } of inputs) wrappedFeeds[name] = wrap(feeds[name]);
      const targets: Record<string, T | null> = {};
      for (const { name } of outputs) targets[name] = name in into ? wrap(into[name]) : null;
      const results = await runtime.run(wrappedFeeds, targets);
      const read: Record<string, GraphTensor> = {};
      for (const { name } of outputs) read[name] = into[name] ?? runtime.unwrap(results[name]);
      return read;
    },
    close: () => runtime.close(),
  };
}

const byName = (entries: readonly SignatureEntry[]) => new Map(entries.map((entry) => [entry.name, entry]));

function requireTensors(given: Tensors, entries: readonly SignatureEntry[], what: string): void {
  for (const entry of entries) {
    if (entry.name in given) continue;
    throw new InputError({
      code: "missing-name",
      message: `session.run: expected ${typeText(entry)} for "${entry.name}", got nothing (${what}); give every input`,
    });
  }
}

function requireKnown(given: Tensors, entries: ReadonlyMap<string, SignatureEntry>, what: string): void {
  for (const name in given) {
    const tensor = given[name];
    const entry = entries.get(name);
    if (entry === undefined) {
      throw new InputError({
        code: "unknown-name",
        message: `session.run: expected one of ${[...entries.keys()].join(", ")}, got "${name}" (${what}); leave it out`,
      });
    }
    if (sameValueType(entry, tensor)) continue;
    throw new InputError({
      code: "bad-type",
      message: `session.run: expected ${typeText(entry)}, got ${typeText(tensor)} ("${name}" in ${what}); convert it first`,
    });
  }
}
