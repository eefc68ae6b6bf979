/** Work in a worker, from the worker's side. */

import { InputError, UnsupportedError } from "../errors.ts";

/** What a worker says. */
export type WorkerAnswer<Answer, Progress> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly name: string; readonly code: string; readonly message: string };

/** At most so many progress messages a second, so that the page has time for other things. */
const PROGRESS_EVERY = 50;

/** Answers each request with what `work` returns, or with the sentence of what it throws. */
export function answerCalls<Request, Answer, Progress>(
  work: (request: Request, report: (progress: Progress) => void) => Promise<Answer>,
): void {
  const say = (answer: WorkerAnswer<Answer, Progress>) => self.postMessage(answer);
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    let last = -Infinity;
    const report = (progress: Progress) => {
      if (performance.now() - last < PROGRESS_EVERY) return;
      last = performance.now();
      say({ kind: "progress", progress });
    };
    try {
      say({ kind: "done", answer: await work(data, report) });
    } catch (error) {
      say(failure(error));
    }
  };
}

function failure(error: unknown): WorkerAnswer<never, never> {
  if (error instanceof InputError || error instanceof UnsupportedError) {
    return { kind: "failed", name: error.name, code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "failed", name: "Error", code: "fault", message };
}
