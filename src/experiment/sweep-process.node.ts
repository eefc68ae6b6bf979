/** A process that makes runs, seen from its parent. */

import { type ChildProcess, fork } from "node:child_process";
import { InputError } from "../errors.ts";
import type { RunReport } from "./make-run.node.ts";
import type { WorkerOrder, WorkerWord } from "./sweep-worker.node.ts";

/** How one order ended. */
export type WorkerEnd =
  | { readonly kind: "ready" | "stopped" }
  | { readonly kind: "report"; readonly report: RunReport }
  /** The process is gone: killed, out of memory, or by a fault of ours. */
  | { readonly kind: "died"; readonly reason: string; readonly before: "ready" | "answer" };

export interface RunProcess {
  /** Told the plan; `ready` or `died`. */
  readonly started: Promise<WorkerEnd>;
  /** One run at a time. @throws InputError where the store or a file that it reads refuses */
  make(
    run: { readonly index: number; readonly id: string },
    onShare: (share: number) => void,
  ): Promise<WorkerEnd>;
  /** Asks the run under way to stop. */
  stop(): void;
  /** Lets the process end. */
  close(): void;
}

/** What of a process's last words is kept, in characters. */
const LAST_WORDS = 2000;

/** Starts a process for runs of a plan. */
export function startRunProcess(plan: Extract<WorkerOrder, { kind: "plan" }>): RunProcess {
  const child = fork(new URL("./sweep-worker.node.js", import.meta.url), {
    // Not the flags of the caller, such as --input-type, which may forbid the process its file. Collecting garbage in threads
    // beside this one takes a third more time in all, and cores that the other processes need; in small steps, a few percent.
    execArgv: ["--single-threaded-gc", "--no-incremental-marking"],
    // Standard output is the answer of the command, which a run has no part in.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const lastWords = tailOf(child);
  let gone: Extract<WorkerEnd, { kind: "died" }> | null = null;
  let isReady = false;
  let settle: ((end: WorkerEnd) => void) | null = null;
  let refuse: ((error: Error) => void) | null = null;
  let share: (share: number) => void = () => {};
  const end = (result: WorkerEnd) => {
    settle?.(result);
    settle = null;
  };
  const die = (reason: string) => {
    gone ??= { kind: "died", reason, before: isReady ? "answer" : "ready" };
    end(gone);
  };
  child.on("message", (word: WorkerWord) => {
    if (word.kind === "progress") share(word.share);
    else if (word.kind === "refused") refuse?.(new InputError(word));
    else {
      isReady = true;
      end(word);
    }
  });
  child.on("error", (error) => die(error.message));
  // Later than `exit`: all that it said has been heard.
  child.on("close", (code, signal) => die(`${signal ?? `exit code ${code}`}${lastWords()}`));
  const order = (what: WorkerOrder) =>
    new Promise<WorkerEnd>((resolve, reject) => {
      if (gone !== null) return resolve(gone);
      settle = resolve;
      refuse = reject;
      // What cannot be sent any more is told by `close`.
      child.send(what, () => {});
    });
  return {
    started: order(plan),
    make: (run, onShare) => {
      share = onShare;
      return order({ kind: "run", ...run });
    },
    stop: () => {
      if (child.connected) child.send({ kind: "stop" } satisfies WorkerOrder, () => {});
    },
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** The end of what a process says on standard error. */
function tailOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (part: string) => {
    text = (text + part).slice(-LAST_WORDS);
  });
  return () => {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    // Node says why it ends in one line and then where, in many.
    const line = lines.find((one) => /error: /i.test(one)) ?? lines.at(-1);
    return line === undefined ? "" : `: ${line.trim()}`;
  };
}
