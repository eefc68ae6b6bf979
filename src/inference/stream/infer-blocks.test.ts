import { describe, expect, it } from "vitest";
import { parsePotential } from "../../geometry/index.ts";
import { createRandom, type Random } from "../../random.ts";
import type { GeometryFit, PotentialScore } from "../geometry-fit.ts";
import { infer } from "../infer.ts";
import { labelsOf, type PairedWeights } from "../paired-weights.ts";
import { pictureOf, pictureOfDraw } from "../picture.ts";
import { type Population, populationOf } from "../population.ts";
import { DEFAULT_POTENTIALS } from "../potential-scores.ts";
import type { FloatArray } from "./block-work.ts";
import { inferBlocks } from "./infer-blocks.ts";
import { blocksOfArrays, type PairBlocks } from "./pair-blocks.ts";
import { surveyBlocks } from "./survey.ts";

interface Layer {
  readonly name: string;
  readonly initial: FloatArray;
  readonly final: FloatArray;
}

/** Log-normal weights of both signs that change by a share of their size; `blemishes` adds every kind of odd pair. */
function layerOf(
  name: string,
  count: number,
  random: Random,
  options: { readonly precision?: "float32" | "float64"; readonly blemishes?: boolean } = {},
): Layer {
  const make = options.precision === "float64" ? Float64Array : Float32Array;
  const [initial, final] = [new make(count), new make(count)];
  for (let i = 0; i < count; i++) {
    initial[i] = (random.uniform() < 0.5 ? -0.01 : 0.01) * Math.exp(0.8 * random.normal());
    final[i] = initial[i] * Math.exp(0.2 * random.normal() + 0.02);
    if (!options.blemishes) continue;
    const kind = random.integer(40);
    if (kind === 0) initial[i] = 0;
    else if (kind === 1) final[i] = 0;
    else if (kind === 2) initial[i] = final[i] = 0;
    else if (kind === 3) final[i] = Number.NaN;
    else if (kind === 4) initial[i] = Number.NEGATIVE_INFINITY;
    else if (kind < 8) final[i] = initial[i];
    else if (kind === 8) final[i] = -final[i];
  }
  return { name, initial, final };
}

/** The same layers in memory, joined as `pairTensors` joins them. */
function pairsOfLayers(source: string, layers: readonly Layer[]): PairedWeights {
  const joined = (end: "initial" | "final") =>
    layers.length === 1
      ? layers[0][end]
      : Float64Array.from(layers.flatMap((layer) => Array.from(layer[end])));
  const names = layers.flatMap(({ name, initial }) => Array.from(initial, () => name));
  return {
    source,
    initial: joined("initial"),
    final: joined("final"),
    group: layers.length === 1 ? null : labelsOf(names),
    cluster: null,
    repeat: null,
  };
}

const withoutMeasures = (score: PotentialScore) => ({
  ...score,
  deltaCdf: 0,
  deltaCdfCentred: 0,
  changeMagnitude: 0,
});

/** Everything but ΔCDF bit for bit; ΔCDF as if rounding had moved at most two weights to a neighbouring cell. */
function expectSame(streamed: GeometryFit, whole: GeometryFit): void {
  const rest = (fit: GeometryFit) => ({
    ...fit,
    potentials: fit.potentials.map(withoutMeasures),
    groups: fit.groups.map((group) => ({ ...group, potentials: group.potentials.map(withoutMeasures) })),
  });
  expect(rest(streamed)).toEqual(rest(whole));
  expectSameMeasures(streamed.potentials, whole.potentials, whole.pairs.used);
  for (const [g, group] of streamed.groups.entries()) {
    expectSameMeasures(group.potentials, whole.groups[g].potentials, group.pairs);
  }
}

function expectSameMeasures(
  streamed: readonly PotentialScore[],
  whole: readonly PotentialScore[],
  used: number,
): void {
  for (const [k, score] of streamed.entries()) {
    for (const measure of ["deltaCdf", "deltaCdfCentred"] as const) {
      if (whole[k][measure] === null) expect(score[measure]).toBeNull();
      // 1e-12 for sums of a thousand shares in another order.
      else expect(Math.abs((score[measure] ?? 9) - whole[k][measure])).toBeLessThan(0.02002 / used + 1e-12);
    }
    if (whole[k].changeMagnitude === null) expect(score.changeMagnitude).toBeNull();
    // Sums of up to a million squares in another order.
    else expect((score.changeMagnitude ?? 0) / whole[k].changeMagnitude).toBeCloseTo(1, 11);
  }
}

