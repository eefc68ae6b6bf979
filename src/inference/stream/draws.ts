/** Which pairs the second pass collects: by ordinals, so that they are those drawn of the same pairs in memory. */

import type { Random } from "../../random.ts";
import { ordinalsOf } from "../estimate.ts";
import { labelsOf, type PairCounts, type PairedWeights } from "../paired-weights.ts";
import { pictureOrdinals } from "../picture.ts";
import { RANK_PAIRS } from "../population.ts";
import type { BlockPairs, Draw, FloatArray } from "./block-work.ts";
import type { PairBlocks } from "./pair-blocks.ts";

/** Pairs to collect, and those collected so far. */
export interface DrawPlan extends Omit<Draw, "isEvery"> {
  /** The part whose pairs are numbered; null where all are. */
  readonly part: number | null;
  readonly collected: { readonly part: number; readonly pairs: BlockPairs }[];
}

/** The samples of `infer`, of each of its groups and of the picture. */
export interface DrawPlans {
  readonly whole: DrawPlan;
  /** One for each part where there are several, else none. */
  readonly groups: readonly DrawPlan[];
  readonly picture: { readonly taken: DrawPlan; readonly sample: DrawPlan } | null;
}

/** Usable and, among them, changed pairs that come before a block: of all, and of its part. */
export interface Before {
  readonly all: { readonly used: number; readonly changed: number };
  readonly ofPart: { readonly used: number; readonly changed: number };
}

export function planDraws(
  { parts }: PairBlocks,
  counts: { readonly whole: PairCounts; readonly parts: readonly PairCounts[] },
  options: { readonly random: Random; readonly keepUnchanged: boolean; readonly picture: Random | null },
): DrawPlans {
  const { keepUnchanged } = options;
  const ranked = ({ used, unchanged }: PairCounts, random: Random, part: number | null): DrawPlan => ({
    part,
    keepUnchanged,
    ordinals: ordinalsOf(keepUnchanged ? used : used - unchanged, RANK_PAIRS, random.stream("subsample")),
    collected: [],
  });
  const shown = (ordinals: Float64Array): DrawPlan => ({
    part: null,
    keepUnchanged: true,
    ordinals,
    collected: [],
  });
  const ordinals = options.picture && pictureOrdinals(counts.whole.used, options.picture);
  return {
    whole: ranked(counts.whole, options.random, null),
    groups:
      parts.length > 1
        ? parts.map(({ name }, g) => ranked(counts.parts[g], options.random.stream(`group ${name}`), g))
        : [],
    picture: ordinals && { taken: shown(ordinals.taken), sample: shown(ordinals.sample) },
  };
}

/** The plans that a block of this part may serve, always in one order. */
export function plansFor({ whole, groups, picture }: DrawPlans, part: number): DrawPlan[] {
  return [whole, ...groups.slice(part, part + 1), ...(picture ? [picture.taken, picture.sample] : [])];
}

/** The part of a plan that falls on a block, its ordinals counted from the block's first pair. */
export function drawWithin(
  { part, ordinals, keepUnchanged }: DrawPlan,
  before: Before,
  own: { readonly total: number; readonly used: number; readonly changed: number },
): Draw {
  const kind = keepUnchanged ? "used" : "changed";
  const first = (part === null ? before.all : before.ofPart)[kind];
  const mine = ordinals.subarray(placeOf(ordinals, first), placeOf(ordinals, first + own[kind]));
  const isEvery = own[kind] === own.total;
  return { keepUnchanged, isEvery, ordinals: mine.map((ordinal) => ordinal - first) };
}

/** How many of the increasing ordinals are below a value. */
function placeOf(ordinals: Float64Array, value: number): number {
  let [low, high] = [0, ordinals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordinals[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The pairs collected; groups are the parts where all parts were drawn from and there are several. */
export function pairsOf({ part, collected }: DrawPlan, source: string, { parts }: PairBlocks): PairedWeights {
  const initial = joined(collected.map(({ pairs }) => pairs.initial));
  const index = new Int32Array(initial.length);
  let place = 0;
  for (const block of collected) {
    index.fill(block.part, place, place + block.pairs.initial.length);
    place += block.pairs.initial.length;
  }
  const isGrouped = part === null && parts.length > 1;
  return {
    source,
    initial,
    final: joined(collected.map(({ pairs }) => pairs.final)),
    group: isGrouped ? { names: labelsOf(parts.map(({ name }) => name)).names, index } : null,
    cluster: null,
    repeat: null,
  };
}

/** One after the other; in float32 where all are, which halves the memory of many groups. */
function joined(pieces: readonly FloatArray[]): FloatArray {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const isSingle = pieces.every((piece) => piece instanceof Float32Array);
  const out = isSingle ? new Float32Array(length) : new Float64Array(length);
  let place = 0;
  for (const piece of pieces) {
    out.set(piece, place);
    place += piece.length;
  }
  return out;
}
