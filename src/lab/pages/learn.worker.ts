/** Trains away from the page, by the same function as `syngeo train`, on ONNX Runtime in WebAssembly or on WebGPU. */

import { blobSource, readFile } from "../../data/index.ts";
import {
  type DigitSets,
  type Experiment,
  type Interruption,
  type PassMetrics,
  train,
} from "../../experiment/index.ts";
import type { Graph, Tensors } from "../../graph/index.ts";
import { openWebGpuSession, openWebSession } from "../../graph/index.web.ts";
import { digitsOfTensors } from "../../task/index.ts";
import { answerCalls } from "../worker-answers.ts";
import type { Processor } from "./learn-settings.ts";

export interface LearnRequest {
  readonly experiment: Experiment;
  /** Where an earlier call stood; null to begin. */
  readonly from: Standpoint | null;
  readonly processor: Processor;
}

/** A run between two passes, and how it came there. */
export interface Standpoint {
  readonly initial: Tensors;
  readonly weights: Tensors;
  readonly passes: readonly PassMetrics[];
  /** From which the run goes on as if it had not stopped; null before the first pass has ended. */
  readonly interruption: Interruption | null;
}

export interface LearnAnswer {
  readonly status: "done" | "diverged";
  /** One sentence where there is something to say. */
  readonly message: string;
  readonly standpoint: Standpoint;
}

/** So often a standpoint goes to the page, in milliseconds: what is drawn of it keeps a page busy. */
const SHOWN_EVERY = 250;

answerCalls<LearnRequest, LearnAnswer, Standpoint>(async ({ experiment, from, processor }, report) => {
  const digits = experiment.task.name === "digits" ? await readDigits() : null;
  const passes = [...(from?.passes ?? [])];
  let initial = from?.initial ?? null;
  let last = performance.now();
  let refusal: string | null = null;
  const openOnGpu = (graph: Graph) =>
    openWebGpuSession(graph, (reason) => {
      refusal = reason;
    });
  const outcome = await train({
    experiment,
    digits,
    pretrained: null,
    resume: from?.interruption ?? null,
    openSession: processor === "webgpu" ? openOnGpu : openWebSession,
    onInitial: async (weights) => {
      initial = weights;
      report({ initial, weights, passes, interruption: null });
    },
    onPass: async (metrics, standing) => {
      passes.push(metrics);
      if (initial === null || performance.now() - last < SHOWN_EVERY) return;
      last = performance.now();
      report({ initial, weights: standing.weights(), passes, interruption: standing.interruption() });
    },
  });
  return {
    status: outcome.status === "diverged" ? "diverged" : "done",
    message: [
      ...(refusal === null ? [] : [`WebGPU could not do it, so WebAssembly did: ${refusal}.`]),
      // What follows is advice for a terminal.
      outcome.message.replace(/;.*$/, "; lower the learning rate"),
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
    standpoint: { initial: outcome.initial, weights: outcome.final, passes, interruption: null },
  };
});

/** The digits that the lab ships. */
async function readDigits(): Promise<DigitSets> {
  const name = "digits.safetensors";
  const answer = await fetch(new URL("../digits.safetensors", import.meta.url));
  if (!answer.ok) {
    throw new Error(
      `lab: expected the file "${name}", got ${answer.status} ${answer.statusText}; reload the page`,
    );
  }
  const contents = await readFile(blobSource(name, await answer.blob()));
  const tensors = contents.kind === "tensors" ? contents.tensors : [];
  const setOf = (set: string) => {
    const [images, labels] = ["images", "labels"].map((part) =>
      tensors.find((tensor) => tensor.name === `${set}.${part}`),
    );
    if (images === undefined || labels === undefined)
      throw new Error(`lab: expected digits "${set}" in "${name}", got none; build the lab again`);
    return digitsOfTensors(images.tensor, labels.tensor);
  };
  return { train: setOf("train"), heldOut: setOf("heldOut") };
}
