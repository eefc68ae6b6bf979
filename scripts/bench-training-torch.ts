/** PyTorch in a process of its own, which answers requests for bench-training.ts. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Spec } from "./bench-training-rows.ts";

export interface Timed {
  /** Milliseconds of each step. */
  readonly wall: readonly number[];
  /** Processor milliseconds of each step, all threads together. */
  readonly cpu: readonly number[];
}

/** Threads of PyTorch's own loops, and of its matrix products where those are OpenBLAS's, which counts its own. */
export interface TorchThreads {
  readonly threads: number;
  readonly products: number;
}

export interface Torch {
  readonly interpreter: string;
  readonly version: string;
  /** The files that do its matrix products. */
  readonly libraries: readonly string[];
  /** Operations a millisecond of one large product on one thread. */
  readonly operations: number;
  /** Builds a row and returns the losses of its first steps. */
  prepare(spec: Spec, steps: number): Promise<readonly number[]>;
  measure(threads: TorchThreads, seconds: number): Promise<Timed>;
  close(): void;
}

const INTERPRETERS = ["python3", "/usr/bin/python3"];

/** The first interpreter that has torch; null where none has. */
export async function startTorch(): Promise<Torch | null> {
  const interpreter = INTERPRETERS.find((name) => spawnSync(name, ["-c", "import torch"]).status === 0);
  if (interpreter === undefined) return null;
  const script = fileURLToPath(new URL("bench-training.py", import.meta.url));
  const child = spawn(interpreter, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const ask = conversation(child);
  const { torch, libraries, operations } = await ask(null);
  return {
    interpreter,
    version: torch,
    libraries,
    operations,
    prepare: async (spec, steps) => (await ask({ prepare: spec, steps })).losses,
    measure: (threads, seconds) => ask({ ...threads, seconds }),
    close: () => child.stdin?.end(),
  };
}

/** Writes one request and waits for one line; null only waits. */
function conversation({ stdin, stdout }: ChildProcess) {
  if (stdin === null || stdout === null) throw new Error("expected pipes to the process");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  // What the script beside this file answers: its own types are not seen from here.
  return async (request: object | null): Promise<ReturnType<typeof JSON.parse>> => {
    if (request !== null) stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's process ended; its message is above");
    return JSON.parse(value);
  };
}
