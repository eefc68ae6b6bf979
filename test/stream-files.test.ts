/** Files read a block at a time, in one thread and several: the same answers as from memory. */

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFileSource } from "../src/data/file-source.node.ts";
import { BLOCKS_MODULE, openReaders } from "../src/data/index.node.ts";
import { encodeNpy, encodeNpz, encodeSafetensors, readFile } from "../src/data/index.ts";
import { parsePotential } from "../src/geometry/index.ts";
import { workerLanes, workerThreads } from "../src/inference/index.node.ts";
import {
  infer,
  inferBlocks,
  inferPopulation,
  type PairBlocks,
  type Population,
  pairTensors,
  surveyBlocks,
} from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import type { NamedTensor, Tensor } from "../src/tensor.ts";

let folder = "";
const at = (name: string) => join(folder, name);

/** Weights before or after learning, as a matrix of a type. */
function matrixOf(
  dtype: "float64" | "float32" | "float16" | "bfloat16",
  rows: number,
  seed: number,
  isFinal: boolean,
): Tensor {
  const count = rows * 100;
  const data = dtype === "float64" ? new Float64Array(count) : new Float32Array(count);
  const random = createRandom(seed);
  for (let i = 0; i < count; i++) {
    const initial = (random.uniform() < 0.5 ? -0.5 : 0.5) * Math.exp(0.8 * random.normal());
    const change = 0.3 * random.normal();
    const kind = random.integer(100);
    data[i] = isFinal && kind > 3 ? initial * Math.exp(change) : initial;
    if (kind === 0 || (kind === 1 && isFinal)) data[i] = 0;
    if (kind === 2 && isFinal) data[i] = Number.NaN;
  }
  // The values are of the type's own array; the compiler does not follow the union.
  return { dtype, shape: [rows, 100], data } as Tensor;
}

const layers = (isFinal: boolean): NamedTensor[] => [
  { name: "embedding", tensor: matrixOf("float32", 3000, 1, isFinal) },
  { name: "half", tensor: matrixOf("float16", 900, 2, isFinal) },
  { name: "brain", tensor: matrixOf("bfloat16", 1500, 3, isFinal) },
  { name: "exact", tensor: matrixOf("float64", 40, 4, isFinal) },
];

