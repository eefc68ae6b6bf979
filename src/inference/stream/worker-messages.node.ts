/** What the calling thread and its workers say to each other: plain data. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { AheadRequest, BlockCells, BlockSurvey, CountRequest } from "./block-work.ts";
import type { Reopening, Stretch } from "./pair-blocks.ts";
import type { LikelihoodOrder } from "./worker-likelihood.node.ts";

/** Handed to a worker as it starts. */
export interface WorkerSetup {
  readonly reopening: Reopening;
  /** Names, as `parsePotential` reads them. */
  readonly potentials: readonly string[];
}

/** One piece of work of either pass. */
export type WorkOrder = { readonly id: number; readonly stretch: Stretch } & (
  | { readonly kind: "survey"; readonly ahead: AheadRequest | null }
  | { readonly kind: "count"; readonly request: CountRequest }
);

export type ToWorker = WorkOrder | LikelihoodOrder | { readonly kind: "abort" } | { readonly kind: "close" };

/** `ready` and `unopened` answer the set-up, the others a piece of work. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "unopened"; readonly error: PlainError }
  | { readonly kind: "surveyed"; readonly id: number; readonly block: BlockSurvey }
  | { readonly kind: "counted"; readonly id: number; readonly cells: BlockCells }
  | { readonly kind: "failed"; readonly id: number; readonly error: PlainError };

/** An error without its class, which messages do not carry. */
interface PlainError {
  readonly kind: "input" | "unsupported" | "fault";
  readonly code: string;
  readonly message: string;
}

export function plainError(error: unknown): PlainError {
  if (error instanceof InputError) return { kind: "input", code: error.code, message: error.message };
  if (error instanceof UnsupportedError) {
    return { kind: "unsupported", code: error.code, message: error.message };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "fault", code: "", message };
}

export function errorOf({ kind, code, message }: PlainError): Error {
  if (kind === "input") return new InputError({ code, message });
  return kind === "unsupported" ? new UnsupportedError({ code, message }) : new Error(message);
}
