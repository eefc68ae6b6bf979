/** Starts the worker of the page Infer. */

export const createInferWorker = () =>
  new Worker(new URL("./infer.worker.ts", import.meta.url), { type: "module" });
