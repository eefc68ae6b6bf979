/** The thread that trains: takes one request, reports progress, answers with the record of the run or an error. */

import { parentPort, workerData } from "node:worker_threads";
import { InputError, UnsupportedError } from "../errors.ts";
import type { ProgressEvent } from "./passes.ts";
import { type RunRequest, runExperiment } from "./run-experiment.node.ts";
import type { WorkerAnswer } from "./start-run.node.ts";

const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker");
const answer = (message: WorkerAnswer) => port.postMessage(message);
const abort = new AbortController();

/** The least time between two messages of progress, in milliseconds: steps may take less than a message does. */
const TOLD_EVERY = 50;
let told = Number.NEGATIVE_INFINITY;
const tell = (event: ProgressEvent) => {
  const now = performance.now();
  if (now - told < TOLD_EVERY && event.done < event.total) return;
  told = now;
  answer({ kind: "progress", event });
};
port.on("message", () => abort.abort());
try {
  // The only message that starts this worker is a request, see start-run.node.ts.
  const record = await runExperiment(workerData as RunRequest, {
    signal: abort.signal,
    onProgress: tell,
  });
  answer({ kind: "record", record });
} catch (error) {
  if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
  const { name, code, message } = error;
  answer({ kind: "refused", name, code, message });
}
port.close();
