/** Blocks worked on by several threads, each of which reads the files by itself; one then takes the likelihood. */

import { availableParallelism } from "node:os";
import { type MessagePort, Worker } from "node:worker_threads";
import type { Potential } from "../../geometry/index.ts";
import { type BeginLikelihood, likelihoodWhenAsked } from "../estimate.ts";
import type { BlockCells, BlockSurvey } from "./block-work.ts";
import { type Lane, type OpenLanes, openOwnLane, ownLane } from "./lanes.ts";
import type { ReadSignal, Reopening } from "./pair-blocks.ts";
import { orderLikelihood } from "./worker-likelihood.node.ts";
import {
  errorOf,
  type FromWorker,
  type ToWorker,
  type WorkerSetup,
  type WorkOrder,
} from "./worker-messages.node.ts";

interface WorkerLane extends Lane {
  readonly beginLikelihood: BeginLikelihood;
  abort(): void;
  close(): Promise<void>;
}

/** More threads than this wait for the disk, and each has some 20 MB of its own. */
const MOST_THREADS = 8;

export interface ThreadOptions {
  /** As many as there are cores, up to 8, unless given; the calling thread is one of them. */
  readonly threads?: number;
}

/** Threads for one survey and the fit that follows it. */
export interface WorkerThreads {
  readonly openLanes: OpenLanes;
  readonly beginLikelihood: BeginLikelihood;
  close(): Promise<void>;
}

/**
 * Threads for `surveyBlocks`, then for `inferPopulation`, until they are closed.
 *
 * With one, or for pairs that only their own thread can read, the calling thread does all the work. The potentials must be
 * such as `parsePotential` makes from their names. Results do not depend on the number.
 */
export function workerThreads({
  threads = Math.min(MOST_THREADS, availableParallelism()),
}: ThreadOptions = {}): WorkerThreads {
  const workers: WorkerLane[] = [];
  return {
    async openLanes(blocks, potentials, { signal } = {}) {
      const { reopening } = blocks;
      if (threads <= 1 || reopening === null) return openOwnLane(blocks, potentials);
      for (let k = 1; k < threads; k++) workers.push(startWorker(reopening, potentials));
      // One listener for all: Node warns of eleven.
      const abortAll = () => {
        for (const worker of workers) worker.abort();
      };
      signal?.addEventListener("abort", abortAll);
      // The calling thread begins while the workers start.
      const own = await ownLane(blocks.parts, potentials);
      const close = async () => signal?.removeEventListener("abort", abortAll);
      return { lanes: [own, ...workers], close };
    },
    beginLikelihood(question) {
      const begin = workers[0]?.beginLikelihood ?? likelihoodWhenAsked;
      return begin(question);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

/** `workerThreads` for a survey alone: closed with its lanes. */
export function workerLanes(options: ThreadOptions = {}): OpenLanes {
  return async (...asked) => {
    const { openLanes, close } = workerThreads(options);
    const opened = await openLanes(...asked).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return {
      lanes: opened.lanes,
      async close() {
        await opened.close();
        await close();
      },
    };
  };
}

/** Built code starts the built worker; from source, in tests and scripts, the worker translates it by the same tool. */
function newWorker(workerData: WorkerSetup): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    // The flags of this process, such as --eval and its script, are not the worker's.
    return new Worker(new URL("./block-worker.node.js", import.meta.url), { workerData, execArgv: [] });
  }
  const file = JSON.stringify(new URL("./block-worker.node.ts", import.meta.url).href);
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${file}); })`;
  return new Worker(start, { eval: true, execArgv: [], workerData });
}

interface Pending {
  resolve(answer: FromWorker): void;
  reject(reason: unknown): void;
}

/** Orders wait in the worker until it has opened the files. */
function startWorker(reopening: Reopening, potentials: readonly Potential[]): WorkerLane {
  const worker = newWorker({ reopening, potentials: potentials.map(({ name }) => name) });
  const pending = new Map<number, Pending>();
  let isOpen = false;
  let fault: unknown = null;
  const failAll = (reason: unknown) => {
    fault ??= reason;
    for (const { reject } of pending.values()) reject(reason);
    pending.clear();
  };
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", (code) => {
      failAll(new Error(`worker thread ended early (${code})`));
      resolve();
    });
  });
  worker.on("error", failAll);
  worker.on("message", (answer: FromWorker) => {
    if (answer.kind === "ready") {
      isOpen = true;
      return;
    }
    if (answer.kind === "unopened") {
      failAll(errorOf(answer.error));
      return;
    }
    const asked = pending.get(answer.id);
    pending.delete(answer.id);
    if (answer.kind === "failed") asked?.reject(errorOf(answer.error));
    else asked?.resolve(answer);
  });
  const answerTo = (id: number) =>
    new Promise<FromWorker>((resolve, reject) => pending.set(id, { resolve, reject }));
  const send = (message: ToWorker, moved: readonly MessagePort[] = []) => worker.postMessage(message, moved);
  let last = 0;
  const order = async (make: (id: number) => WorkOrder, { signal }: ReadSignal) => {
    signal?.throwIfAborted();
    if (fault !== null) throw fault;
    const id = last++;
    const answer = answerTo(id);
    try {
      send(make(id));
      return await answer;
    } catch (error) {
      // The worker's own abort is ours, with our reason.
      signal?.throwIfAborted();
      throw error;
    }
  };
  return {
    survey: async (stretch, ahead, options = {}) =>
      blockOf(await order((id) => ({ kind: "survey", id, stretch, ahead }), options)),
    count: async (stretch, request, options = {}) =>
      cellsOf(await order((id) => ({ kind: "count", id, stretch, request }), options)),
    beginLikelihood: (question) => orderLikelihood(send, question),
    abort: () => send({ kind: "abort" }),
    async close() {
      // One that is still starting holds nothing that needs closing.
      if (isOpen) send({ kind: "close" });
      else await worker.terminate();
      await ended;
    },
  };
}

function blockOf(answer: FromWorker): BlockSurvey {
  if (answer.kind === "surveyed") return answer.block;
  throw new Error(`worker thread: expected a surveyed block, got ${answer.kind}`);
}

function cellsOf(answer: FromWorker): BlockCells {
  if (answer.kind === "counted") return answer.cells;
  throw new Error(`worker thread: expected cells, got ${answer.kind}`);
}
