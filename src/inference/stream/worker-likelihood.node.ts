/** A likelihood that a worker computes while the calling thread is at the ranks. */

import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { answerOfLikelihood, type LikelihoodAnswer, type LikelihoodQuestion } from "../student-likelihood.ts";

/** What a worker is sent; the answer comes on its own port, since the calling thread waits without its event loop. */
export interface LikelihoodOrder {
  readonly kind: "likelihood";
  readonly question: LikelihoodQuestion;
  readonly port: MessagePort;
  /** One number in shared memory: open, taken by either thread, or done. */
  readonly state: Int32Array;
}

const OPEN = 0;
const TAKEN = 1;
const DONE = 2;

/** A worker that has not answered by then has died; a likelihood takes some 0.2 s. */
const LONGEST_WAIT_MILLISECONDS = 60_000;

/**
 * Sends the order and returns how to wait for its answer.
 *
 * What the worker has not begun by then, or fails at, the calling thread computes: the same numbers.
 */
export function orderLikelihood(
  send: (order: LikelihoodOrder, moved: readonly MessagePort[]) => void,
  question: LikelihoodQuestion,
): () => LikelihoodAnswer {
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: own, port2: port } = new MessageChannel();
  send({ kind: "likelihood", question, port, state }, [port]);
  return () => {
    try {
      if (take(state)) return answerOfLikelihood(question);
      Atomics.wait(state, 0, TAKEN, LONGEST_WAIT_MILLISECONDS);
      return receiveMessageOnPort(own)?.message ?? answerOfLikelihood(question);
    } finally {
      own.close();
    }
  };
}

/** The worker's side. */
export function answerLikelihood({ question, port, state }: LikelihoodOrder): void {
  if (!take(state)) return;
  try {
    port.postMessage(answerOfLikelihood(question));
  } finally {
    Atomics.store(state, 0, DONE);
    Atomics.notify(state, 0);
  }
}

function take(state: Int32Array): boolean {
  return Atomics.compareExchange(state, 0, OPEN, TAKEN) === OPEN;
}
