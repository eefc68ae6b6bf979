/** Blocks worked on by several threads, each of which reads the files by itself. */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Potential } from "../../geometry/index.ts";
import type { BlockCells, CountRequest, UnitSurvey } from "./block-work.ts";
import { type Lane, type OpenLanes, openOwnLane } from "./lanes.ts";
import type { ReadSignal, Reopening, Stretch } from "./pair-blocks.ts";
import { errorOf, type FromWorker, type ToWorker, type WorkerSetup } from "./worker-messages.ts";

interface WorkerLane extends Lane {
  abort(): void;
  close(): Promise<void>;
}

/** More threads than this wait for the disk, and each has some 20 MB of its own. */
const MOST_THREADS = 8;

/**
 * Threads for `surveyBlocks`: as many as there are cores, up to 8, unless given.
 *
 * With one, or for pairs that only their own thread can read, the calling thread does the work. The potentials must be such
 * as `parsePotential` makes from their names. Results do not depend on the number.
 */
export function workerLanes({
  threads = Math.min(MOST_THREADS, availableParallelism()),
}: {
  readonly threads?: number;
} = {}): OpenLanes {
  return async (blocks, potentials, { signal } = {}) => {
    const { reopening } = blocks;
    if (threads <= 1 || reopening === null) return openOwnLane(blocks, potentials);
    const opening = await Promise.allSettled(
      Array.from({ length: threads }, () => startWorker(reopening, potentials)),
    );
    const lanes = opening.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    // One listener for all: Node warns of eleven.
    const abortAll = () => {
      for (const lane of lanes) lane.abort();
    };
    signal?.addEventListener("abort", abortAll);
    const close = async () => {
      signal?.removeEventListener("abort", abortAll);
      await Promise.all(lanes.map((lane) => lane.close()));
    };
    const failed = opening.find((result) => result.status === "rejected");
    if (failed === undefined) return { lanes, close };
    await close();
    throw failed.reason;
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

async function startWorker(reopening: Reopening, potentials: readonly Potential[]): Promise<WorkerLane> {
  const worker = newWorker({ reopening, potentials: potentials.map(({ name }) => name) });
  const pending = new Map<number, Pending>();
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
    const asked = pending.get(answer.id);
    pending.delete(answer.id);
    if (answer.kind === "failed") asked?.reject(errorOf(answer.error));
    else asked?.resolve(answer);
  });
  const answerTo = (id: number) =>
    new Promise<FromWorker>((resolve, reject) => pending.set(id, { resolve, reject }));
  const send = (message: ToWorker) => worker.postMessage(message);
  let last = 0;
  const order = async (stretch: Stretch, request: CountRequest | null, { signal }: ReadSignal) => {
    signal?.throwIfAborted();
    if (fault !== null) throw fault;
    const id = last++;
    const answer = answerTo(id);
    try {
      send({ kind: "work", id, stretch, request });
      return await answer;
    } catch (error) {
      // The worker's own abort is ours, with our reason.
      signal?.throwIfAborted();
      throw error;
    }
  };
  await answerTo(-1);
  return {
    survey: async (stretch, options = {}) => unitsOf(await order(stretch, null, options)),
    count: async (stretch, request, options = {}) => cellsOf(await order(stretch, request, options)),
    abort: () => send({ kind: "abort" }),
    async close() {
      send({ kind: "close" });
      await ended;
    },
  };
}

function unitsOf(answer: FromWorker): readonly UnitSurvey[] {
  if (answer.kind === "surveyed") return answer.units;
  throw new Error(`worker thread: expected units, got ${answer.kind}`);
}

function cellsOf(answer: FromWorker): BlockCells {
  if (answer.kind === "counted") return answer.cells;
  throw new Error(`worker thread: expected cells, got ${answer.kind}`);
}
