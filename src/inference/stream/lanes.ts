/** Where blocks are worked on: the calling thread, or several at once, with results taken in the order of the blocks. */

import type { Potential } from "../../geometry/index.ts";
import { createDualKernel } from "../kernel/dual-kernel.ts";
import {
  type AheadRequest,
  type BlockCells,
  type BlockSurvey,
  type CountRequest,
  countBlock,
  surveyBlock,
} from "./block-work.ts";
import type { PairBlocks, ReadSignal, Stretch, WeightReader } from "./pair-blocks.ts";

/** One thread that reads blocks and works on them. */
export interface Lane {
  survey(stretch: Stretch, ahead: AheadRequest | null, options?: ReadSignal): Promise<BlockSurvey>;
  count(stretch: Stretch, request: CountRequest, options?: ReadSignal): Promise<BlockCells>;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  close(): Promise<void>;
}

/** Opens the lanes for these pairs and potentials; the signal is that of all their work. */
export type OpenLanes = (
  blocks: PairBlocks,
  potentials: readonly Potential[],
  options?: ReadSignal,
) => Promise<Lanes>;

/** A lane in this very thread. */
export async function ownLane(
  parts: readonly { readonly initial: WeightReader; readonly final: WeightReader }[],
  potentials: readonly Potential[],
): Promise<Lane> {
  const kernel = await createDualKernel({ tables: 2 * potentials.length });
  const read = async ({ part, start, end }: Stretch, options: ReadSignal | undefined) => {
    const [initial, final] = await Promise.all([
      parts[part].initial.read(start, end, options),
      parts[part].final.read(start, end, options),
    ]);
    return { initial, final };
  };
  return {
    survey: async (stretch, ahead, options) =>
      surveyBlock(kernel, potentials, await read(stretch, options), ahead),
    count: async (stretch, request, options) =>
      countBlock(kernel, potentials, await read(stretch, options), request),
  };
}

export const openOwnLane: OpenLanes = async (blocks, potentials) => ({
  lanes: [await ownLane(blocks.parts, potentials)],
  close: async () => {},
});

/** Blocks a lane has in hand: the next is read while one is worked on. */
const IN_HAND = 2;

/**
 * Runs every task on some lane and hands the results over in the order of the tasks.
 *
 * After a failure no task is begun; those that are under way end first.
 *
 * @throws the first failure, or the signal's reason once it is aborted
 */
export async function runInOrder<T, R>(
  lanes: readonly Lane[],
  tasks: readonly T[],
  options: ReadSignal & {
    run(lane: Lane, task: T): Promise<R>;
    take(result: R, task: T): void;
  },
): Promise<void> {
  const waiting = new Map<number, R>();
  let [next, taken] = [0, 0];
  let failure: { readonly reason: unknown } | null = null;
  const runner = async (lane: Lane) => {
    while (next < tasks.length && failure === null) {
      const place = next++;
      try {
        options.signal?.throwIfAborted();
        waiting.set(place, await options.run(lane, tasks[place]));
        for (let result = waiting.get(taken); result !== undefined; result = waiting.get(taken)) {
          waiting.delete(taken);
          options.take(result, tasks[taken++]);
        }
      } catch (reason) {
        failure ??= { reason };
      }
    }
  };
  // Every lane has one in hand before any has a second.
  await Promise.all(Array.from({ length: IN_HAND }, () => lanes.map(runner)).flat());
  // Assigned in the runners, which the compiler does not follow.
  const failed = failure as { readonly reason: unknown } | null;
  if (failed !== null) throw failed.reason;
}
