/** The worker thread: opens the files by itself, works on the blocks it is sent, closes them. */

import { parentPort, workerData } from "node:worker_threads";
import { parsePotential } from "../../geometry/index.ts";
import { type Lane, ownLane } from "./lanes.ts";
import type { OpenedReaders } from "./pair-blocks.ts";
import {
  type FromWorker,
  plainError,
  type ToWorker,
  type WorkerSetup,
  type WorkOrder,
} from "./worker-messages.node.ts";

const port = parentPort;
if (port === null) throw new Error("block-worker: expected to be started as a worker thread");
const send = (message: FromWorker) => port.postMessage(message);
const abort = new AbortController();

interface Opened {
  readonly lane: Lane;
  close(): Promise<void>;
}

async function open({ reopening, potentials }: WorkerSetup): Promise<Opened> {
  const { openReaders } = await import(reopening.module);
  const ends: OpenedReaders[] = [];
  const close = async () => {
    for (const end of ends) await end.close();
  };
  try {
    for (const settings of [reopening.initial, reopening.final]) ends.push(await openReaders(settings));
    const [{ readers: initial }, { readers: final }] = ends;
    const parts = initial.map((reader, part) => ({ initial: reader, final: final[part] }));
    return {
      lane: await ownLane(
        parts,
        potentials.map((name) => parsePotential(name)),
      ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function work(lane: Lane, order: WorkOrder): Promise<void> {
  const { id, stretch } = order;
  const { signal } = abort;
  try {
    if (order.kind === "survey") {
      send({ kind: "surveyed", id, block: await lane.survey(stretch, order.ahead, { signal }) });
    } else send({ kind: "counted", id, cells: await lane.count(stretch, order.request, { signal }) });
  } catch (error) {
    send({ kind: "failed", id, error: plainError(error) });
  }
}

try {
  const { lane, close } = await open(workerData);
  port.on("message", async (message: ToWorker) => {
    if (message.kind === "survey" || message.kind === "count") await work(lane, message);
    else if (message.kind === "likelihood") {
      // Loaded when it is needed: the blocks come first.
      (await import("./worker-likelihood.node.ts")).answerLikelihood(message);
    } else if (message.kind === "abort") abort.abort();
    else {
      await close();
      port.close();
    }
  });
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "unopened", error: plainError(error) });
  port.close();
}
