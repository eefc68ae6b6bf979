/** Two passes over pairs that are read by range: what `infer` needs of all of them, and the sample it sees. */

import { InputError } from "../../errors.ts";
import type { Potential } from "../../geometry/index.ts";
import type { Random } from "../../random.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { type InferOptions, keepsUnchanged, potentialsOf, requireOptions } from "../infer.ts";
import { requireEnough } from "../pair-requirements.ts";
import type { PairedWeights } from "../paired-weights.ts";
import type { PictureDraw } from "../picture.ts";
import { type Population, sourceOfGroup } from "../population.ts";
import {
  cellsOfFine,
  type FineCounts,
  type FineGrid,
  type FineGrids,
  fineGrids,
  paysAhead,
} from "./ahead.ts";
import { type BlockCells, type BlockSurvey, type CountRequest, UNIT_PAIRS } from "./block-work.ts";
import { type Before, type DrawPlans, drawWithin, pairsOf, planDraws, plansFor } from "./draws.ts";
import { type Lanes, type OpenLanes, openOwnLane, runInOrder } from "./lanes.ts";
import { type PairBlocks, type Stretch, stretchesOf } from "./pair-blocks.ts";
import { addCells, addUnit, emptyTotals, measuresOf, spreadsOf, sumOfCounts, type Totals } from "./totals.ts";

export interface SurveyOptions extends InferOptions {
  /** Where the work is done; the calling thread unless given. `workerLanes` of the Node part takes several threads. */
  readonly openLanes?: OpenLanes;
  /** The randomness that `pictureOfDraw` will be given: with it the pairs that a picture shows are drawn too. */
  readonly picture?: Random;
  /** Pairs read at a time, a multiple of 65,536 (2¹⁸ unless given); results do not depend on it. */
  readonly blockPairs?: number;
  /** Pairs from which on cells are counted in the first pass; 2²² unless given, Infinity for never. */
  readonly countAheadFrom?: number;
}

export interface Survey {
  /** For `inferPopulation`, with the same options. */
  readonly population: Population;
  /** null unless asked for. */
  readonly draw: PictureDraw | null;
}

const BLOCK_PAIRS = 4 * UNIT_PAIRS;
/** Of fewer pairs the second pass takes no time. */
const COUNT_AHEAD_PAIRS = 2 ** 22;

/** A block after the first pass. */
interface SurveyedBlock {
  readonly stretch: Stretch;
  readonly before: Before;
  readonly own: { readonly total: number; readonly used: number; readonly changed: number };
}

interface AllTotals {
  readonly whole: Totals;
  readonly parts: readonly Totals[];
}

interface Job {
  readonly blocks: PairBlocks;
  readonly potentials: readonly Potential[];
  readonly lanes: Lanes["lanes"];
  readonly signal: AbortSignal | undefined;
  /** That so many more pairs of a pass are done. */
  report(pairs: number, label: string): void;
}

/**
 * Reads all pairs twice (`onProgress` counts pairs, both passes together): counts and moments first, then the cells of ΔCDF and
 * the pairs drawn. Of 2²² pairs and more the first pass counts the cells too, on a finer grid that suits the spread of a few
 * pairs, and the second counts only where that turns out not to suit all.
 *
 * The pairs drawn are those that `infer` draws of the same pairs in memory with the same randomness, so that the exponent is
 * the same bit for bit; ΔCDF is the same to 0.01/n for each weight that rounding moves across a point of the grid, and where it
 * was counted in the first pass to 2 % of its floor and 2·10⁻⁴ of itself. Memory holds a few blocks for each lane and a sample of at most 100,000
 * pairs for each group, whatever the size of the files.
 *
 * @throws InputError what `infer` throws for options and too few pairs; `lengths-differ`, `bad-block`; `pairs-changed` where
 *   the second pass finds other pairs; what the readers throw; the signal's reason once it is aborted
 */
