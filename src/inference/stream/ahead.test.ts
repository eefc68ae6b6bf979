/** Cells counted by the spread of a few pairs, against those counted by the spread of all. */

import { describe, expect, it } from "vitest";
import { parsePotential } from "../../geometry/index.ts";
import { createRandom } from "../../random.ts";
import { DELTA_CDF_FLOOR, type DeltaCdf } from "../delta-cdf.ts";
import { blocksOfArrays, type PairBlocks } from "./pair-blocks.ts";
import { surveyBlocks } from "./survey.ts";

const potentials = ["negative-entropy", "1.5-norm", "2-norm", "2.5-norm", "3-norm", "affine:2"].map((name) =>
  parsePotential(name),
);

/** Weights of both signs, some unchanged, whose logarithms change by `spread`. */
function arrays(name: string, count: number, spread = 0.2) {
  const random = createRandom(1).stream(name);
  const [initial, final] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    initial[i] = (random.uniform() < 0.5 ? -0.01 : 0.01) * Math.exp(0.8 * random.normal());
    final[i] = i % 1000 === 0 ? initial[i] : initial[i] * Math.exp(spread * random.normal() + 0.02);
  }
  return { name, initial, final };
}

async function survey(blocks: PairBlocks, countAheadFrom: number, blockPairs = 2 ** 18) {
  const { population } = await surveyBlocks(blocks, {
    random: createRandom(1),
    potentials,
    countAheadFrom,
    blockPairs,
  });
  const scopes = [population, ...population.groups().map(({ open }) => open())];
  return scopes.map(({ pairs, counts, measure }) => ({ pairs, counts, measures: measure(potentials) }));
}

function distances(measure: DeltaCdf): readonly [number, number] {
  if (measure.status !== "ok") throw new Error(`expected a distance, got ${measure.status}`);
  return [measure.uncentred, measure.centred];
}

describe("cells counted in the first pass", () => {
  const layers = [arrays("a", 300_000), arrays("b", 200_000, 0.1)];
  const blocks = blocksOfArrays("layers", layers);

  it("give ΔCDF to a fiftieth of its floor and 10⁻⁴ of itself; all else is the same bit for bit", async () => {
    const [ahead, exact] = [await survey(blocks, 0), await survey(blocks, Number.POSITIVE_INFINITY)];
    let moved = 0;
    for (const [s, scope] of exact.entries()) {
      expect(ahead[s].pairs).toEqual(scope.pairs);
      expect(ahead[s].counts).toEqual(scope.counts);
      for (const [k, measure] of scope.measures.entries()) {
        const found = ahead[s].measures[k];
        const [mine, theirs] = [distances(found), distances(measure)];
        const floor = DELTA_CDF_FLOOR.uncentred / Math.sqrt(scope.counts.used);
        for (const j of [0, 1] as const) {
          const allowed = 0.02 * floor + 2e-4 * theirs[j];
          expect(Math.abs(mine[j] - theirs[j]), `${potentials[k].name} ${s}`).toBeLessThan(allowed);
          if (mine[j] !== theirs[j]) moved++;
        }
        expect({ ...found, uncentred: 0, centred: 0 }).toEqual({ ...measure, uncentred: 0, centred: 0 });
      }
    }
    // Else nothing was counted ahead, and this a comparison of a thing with itself.
    expect(moved).toBeGreaterThan(20);
  });

  it("do not depend on the size of the blocks", async () => {
    expect(await survey(blocks, 0, 2 ** 16)).toEqual(await survey(blocks, 0, 2 ** 19));
  });

  it("are counted again where a few pairs said nothing of the spread of all", async () => {
    // One change as large as ten thousand weights, which is not among the few.
    const strange = arrays("strange", 300_000);
    strange.final[12_345] = 1e3;
    const found = blocksOfArrays("strange", [strange]);
    const [ahead, exact] = [await survey(found, 0), await survey(found, Number.POSITIVE_INFINITY)];
    const norms = [2, 4];
    for (const k of norms) expect(ahead[0].measures[k]).toEqual(exact[0].measures[k]);
    expect(ahead[0].measures[0]).not.toEqual(exact[0].measures[0]);
  });

  it("are counted again where the few did not change at all", async () => {
    const still = arrays("still", 200_000);
    const found = blocksOfArrays("still", [
      { ...still, final: still.initial.map((w, i) => (i < 50 ? 2 * w : w)) },
    ]);
    expect(await survey(found, 0)).toEqual(await survey(found, Number.POSITIVE_INFINITY));
  });
});