const ENCODERS = {
  safetensors: encodeSafetensors,
  npz: (tensors: readonly NamedTensor[]) => encodeNpz(tensors.filter(({ name }) => /half|exact/.test(name))),
  npy: (tensors: readonly NamedTensor[]) => encodeNpy(tensors[0].tensor),
};
type Format = keyof typeof ENCODERS;
const FORMATS: readonly Format[] = ["safetensors", "npz", "npy"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-stream-"));
  for (const format of FORMATS) {
    for (const end of ["initial", "final"]) {
      writeFileSync(at(`${end}.${format}`), ENCODERS[format](layers(end === "final")));
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The blocks of two files, with every tensor or those named. */
async function openPair(
  initial: string,
  final: string,
): Promise<{ blocks: PairBlocks; close(): Promise<void> }> {
  const contents = await contentsOf(initial);
  const names = contents.map(({ name }) => name);
  const finalNames = (await contentsOf(final)).map(({ name }) => name);
  const settings = { initial: [{ path: initial, names }], final: [{ path: final, names: finalNames }] };
  const [first, last] = [await openReaders(settings.initial), await openReaders(settings.final)];
  const parts = first.readers.map((reader, k) => ({
    name: reader.name,
    initial: reader,
    final: last.readers[k],
  }));
  return {
    blocks: { source: "files", parts, reopening: { module: BLOCKS_MODULE, ...settings } },
    close: async () => {
      await first.close();
      await last.close();
    },
  };
}

async function contentsOf(path: string): Promise<readonly NamedTensor[]> {
  const source = await openFileSource(path);
  const contents = await readFile(source).finally(source.close);
  return contents.kind === "tensors" ? contents.tensors : [];
}

const potentials = ["negative-entropy", "1.5-norm", "2-norm", "2.5-norm", "3-norm", "affine:2"].map((name) =>
  parsePotential(name),
);

/** All that a survey says, with its groups. */
function sayings(population: Population) {
  const say = ({ pairs, counts, measure }: Population) => ({ pairs, counts, measures: measure(potentials) });
  return [population, ...population.groups().map(({ open }) => open())].map(say);
}

describe("files read a block at a time", () => {
  it.each(FORMATS)(
    "%s: the exponent of the tensors in memory bit for bit, ΔCDF to one weight's cell",
    async (format) => {
      const { blocks, close } = await openPair(at(`initial.${format}`), at(`final.${format}`));
      const streamed = await inferBlocks(blocks, { random: createRandom(1) }).finally(close);
      const { pairs } = pairTensors(
        await contentsOf(at(`initial.${format}`)),
        await contentsOf(at(`final.${format}`)),
        {
          source: "files",
        },
      );
      const whole = infer(pairs, { random: createRandom(1) });
      const { potentials: scores, groups, ...rest } = streamed;
      const { potentials: wholeScores, groups: wholeGroups, ...wholeRest } = whole;
      expect(rest).toEqual(wholeRest);
      expect(groups.map(({ exponent, verdict }) => ({ exponent, verdict }))).toEqual(
        wholeGroups.map(({ exponent, verdict }) => ({ exponent, verdict })),
      );
      for (const [k, score] of scores.entries()) {
        // One grid step for each of two weights at a boundary, and rounding of a thousand sums.
        const allowed = 0.02002 / whole.pairs.used + 1e-12;
        expect(Math.abs((score.deltaCdf ?? 9) - (wholeScores[k].deltaCdf ?? 0)), score.name).toBeLessThan(
          allowed,
        );
      }
    },
  );

  it("in 2 and 3 threads and in other blocks: the same numbers bit for bit as in one", async () => {
    const { blocks, close } = await openPair(at("initial.safetensors"), at("final.safetensors"));
    const survey = async (threads: number, blockPairs: number) =>
      sayings(
        (
          await surveyBlocks(blocks, {
            random: createRandom(1),
            potentials,
            blockPairs,
            openLanes: workerLanes({ threads }),
          })
        ).population,
      );
    try {
      const one = await survey(1, 2 ** 18);
      expect(await survey(2, 2 ** 18)).toEqual(one);
      expect(await survey(3, 2 ** 16)).toEqual(one);
    } finally {
      await close();
    }
  });

  it("in 1, 2 and 3 threads: the same fit of the whole and of each group bit for bit", async () => {
    const { blocks, close } = await openPair(at("initial.safetensors"), at("final.safetensors"));
    const fitIn = async (threads: number) => {
      const { openLanes, beginLikelihood, close: end } = workerThreads({ threads });
      const options = { random: createRandom(1), potentials, openLanes, beginLikelihood };
      const survey = await surveyBlocks(blocks, options);
      try {
        return inferPopulation(survey.population, options);
      } finally {
        await end();
      }
    };
    try {
      const one = await fitIn(1);
      expect(one.groups).toHaveLength(4);
      expect(await fitIn(2)).toEqual(one);
      expect(await fitIn(3)).toEqual(one);
    } finally {
      await close();
    }
  });

  it.each([1, 2])("an abort in the middle ends %i threads with its reason", async (threads) => {
    const { blocks, close } = await openPair(at("initial.safetensors"), at("final.safetensors"));
    const abort = new AbortController();
    let last = 0;
    const survey = surveyBlocks(blocks, {
      random: createRandom(1),
      blockPairs: 2 ** 16,
      openLanes: workerLanes({ threads }),
      signal: abort.signal,
      onProgress: ({ done }) => {
        last = done;
        abort.abort(new Error("enough"));
      },
    });
    await expect(survey).rejects.toThrow("enough");
    // Each thread has two blocks in hand.
    expect(last).toBeLessThanOrEqual((1 + 2 * threads) * 2 ** 16);
    await close();
  });

  it.each([1, 2])("a file cut short between the passes gives one sentence in %i threads", async (threads) => {
    for (const end of ["initial", "final"])
      writeFileSync(at(`cut-${end}.npy`), encodeNpy(layers(end === "final")[0].tensor));
    const { blocks, close } = await openPair(at("cut-initial.npy"), at("cut-final.npy"));
    const survey = surveyBlocks(blocks, {
      random: createRandom(1),
      openLanes: workerLanes({ threads }),
      onProgress: ({ done, total }) => {
        if (2 * done === total) truncateSync(at("cut-final.npy"), 1000);
      },
    });
    const sentence =
      /^file ".*cut-final\.npy": expected 1200128 bytes, got \d+ \(it became shorter while it was read\); wait until it is written, then try again$/;
    await expect(survey).rejects.toThrow(sentence);
    await expect(survey).rejects.toMatchObject({ name: "InputError", code: "file-changed" });
    await close();
  });

  it("a signal is listened to once, however many threads", async () => {
    const { blocks, close } = await openPair(at("initial.npy"), at("final.npy"));
    const { signal } = new AbortController();
    let listeners = 0;
    const listen = signal.addEventListener.bind(signal);
    signal.addEventListener = (...words: Parameters<typeof listen>) => {
      listeners++;
      listen(...words);
    };
    await surveyBlocks(blocks, { random: createRandom(1), signal, openLanes: workerLanes({ threads: 3 }) });
    expect(listeners).toBe(1);
    await close();
  });

  it("a thread that ends early fails the survey and does not leave it waiting", async () => {
    const { blocks, close } = await openPair(at("initial.npy"), at("final.npy"));
    const module = `data:text/javascript,
      const reader = { count: 300000, read() { process.exit(3); } };
      export const openReaders = async () => ({ readers: [reader], async close() {} });`;
    const ending = { ...blocks, reopening: { module, initial: null, final: null } };
    const survey = surveyBlocks(ending, { random: createRandom(1), openLanes: workerLanes({ threads: 2 }) });
    await expect(survey).rejects.toThrow("worker thread ended early (3)");
    await close();
  });

  it("a file that is gone when the threads open it gives one sentence", async () => {
    const { blocks, close } = await openPair(at("initial.npy"), at("final.npy"));
    const { reopening } = blocks;
    if (reopening === null) throw new Error("no reopening");
    const gone = {
      ...blocks,
      reopening: { ...reopening, final: [{ path: at("gone.npy"), names: ["final"] }] },
    };
    const survey = surveyBlocks(gone, { random: createRandom(1), openLanes: workerLanes({ threads: 2 }) });
    await expect(survey).rejects.toThrow(/gone\.npy": expected a readable file, got none at this path/);
    await close();
  });
});