export async function surveyBlocks(blocks: PairBlocks, options: SurveyOptions): Promise<Survey> {
  requireOptions(options);
  const stretches = stretchesOf(blocks, requireBlock(options.blockPairs ?? BLOCK_PAIRS));
  const potentials = potentialsOf(options);
  const keepUnchanged = keepsUnchanged(options.noise ?? null);
  const { lanes, close } = await (options.openLanes ?? openOwnLane)(blocks, potentials, {
    signal: options.signal,
  });
  try {
    const { random, picture = null, signal, countAheadFrom = COUNT_AHEAD_PAIRS } = options;
    const job: Job = { blocks, potentials, lanes, signal, report: reporter(blocks, options) };
    const grids = paysAhead(blocks, countAheadFrom)
      ? await fineGrids(blocks, potentials, lanes[0], { signal })
      : null;
    const { totals, surveyed } = await firstPass(stretches, grids, job);
    const counts = { whole: totals.whole.counts, parts: totals.parts.map((part) => part.counts) };
    requireEnough(blocks, counts.whole);
    const plans = planDraws(blocks, counts, { random, keepUnchanged, picture });
    await secondPass(surveyed, totals, plans, job);
    return surveyOf(job, totals, plans);
  } finally {
    await close();
  }
}

function requireBlock(pairs: number): number {
  if (Number.isSafeInteger(pairs) && pairs > 0 && pairs % UNIT_PAIRS === 0) return pairs;
  throw new InputError({
    code: "bad-block",
    message: `surveyBlocks: expected a multiple of ${UNIT_PAIRS} pairs a block, got ${pairs}; ${BLOCK_PAIRS} is usual`,
  });
}

function reporter({ parts }: PairBlocks, options: SurveyOptions): Job["report"] {
  const total = 2 * parts.reduce((sum, { initial }) => sum + initial.count, 0);
  let done = 0;
  return (pairs, label) => {
    done += pairs;
    options.onProgress?.({ done, total, label, unit: "pairs" });
  };
}

async function firstPass(stretches: readonly Stretch[], grids: FineGrids | null, job: Job) {
  const totals: AllTotals = {
    whole: emptyTotals(job.potentials.length),
    parts: job.blocks.parts.map(() => emptyTotals(job.potentials.length)),
  };
  const none = () => job.potentials.map((): FineCounts | null => null);
  const fine = { whole: none(), parts: job.blocks.parts.map(none) };
  const surveyed: SurveyedBlock[] = [];
  await runInOrder(job.lanes, stretches, {
    signal: job.signal,
    run: (lane, stretch: Stretch) =>
      lane.survey(stretch, grids && { whole: grids.whole, group: grids.parts?.[stretch.part] ?? null }, {
        signal: job.signal,
      }),
    take({ units, whole, group }: BlockSurvey, stretch) {
      const part = totals.parts[stretch.part];
      const before = { all: changedOf(totals.whole), ofPart: changedOf(part) };
      for (const unit of units) {
        addUnit(totals.whole, unit);
        addUnit(part, unit);
      }
      const own = units.map(({ counts }) => counts).reduce(sumOfCounts);
      surveyed.push({ stretch, before, own: { total: own.total, ...changedOf({ counts: own }) } });
      addCells(fine.whole, whole);
      if (group) addCells(fine.parts[stretch.part], group);
      job.report(stretch.end - stretch.start, "counting, first of two passes");
    },
  });
  if (grids) {
    takeCells(totals.whole, fine.whole, grids.whole);
    for (const [part, own] of (grids.parts ?? []).entries())
      takeCells(totals.parts[part], fine.parts[part], own);
  }
  return { totals, surveyed };
}

/** The cells of those potentials whose fine grid suits the spread that all pairs have. */
function takeCells(
  totals: Totals,
  fine: readonly (FineCounts | null)[],
  grids: readonly (FineGrid | null)[],
): void {
  for (const [k, spread] of spreadsOf(totals).entries()) {
    const [counts, grid] = [fine[k], grids[k]];
    if (spread && counts && grid) totals.cells[k] = cellsOfFine(counts, grid, spread);
  }
}

