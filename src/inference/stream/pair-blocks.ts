/** Pairs of weights that are read by range: files of any size, a block at a time. */

import { InputError } from "../../errors.ts";

export interface ReadSignal {
  readonly signal?: AbortSignal | undefined;
}

/** Numbers read by range: of one tensor, one column, one array. A table reader keeps the row group it decoded last. */
export interface WeightReader {
  readonly count: number;
  /** The numbers `start` ≤ i < `end`. They may share memory with the reader: read them, never write. */
  read(start: number, end: number, options?: ReadSignal): Promise<Float64Array | Float32Array>;
}

/** One tensor at both ends, in the same order. */
export interface PairPart {
  readonly name: string;
  readonly initial: WeightReader;
  readonly final: WeightReader;
}

/**
 * How a worker thread opens the readers again.
 *
 * `module` exports `openReaders(settings)`: a promise of the readers of one end, in the order of the parts, with `close`.
 */
export interface Reopening {
  /** Where the module is, as `import.meta.url` of it says. */
  readonly module: string;
  /** What is handed to it for each end: plain data. */
  readonly initial: unknown;
  readonly final: unknown;
}

/** The readers of one end, as a module named by `Reopening` opens them. */
export interface OpenedReaders {
  readonly readers: readonly WeightReader[];
  close(): Promise<void>;
}

/** All pairs, part by part; each part is a group where there are several. */
export interface PairBlocks {
  /** What the pairs are called in messages. */
  readonly source: string;
  readonly parts: readonly PairPart[];
  /** null where only the thread that made the readers can use them, as with a file chosen in a browser. */
  readonly reopening: Reopening | null;
}

/** A run of pairs of one part. */
export interface Stretch {
  readonly part: number;
  readonly start: number;
  readonly end: number;
}

/** Arrays that are in memory already, read by range as files are. */
export function blocksOfArrays(
  source: string,
  arrays: readonly {
    readonly name: string;
    readonly initial: Float64Array | Float32Array;
    readonly final: Float64Array | Float32Array;
  }[],
): PairBlocks {
  const reader = (values: Float64Array | Float32Array): WeightReader => ({
    count: values.length,
    async read(start, end, options) {
      options?.signal?.throwIfAborted();
      return values.subarray(start, end);
    },
  });
  const parts = arrays.map(({ name, initial, final }) => ({
    name,
    initial: reader(initial),
    final: reader(final),
  }));
  return { source, parts, reopening: null };
}

/** Stretches of at most `size` pairs, part by part. @throws InputError `lengths-differ` */
export function stretchesOf({ source, parts }: PairBlocks, size: number): Stretch[] {
  return parts.flatMap(({ name, initial, final }, part) => {
    if (initial.count !== final.count) {
      throw new InputError({
        code: "lengths-differ",
        message: `${source}: expected one final weight for each initial weight, got ${final.count} for ${initial.count} ("${name}"); give the same synapses before and after learning`,
      });
    }
    return Array.from({ length: Math.ceil(initial.count / size) }, (_, k) => ({
      part,
      start: k * size,
      end: Math.min(initial.count, (k + 1) * size),
    }));
  });
}
