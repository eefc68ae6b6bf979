/** The WebAssembly kernel with its memory: pairs in, dual changes, their moments and their cells out. */

import type { Potential } from "../../geometry/index.ts";
import { dualBlock } from "../delta-cdf.ts";
import { COMPILED_KERNEL } from "./compiled-kernel.ts";

/** Pairs taken at a time: the arrays of them stay in the processor's nearest cache. */
export const KERNEL_PAIRS = 1024;

/** Cells of a table, those of two grids together. */
export const TABLE_CELLS = 4096;

/** What `dual-kernel.as` exports; pointers and counts are numbers. */
interface Exports {
  packSingle(initial: number, final: number, count: number, a: number, b: number, tally: number): number;
  packDouble(initial: number, final: number, count: number, a: number, b: number, tally: number): number;
  entropyPass(a: number, b: number, count: number, changes: number, duals: number, mayBeTiny: number): void;
  rootPass(
    a: number,
    b: number,
    count: number,
    fromRoots: number,
    toRoots: number,
    differences: number,
  ): void;
  powerPass(
    a: number,
    b: number,
    count: number,
    changes: number,
    duals: number,
    twice: number,
    fromRoots: number,
    toRoots: number,
    differences: number,
  ): void;
  addMoments(changes: number, duals: number, count: number, shift: number, sums: number): void;
  addCells(
    changes: number,
    count: number,
    scale: number,
    shift: number,
    fraction: number,
    low: number,
    high: number,
    first: number,
    counts: number,
  ): void;
}

/** Where two grids of unit steps lie, one `fraction` of a step behind the other. */
export interface GridSteps {
  /** s = δ·scale + shift, held within [low, high]. */
  readonly scale: number;
  readonly shift: number;
  readonly fraction: number;
  readonly low: number;
  readonly high: number;
  /** ⌊s⌋ + ⌊s − fraction⌋ of the first cell. */
  readonly first: number;
}

/** The usable pairs of one block, packed, and what is computed from them. */
export interface DualKernel {
  /** Not finite, absent initially, finally, throughout, unchanged, sign flips: added to by `load`. */
  readonly tally: Int32Array;
  /** Packs the usable ones of at most `KERNEL_PAIRS` pairs and returns how many they are. */
  load(initial: Float64Array | Float32Array, final: Float64Array | Float32Array): number;
  /** The packed weights in float64, `count` of which are valid. */
  readonly initial: Float64Array;
  readonly final: Float64Array;
  /** δ of the last `pass`. */
  readonly changes: Float64Array;
  /** δ of the packed pairs into `changes` and, where asked for, φ′(w⁰), which the moments need. */
  pass(potential: Potential, count: number, options: { readonly duals: boolean }): void;
  /** Adds Σ(δ − shift), Σ(δ − shift)², Σδ², Σφ′(w⁰)² of the last pass to `sums`. */
  addMoments(count: number, shift: number, sums: Float64Array): void;
  /** Adds the cells of the last pass to a table; each starts at 0. */
  addCells(count: number, steps: GridSteps, table: number): void;
  /** The counts of a table, which is 0 afterwards. */
  takeTable(table: number): Uint32Array;
}

const FIRST_BYTE = 1024; // the compiler keeps what lies before for itself
const PAGE_BYTES = 65_536;
const ARRAY_BYTES = 8 * (KERNEL_PAIRS + 2);
const TABLE_BYTES = 4 * TABLE_CELLS;

const places = {
  first: FIRST_BYTE,
  second: FIRST_BYTE + ARRAY_BYTES,
  initial: FIRST_BYTE + 2 * ARRAY_BYTES,
  final: FIRST_BYTE + 3 * ARRAY_BYTES,
  changes: FIRST_BYTE + 4 * ARRAY_BYTES,
  duals: FIRST_BYTE + 5 * ARRAY_BYTES,
  fromRoots: FIRST_BYTE + 6 * ARRAY_BYTES,
  toRoots: FIRST_BYTE + 7 * ARRAY_BYTES,
  differences: FIRST_BYTE + 8 * ARRAY_BYTES,
  sums: FIRST_BYTE + 9 * ARRAY_BYTES,
  tally: FIRST_BYTE + 9 * ARRAY_BYTES + 64,
  tables: FIRST_BYTE + 9 * ARRAY_BYTES + 128,
} as const;

