/** The thread that trains: takes one request, reports progress, answers with the record of the run or an error. */

import { parentPort, workerData } from "node:worker_threads";
import { InputError, UnsupportedError } from "../errors.ts";
import { type RunRequest, runExperiment } from "./run-experiment.node.ts";
import type { WorkerAnswer } from "./start-run.node.ts";

const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker");
const answer = (message: WorkerAnswer) => port.postMessage(message);
const abort = new AbortController();
port.on("message", () => abort.abort());
try {
  // The only message that starts this worker is a request, see start-run.node.ts.
  const record = await runExperiment(workerData as RunRequest, {
    signal: abort.signal,
    onProgress: (event) => answer({ kind: "progress", event }),
  });
  answer({ kind: "record", record });
} catch (error) {
  if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
  const { name, code, message } = error;
  answer({ kind: "refused", name, code, message });
}
port.close();
