/** Repeated runs in which outputs become inputs, as in training: weights in, weights out. */

import { InputError } from "../errors.ts";
import type { Session, Tensors } from "./session.ts";
import { type GraphTensor, sameValueType, typeText, zeroTensor } from "./value.ts";

export interface LoopOptions {
  /** Input → output: after each step the output is what the input is fed next. */
  readonly carried: Readonly<Record<string, string>>;
  /** The first values of the carried inputs; they are copied. */
  readonly initial: Tensors;
}

export interface Loop {
  /**
   * One run: feeds for the inputs that are not carried.
   *
   * @param on  another session with the same carried names and the same outputs, such as one for a smaller batch or another
   *   geometry; that of the loop unless given
   * @returns   all outputs, in buffers that the next steps overwrite; copy what must last
   */
  step(feeds: Tensors, on?: Session): Promise<Tensors>;
  /** What the carried inputs are fed next, by the names of the inputs; copies. */
  state(): Tensors;
}

/**
 * A loop with two sets of buffers, which change places at every step, so that no step allocates.
 *
 * @throws InputError `unknown-name`, `missing-name`, `bad-type`
 */
export function openLoop(session: Session, { carried, initial }: LoopOptions): Loop {
  for (const [name, output] of Object.entries(carried)) requireCarried(session, name, output, initial);
  const names = Object.keys(carried);
  const stateOf = () => Object.fromEntries(names.map((name) => [name, copyOf(initial[name])]));
  const others = session.outputs.filter(({ name }) => !Object.values(carried).includes(name));
  const results = Object.fromEntries(others.map((entry) => [entry.name, zeroTensor(entry)]));
  let current: Tensors = stateOf();
  let next: Tensors = stateOf();
  const intoOf = (state: Tensors): Tensors => ({
    ...results,
    ...Object.fromEntries(names.map((name) => [carried[name], state[name]])),
  });
  let intoCurrent = intoOf(current);
  let intoNext = intoOf(next);
  return {
    async step(feeds, on = session) {
      const outputs = await on.run({ ...feeds, ...current }, intoNext);
      [current, next, intoCurrent, intoNext] = [next, current, intoNext, intoCurrent];
      return outputs;
    },
    state: () => Object.fromEntries(names.map((name) => [name, copyOf(current[name])])),
  };
}

// A copy has the type of its original, which the compiler cannot follow through the union.
const copyOf = (tensor: GraphTensor) => ({ ...tensor, data: tensor.data.slice() }) as GraphTensor;

function requireCarried(session: Session, name: string, output: string, initial: Tensors): void {
  const from = session.outputs.find((entry) => entry.name === output);
  const to = session.inputs.find((entry) => entry.name === name);
  if (from === undefined || to === undefined) {
    throw new InputError({
      code: "unknown-name",
      message: `openLoop: expected an input and an output of the session, got "${name}" and "${output}"; correct the names`,
    });
  }
  if (!(name in initial)) {
    throw new InputError({
      code: "missing-name",
      message: `openLoop: expected ${typeText(to)} for "${name}", got nothing (initial); give its first value`,
    });
  }
  const wrong = [from, initial[name]].find((entry) => !sameValueType(entry, to));
  if (wrong === undefined) return;
  throw new InputError({
    code: "bad-type",
    message: `openLoop: expected ${typeText(to)} for "${name}", got ${typeText(wrong)} (initial or "${output}"); make them of one type`,
  });
}
