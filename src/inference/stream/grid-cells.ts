/** The cells of ΔCDF's grid, centred and not, counted together. */

import { cellCounts, distanceToNormal, GRID_END, GRID_POINTS, GRID_STEP } from "../delta-cdf.ts";
import { type DualKernel, type GridSteps, TABLE_CELLS } from "../kernel/dual-kernel.ts";

/** Mean and sample SD by which δ is standardised. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Counts of both grids, one after the other: cell k of the uncentred at k, of the centred at 1001 + k. */
export type GridCounts = Float64Array;

export const CELLS = GRID_POINTS + 1;

const END = GRID_POINTS - 1;

/** Counts z = δ/SD and z = (δ − mean)/SD into the cells of the grid, block by block. */
export interface CellCounter {
  /** Counts the changes of the kernel's last pass. */
  add(count: number): void;
  /** The counts so far; the counter is at 0 afterwards. */
  take(): GridCounts;
}

/**
 * A counter on a table of the kernel.
 *
 * In steps of the grid the centred z is the uncentred one less m = mean/(SD·step): both grids are cut out of one line, and a
 * weight is counted once into the piece between two neighbouring points of either. A z closer to a grid point than rounding
 * (about 1e-12 steps) may fall on either side. Where the mean is beyond ten SD the two grids have little in common and each
 * is counted for itself.
 */
export function cellCounter(kernel: DualKernel, { mean, deviation }: Spread, table: number): CellCounter {
  const scale = 1 / (deviation * GRID_STEP);
  const offset = mean * scale;
  const whole = Math.floor(offset);
  const fraction = offset - whole;
  const [low, high] = [Math.min(0, offset) - 1, Math.max(END, END + offset) + 1];
  const first = Math.floor(low) + Math.floor(low - fraction);
  const last = Math.floor(high) + Math.floor(high - fraction);
  if (!(last - first < TABLE_CELLS)) return plainCounter(kernel, { mean, deviation });
  const steps: GridSteps = { scale, shift: GRID_END / GRID_STEP, fraction, low, high, first };
  return {
    add: (count) => kernel.addCells(count, steps, table),
    take() {
      const counts = new Float64Array(2 * CELLS);
      const pieces = kernel.takeTable(table);
      for (let piece = 0; piece <= last - first; piece++) {
        const sum = first + piece;
        counts[within(Math.ceil(sum / 2) + 1)] += pieces[piece];
        counts[CELLS + within(Math.floor(sum / 2) - whole + 1)] += pieces[piece];
      }
      return counts;
    },
  };
}

/** Cell 0 holds all below the grid, the last all beyond it. */
function within(cell: number): number {
  return Math.min(GRID_POINTS, Math.max(0, cell));
}

function plainCounter(kernel: DualKernel, { mean, deviation }: Spread): CellCounter {
  let counts = new Float64Array(2 * CELLS);
  return {
    add(count) {
      const { uncentred, centred } = cellCounts(kernel.changes.subarray(0, count), deviation, mean);
      for (let k = 0; k < CELLS; k++) {
        counts[k] += uncentred[k];
        counts[CELLS + k] += centred[k];
      }
    },
    take() {
      const taken = counts;
      counts = new Float64Array(2 * CELLS);
      return taken;
    },
  };
}

/** ΔCDF, uncentred and centred, of so many weights. */
export function distancesOf(counts: GridCounts, count: number) {
  return {
    uncentred: distanceToNormal(counts.subarray(0, CELLS), count),
    centred: distanceToNormal(counts.subarray(CELLS), count),
  };
}