/** What is left to count: null where there is nothing, or the first pass has counted it. */
const spreadsLeft = (totals: Totals) =>
  spreadsOf(totals).map((spread, k) => (totals.cells[k] === null ? spread : null));

function changedOf({ counts }: Pick<Totals, "counts">): { used: number; changed: number } {
  return { used: counts.used, changed: counts.used - counts.unchanged };
}

async function secondPass(
  surveyed: readonly SurveyedBlock[],
  totals: AllTotals,
  plans: DrawPlans,
  job: Job,
): Promise<void> {
  const isGrouped = job.blocks.parts.length > 1;
  const whole = spreadsLeft(totals.whole);
  const groups = isGrouped ? totals.parts.map(spreadsLeft) : null;
  const request = ({ stretch, before, own }: SurveyedBlock): CountRequest => ({
    whole,
    group: groups?.[stretch.part] ?? null,
    draws: plansFor(plans, stretch.part).map((plan) => drawWithin(plan, before, own)),
  });
  await runInOrder(job.lanes, surveyed, {
    signal: job.signal,
    run: (lane, block: SurveyedBlock) => lane.count(block.stretch, request(block), { signal: job.signal }),
    take(found: BlockCells, block) {
      requireSame(found, block, request(block), job.blocks);
      const { part, start, end } = block.stretch;
      addCells(totals.whole.cells, found.whole);
      if (found.group) addCells(totals.parts[part].cells, found.group);
      for (const [k, plan] of plansFor(plans, part).entries()) {
        plan.collected.push({ part, pairs: found.drawn[k] });
      }
      job.report(end - start, "measuring, second of two passes");
    },
  });
}

/** Files that are written to between the passes would give numbers of neither. */
function requireSame(
  found: BlockCells,
  { stretch, own }: SurveyedBlock,
  { draws }: CountRequest,
  { source, parts }: PairBlocks,
): void {
  const isDrawn = draws.every(({ ordinals }, k) => found.drawn[k].initial.length === ordinals.length);
  const used = found.used ?? own.used;
  if (used === own.used && isDrawn) return;
  throw new InputError({
    code: "pairs-changed",
    message: `${source}: expected the same pairs in the second pass, got ${used} usable in place of ${own.used} or others unchanged ("${parts[stretch.part].name}", ${stretch.start} to ${stretch.end}); wait until the files are written, then try again`,
  });
}

function surveyOf({ blocks, potentials }: Job, totals: AllTotals, plans: DrawPlans): Survey {
  const { source, parts } = blocks;
  const scopeOf = (
    pairs: PairedWeights,
    own: Totals,
    groups: ReturnType<Population["groups"]>,
  ): Population => ({
    pairs,
    counts: own.counts,
    select(keepUnchanged) {
      requireSurveyed(source, keepUnchanged === plans.whole.keepUnchanged, "noise");
      return continuumPairs(pairs);
    },
    measure(asked) {
      const same =
        asked.length === potentials.length && asked.every(({ name }, k) => name === potentials[k].name);
      requireSurveyed(source, same, "potentials");
      return measuresOf(own);
    },
    groups: () => groups,
  });
  const groups = plans.groups.map((plan, g) => ({
    name: parts[g].name,
    open: () => scopeOf(pairsOf(plan, sourceOfGroup(source, parts[g].name), blocks), totals.parts[g], []),
  }));
  const { picture } = plans;
  return {
    population: scopeOf(pairsOf(plans.whole, source, blocks), totals.whole, groups),
    draw: picture && {
      taken: pairsOf(picture.taken, source, blocks),
      sample: pairsOf(picture.sample, source, blocks),
      of: totals.whole.counts.used,
    },
  };
}

function requireSurveyed(source: string, isSame: boolean, option: string): void {
  if (isSame) return;
  throw new InputError({
    code: "other-options",
    message: `${source}: expected the ${option} that the pairs were surveyed with, got others; hand the same options to both`,
  });
}