const POTENTIALS = ["negative-entropy", "1.5-norm", "2-norm", "2.5-norm", "3-norm", "1.7-norm"];
const OFF_CONTINUUM = ["affine:10", "hyperbolic-entropy:0.01", "logit:1"];

describe("inferBlocks gives what infer gives of the same pairs in memory", () => {
  it.each([10, 11, 300, 1023, 1025, 70_001])("for %i pairs of one tensor", async (count) => {
    const layers = [layerOf("w", count, createRandom(count))];
    const streamed = await inferBlocks(blocksOfArrays("x", layers), { random: createRandom(1), seed: 1 });
    expectSame(streamed, infer(pairsOfLayers("x", layers), { random: createRandom(1), seed: 1 }));
  });

  it("above the number of pairs that is thinned, with zeros, NaN, infinities, flips and unchanged pairs", async () => {
    const layers = [layerOf("w", 300_000, createRandom(3), { blemishes: true })];
    const options = () => ({
      random: createRandom(1),
      potentials: POTENTIALS.map((name) => parsePotential(name)),
    });
    expectSame(
      await inferBlocks(blocksOfArrays("x", layers), options()),
      infer(pairsOfLayers("x", layers), options()),
    );
  });

  it("for a million pairs", async () => {
    const layers = [layerOf("w", 1_000_000, createRandom(4))];
    expectSame(
      await inferBlocks(blocksOfArrays("x", layers), { random: createRandom(1) }),
      infer(pairsOfLayers("x", layers), { random: createRandom(1) }),
    );
  });

  it("for several tensors, of both precisions, one of them too small and one thinned by itself", async () => {
    const random = createRandom(5);
    const layers = [
      layerOf("first", 3000, random, { precision: "float64", blemishes: true }),
      layerOf("tiny", 7, random),
      layerOf("large", 150_000, random, { blemishes: true }),
    ];
    expectSame(
      await inferBlocks(blocksOfArrays("x", layers), { random: createRandom(1) }),
      infer(pairsOfLayers("x", layers), { random: createRandom(1) }),
    );
  });

  it("for potentials without a loop of their own, also where weights lie outside their domain", async () => {
    const layers = [layerOf("w", 5000, createRandom(6), { blemishes: true })];
    const options = () => ({
      random: createRandom(1),
      potentials: OFF_CONTINUUM.map((name) => parsePotential(name)),
    });
    const streamed = await inferBlocks(blocksOfArrays("x", layers), options());
    expect(streamed.potentials[2].deltaCdfStatus).toBe("outside-domain");
    expectSame(streamed, infer(pairsOfLayers("x", layers), options()));
  });

  it("and selects the pairs that it selects, where known noise keeps the unchanged ones", async () => {
    const layers = [layerOf("w", 120_000, createRandom(7), { blemishes: true })];
    const noise = { additive: 0.0005, multiplicative: 0.05 };
    const { population } = await surveyBlocks(blocksOfArrays("x", layers), {
      random: createRandom(1),
      noise,
    });
    const { place: _, ...whole } = populationOf(pairsOfLayers("x", layers)).select(true, createRandom(1));
    expect(population.select(true, createRandom(1))).toMatchObject(whole);
    expect(() => population.select(false, createRandom(1))).toThrow(
      /expected the noise that the pairs were surveyed/,
    );
  });

  it("where the mean change is far beyond its spread", async () => {
    const layer = layerOf("w", 20_000, createRandom(8), { precision: "float64" });
    const final = layer.initial.map((weight, i) => weight + 1 + 0.01 * (layer.final[i] - weight));
    const layers = [{ ...layer, final }];
    expectSame(
      await inferBlocks(blocksOfArrays("x", layers), { random: createRandom(1) }),
      infer(pairsOfLayers("x", layers), { random: createRandom(1) }),
    );
  });

  it("and the pairs that a picture shows", async () => {
    const layers = [
      layerOf("a", 60_000, createRandom(9), { blemishes: true }),
      layerOf("b", 500, createRandom(10)),
    ];
    const options = { random: createRandom(1), picture: createRandom(2) };
    const { draw } = await surveyBlocks(blocksOfArrays("x", layers), options);
    const pairs = pairsOfLayers("x", layers);
    const fit = infer(pairs, { random: createRandom(1) });
    if (draw === null) throw new Error("no draw");
    expect(pictureOfDraw(draw, fit, createRandom(2))).toEqual(pictureOf(pairs, fit, createRandom(2)));
  });
});