/** The kernel compiled (in about a millisecond), with room for so many tables of cells. */
export async function createDualKernel({ tables }: { readonly tables: number }): Promise<DualKernel> {
  const bytes = Uint8Array.from(atob(COMPILED_KERNEL), (letter) => letter.charCodeAt(0));
  const pages = Math.ceil((places.tables + tables * TABLE_BYTES) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  // The compiler of TypeScript cannot see what the module exports; its source says it.
  return kernelOn(memory.buffer, instance.exports as unknown as Exports);
}

/** The potentials that have a loop: twice p − 1 of the norms, 0 for the negative entropy. */
const LOOPS: ReadonlyMap<string, number> = new Map([
  ["negative-entropy", 0],
  ["1.5-norm", 1],
  ["2-norm", 2],
  ["2.5-norm", 3],
  ["3-norm", 4],
]);

// Long because it is one closure: the views on the memory and what was loaded last are its state.
function kernelOn(buffer: ArrayBuffer, exports: Exports): DualKernel {
  const doubles = (place: number, length = KERNEL_PAIRS + 2) => new Float64Array(buffer, place, length);
  const [initial, final, changes, duals] = [
    doubles(places.initial),
    doubles(places.final),
    doubles(places.changes),
    doubles(places.duals),
  ];
  const given = {
    double: [doubles(places.first), doubles(places.second)],
    single: [
      new Float32Array(buffer, places.first, KERNEL_PAIRS),
      new Float32Array(buffer, places.second, KERNEL_PAIRS),
    ],
  };
  const ownSums = doubles(places.sums, 4);
  let mayBeTiny = 1;
  let hasRoots = false;
  const passPower = (twice: number, count: number, dualPlace: number) => {
    const { initial: a, final: b, fromRoots, toRoots, differences } = places;
    if (twice % 2 === 1 && !hasRoots) {
      exports.rootPass(a, b, count, fromRoots, toRoots, differences);
      hasRoots = true;
    }
    exports.powerPass(a, b, count, places.changes, dualPlace, twice, fromRoots, toRoots, differences);
  };
  return {
    tally: new Int32Array(buffer, places.tally, 6),
    initial,
    final,
    changes,
    load(before, after) {
      const isSingle = before instanceof Float32Array && after instanceof Float32Array;
      mayBeTiny = isSingle ? 0 : 1;
      hasRoots = false;
      const [first, second] = isSingle ? given.single : given.double;
      first.set(before);
      second.set(after);
      const pack = isSingle ? exports.packSingle : exports.packDouble;
      const count = pack(
        places.first,
        places.second,
        before.length,
        places.initial,
        places.final,
        places.tally,
      );
      // The loops take two pairs at a time: the one beyond the last must hold weights too.
      initial[count] = 1;
      final[count] = 1;
      return count;
    },
    pass(potential, count, options) {
      const loop = LOOPS.get(potential.name);
      const dualPlace = options.duals ? places.duals : 0;
      if (loop === undefined) {
        const [from, to] = [initial.subarray(0, count), final.subarray(0, count)];
        dualBlock(potential, from, to, changes, duals);
      } else if (loop === 0) {
        exports.entropyPass(places.initial, places.final, count, places.changes, dualPlace, mayBeTiny);
      } else {
        passPower(loop, count, dualPlace);
      }
    },
    addMoments(count, shift, sums) {
      ownSums.fill(0);
      exports.addMoments(places.changes, places.duals, count, shift, places.sums);
      for (let k = 0; k < ownSums.length; k++) sums[k] += ownSums[k];
    },
    addCells(count, { scale, shift, fraction, low, high, first }, table) {
      const counts = places.tables + table * TABLE_BYTES;
      exports.addCells(places.changes, count, scale, shift, fraction, low, high, first, counts);
    },
    takeTable(table) {
      const counts = new Uint32Array(buffer, places.tables + table * TABLE_BYTES, TABLE_CELLS);
      const taken = counts.slice();
      counts.fill(0);
      return taken;
    },
  };
}
