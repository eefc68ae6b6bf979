/** Work in a worker, from the page's side: one worker a call, so that cancelling ends it at once. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { WorkerAnswer } from "./worker-answers.ts";

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly transfer?: readonly Transferable[];
}

/**
 * Sends the request and returns the answer.
 *
 * @throws InputError, UnsupportedError with the sentence that the work threw; the signal's reason when it is aborted
 */
export function callWorker<Request, Answer, Progress>(
  createWorker: () => Worker,
  request: Request,
  { signal, onProgress, transfer = [] }: CallOptions<Progress> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = createWorker();
    const end = () => {
      worker.terminate();
      signal?.removeEventListener("abort", stop);
    };
    const stop = () => {
      end();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop);
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer<Answer, Progress>>) => {
      if (data.kind === "progress") {
        onProgress?.(data.progress);
        return;
      }
      end();
      if (data.kind === "done") resolve(data.answer);
      else reject(errorOf(data));
    };
    worker.onerror = (event) => {
      end();
      reject(new Error(event.message));
    };
    worker.postMessage(request, [...transfer]);
  });
}

/** Errors lose their class on the way between threads. */
function errorOf({
  name,
  code,
  message,
}: Extract<WorkerAnswer<never, never>, { readonly kind: "failed" }>): Error {
  if (name === "InputError") return new InputError({ code, message });
  if (name === "UnsupportedError") return new UnsupportedError({ code, message });
  return new Error(message);
}