describe("surveyBlocks", () => {
  const layers = [
    layerOf("a", 400_000, createRandom(11), { blemishes: true }),
    layerOf("b", 70_000, createRandom(12), { precision: "float64" }),
  ];

  it.each([65_536, 3 * 65_536, 16 * 65_536])(
    "gives the same numbers bit for bit in blocks of %i pairs",
    async (blockPairs) => {
      const [own, usual] = await Promise.all([surveyed({ blockPairs }), surveyed({})]);
      expect(own).toEqual(usual);
    },
  );

  /** All that a survey says. */
  async function surveyed(options: { readonly blockPairs?: number }) {
    const { population } = await surveyBlocks(blocksOfArrays("x", layers), {
      random: createRandom(1),
      ...options,
    });
    const potentials = DEFAULT_POTENTIALS.map((name) => parsePotential(name));
    const say = ({ pairs, counts, measure }: Population) => ({
      pairs,
      counts,
      measures: measure(potentials),
    });
    return [population, ...population.groups().map(({ open }) => open())].map(say);
  }

  it("refuses blocks that would change the order of sums", async () => {
    const found = surveyBlocks(blocksOfArrays("x", layers), { random: createRandom(1), blockPairs: 1000 });
    await expect(found).rejects.toThrow(/expected a multiple of 65536 pairs a block, got 1000/);
  });

  it("counts every pair of both passes in its progress, never backwards", async () => {
    const events: { done: number; total: number }[] = [];
    await surveyBlocks(blocksOfArrays("x", layers), {
      random: createRandom(1),
      onProgress: (event) => events.push(event),
    });
    expect(events.at(-1)).toMatchObject({ done: 940_000, total: 940_000 });
    expect(events.map(({ done }) => done)).toEqual(events.map(({ done }) => done).sort((a, b) => a - b));
  });

  /** Arrays whose reader is told of every read. */
  function watched(onRead: (reads: number) => void): PairBlocks {
    const blocks = blocksOfArrays("x", layers);
    let reads = 0;
    const parts = blocks.parts.map((part) => ({
      ...part,
      final: {
        count: part.final.count,
        read: (start: number, end: number, options?: { signal?: AbortSignal | undefined }) => {
          onRead(++reads);
          return part.final.read(start, end, options);
        },
      },
    }));
    return { ...blocks, parts };
  }

  it.each([2, 5])("stops at the read after an abort during read %i", async (at) => {
    const abort = new AbortController();
    let last = 0;
    const blocks = watched((reads) => {
      last = reads;
      if (reads === at) abort.abort(new Error("stop"));
    });
    const found = surveyBlocks(blocks, { random: createRandom(1), signal: abort.signal });
    await expect(found).rejects.toThrow("stop");
    expect(last).toBe(at);
  });

  it("refuses pairs that change between the passes, in one sentence", async () => {
    const own = layerOf("w", 70_000, createRandom(13));
    const blocks = blocksOfArrays("x", [own]);
    const found = surveyBlocks(blocks, {
      random: createRandom(1),
      onProgress: ({ done }) => {
        if (done === 70_000) own.final[69_999] = Number.NaN;
      },
    });
    await expect(found).rejects.toThrow(
      /^x: expected the same pairs in the second pass, got 69999 usable in place of 70000 .*then try again$/,
    );
  });

  it("refuses ends of different lengths and too few pairs before the second pass", async () => {
    const [{ initial, final }] = layers;
    const uneven = blocksOfArrays("x", [{ name: "w", initial, final: final.subarray(1) }]);
    await expect(surveyBlocks(uneven, { random: createRandom(1) })).rejects.toThrow(
      /expected one final weight for each initial weight, got 399999 for 400000 \("w"\)/,
    );
    let passes = 0;
    const same = blocksOfArrays("x", [{ name: "w", initial, final: initial }]);
    const found = surveyBlocks(same, {
      random: createRandom(1),
      onProgress: ({ label }) => {
        if (label.includes("second")) passes++;
      },
    });
    await expect(found).rejects.toThrow(/expected weights that change/);
    expect(passes).toBe(0);
  });
});
