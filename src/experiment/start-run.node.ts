/** Starts a run in a thread of its own, so that the caller stays responsive. */

import { Worker } from "node:worker_threads";
import { InputError, UnsupportedError } from "../errors.ts";
import type { ProgressEvent } from "./passes.ts";
import type { RunCalls, RunRequest } from "./run-experiment.node.ts";
import type { RunRecord } from "./run-record.ts";

/** What the thread says. */
export type WorkerAnswer =
  | { readonly kind: "progress"; readonly event: ProgressEvent }
  | { readonly kind: "record"; readonly record: RunRecord }
  | {
      readonly kind: "refused";
      readonly name: "InputError" | "UnsupportedError";
      readonly code: string;
      readonly message: string;
    };

/**
 * `runExperiment` in a worker thread. When the signal is aborted the run is saved, and its record says `interrupted`.
 *
 * @throws as `runExperiment`
 * @example const record = await startRun({ folder: "runs/a", experiment: presets["mnist-rnn"].experiment, versions: {} });
 */
export function startRun(request: RunRequest, { onProgress, signal }: RunCalls = {}): Promise<RunRecord> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./training-worker.node.js", import.meta.url), {
      workerData: request,
      // Flags of the caller, such as --input-type, may forbid the thread its file.
      execArgv: [],
    });
    const stop = () => worker.postMessage("stop");
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (answer: WorkerAnswer) => {
      if (answer.kind === "progress") onProgress?.(answer.event);
      else if (answer.kind === "record") resolve(answer.record);
      else reject(errorOf(answer));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      // Settled long before where an answer came.
      reject(new Error(`the training thread ended with code ${code} and no answer`));
    });
  });
}

/** Errors lose their class on the way between threads. */
function errorOf({ name, code, message }: Extract<WorkerAnswer, { readonly kind: "refused" }>): Error {
  return name === "InputError" ? new InputError({ code, message }) : new UnsupportedError({ code, message });
}
