/** Weights that one page hands to another: as files, so that they enter as measured synapses do. */

import { type Signal, signal } from "@preact/signals";

/** What was handed to Infer and not yet taken. */
export const handedOver: Signal<readonly File[] | null> = signal(null);

/** Opens Infer with these files: one with arrays `initial` and `final` (`encodeNpz`), or two. */
export function handToInfer(files: readonly File[]): void {
  handedOver.value = files;
  window.location.hash = "#/infer";
}
