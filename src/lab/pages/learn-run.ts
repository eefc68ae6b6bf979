/** The run of the page Learn: started, paused, gone on with; kept while other pages are open. */

import { type Signal, signal } from "@preact/signals";
import { encodeNpz } from "../../data/index.ts";
import { handToInfer } from "../hand-over.ts";
import { callWorker } from "../worker-calls.ts";
import type { LearnAnswer, LearnRequest, Standpoint } from "./learn.worker.ts";
import { completed, experimentOf, type LearnSettings, layerOf } from "./learn-settings.ts";

export interface Run {
  readonly settings: LearnSettings;
  readonly state: "learning" | "paused" | "done" | "diverged";
  /** Null until the first weights are drawn. */
  readonly standpoint: Standpoint | null;
  /** One sentence where there is something to say. */
  readonly message: string | null;
}

/** The last run; null before there is one. */
export const run: Signal<Run | null> = signal(null);
let abort: AbortController | null = null;

const createWorker = () => new Worker(new URL("./learn.worker.ts", import.meta.url), { type: "module" });

/** Begins anew. */
export function start(settings: LearnSettings): Promise<void> {
  return learn(completed(settings), null);
}

/** Goes on where a paused run stands, with the bits that it would have had without the pause. */
export async function goOn(): Promise<void> {
  const paused = run.peek();
  if (paused !== null) await learn(paused.settings, paused.standpoint);
}

/** Stops the run after the last pass that was shown. */
export function pause(): void {
  abort?.abort();
  const current = run.peek();
  if (current?.state !== "learning") return;
  const stands = current.standpoint?.interruption ?? null;
  run.value = stands === null ? null : { ...current, state: "paused" };
}

/** Whether a run can go on under these settings: what is drawn of it does not matter. */
export function isRunOf({ settings }: Run, others: LearnSettings): boolean {
  const keyOf = (each: LearnSettings) => JSON.stringify(completed({ ...each, layer: "" }));
  return keyOf(settings) === keyOf(others);
}

async function learn(settings: LearnSettings, from: Standpoint | null): Promise<void> {
  abort?.abort();
  const own = new AbortController();
  abort = own;
  const common = { settings, message: null };
  run.value = { ...common, state: "learning", standpoint: from };
  try {
    const request = { experiment: experimentOf(settings), from, processor: settings.processor };
    const { status, message, standpoint } = await callWorker<LearnRequest, LearnAnswer, Standpoint>(
      createWorker,
      request,
      {
        signal: own.signal,
        onProgress: (reached) => {
          run.value = { ...common, state: "learning", standpoint: reached };
        },
      },
    );
    run.value = { settings, state: status, message: message === "" ? null : message, standpoint };
  } catch (error) {
    if (own.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    run.value = { settings, state: "diverged", message, standpoint: null };
  }
}

/** Hands the weights of the chosen layer to Infer, as one file with `initial` and `final`. */
export function askWhichGeometry({ settings, standpoint }: Run, layer: LearnSettings["layer"]): void {
  if (standpoint === null) return;
  const { tensor } = layerOf({ task: settings.task, layer });
  const bytes = encodeNpz([
    { name: "initial", tensor: standpoint.initial[tensor] },
    { name: "final", tensor: standpoint.weights[tensor] },
  ]);
  handToInfer([new File([Uint8Array.from(bytes)], `${settings.task}-${tensor}.npz`)]);
}
