import { describe, expect, it } from "vitest";
import { recordingSource, sourceInFolder, textSource } from "../../test/byte-sources.ts";
import { dict, floats, tensor, zipCheckpoint } from "../../test/checkpoints.ts";
import { fixtureBytes, fixtureNames } from "../../test/fixture-files.ts";
import { torchFixtures } from "../../test/torch-fixtures.ts";
import { toFloats } from "../tensor.ts";
import { openBlocks, type TensorBlocks } from "./blocks.ts";
import { bytesSource } from "./byte-source.ts";
import { readFile } from "./readers.ts";
import { encodeNpy } from "./writers/npy.ts";
import { encodeSafetensors } from "./writers/safetensors.ts";

async function opened(name: string, bytes: Uint8Array) {
  const file = await openBlocks(bytesSource(name, bytes));
  if (file === null) throw new Error(`${name}: expected tensors`);
  return file;
}

/** All values of a tensor, three at a time. */
async function readInPieces({ count, read }: TensorBlocks): Promise<number[]> {
  const values: number[] = [];
  for (let start = 0; start < count; start += 3)
    values.push(...(await read(start, Math.min(count, start + 3))));
  return values;
}

const files = [
  ...fixtureNames(".npy").map((name) => ({ name: `${name}.npy`, folder: "npy" })),
  ...fixtureNames(".npz").map((name) => ({ name: `${name}.npz`, folder: "npy" })),
  ...fixtureNames(".safetensors", "safetensors").map((name) => ({
    name: `${name}.safetensors`,
    folder: "safetensors",
  })),
  ...torchFixtures.filter((name) => !/\.np[yz]$/.test(name)).map((name) => ({ name, folder: "torch" })),
];

/** Tensors of checkpoints whose values do not follow each other. */
const views =
  /^(beside\S+ fortran|old\S+ w|views\S+ (transposed|column|block|steps|permuted|swapped|expanded|wide|bytes))$/;

describe("openBlocks", () => {
  it.each(files)(
    "$name in pieces is what it is as a whole, or says why it cannot be",
    async ({ name, folder }) => {
      const bytes = fixtureBytes(name, folder);
      const whole = await readFile(bytesSource(name, bytes)).catch((error: unknown) => error);
      if (whole instanceof Error) {
        await expect(opened(name, bytes)).rejects.toThrow(whole.message);
        return;
      }
      // Read above: contents and no error.
      const contents = whole as Awaited<ReturnType<typeof readFile>>;
      if (contents.kind !== "tensors") throw new Error(`${name}: expected tensors`);
      const file = await opened(name, bytes);
      expect(file.leftOut).toEqual(contents.leftOut);
      expect(file.tensors.map((tensor) => tensor.name)).toEqual(
        contents.tensors.map((tensor) => tensor.name),
      );
      for (const [k, blocks] of file.tensors.entries()) {
        const { tensor } = contents.tensors[k];
        expect({ dtype: blocks.dtype, shape: blocks.shape }).toEqual({
          dtype: tensor.dtype,
          shape: tensor.shape,
        });
        const isCompressed = /compressed|deflated/.test(name);
        const isTurned = name.startsWith("fortran") || name.includes("-fortran");
        if (isCompressed) expect(blocks.obstacle).toBe("compressed");
        else if (views.test(`${name} ${blocks.name}`)) expect(blocks.obstacle).toBe("an order of its own");
        else if (isTurned) expect(blocks.obstacle).toBe("Fortran order");
        else {
          expect(blocks.obstacle).toBeNull();
          const values = await toFloatsOrRefusal(() => toFloats(tensor));
          if (values instanceof Error) await expect(readInPieces(blocks)).rejects.toThrow("at most 2^53");
          else expect(await readInPieces(blocks)).toEqual(Array.from(values));
        }
      }
    },
  );

  async function toFloatsOrRefusal(convert: () => ArrayLike<number>): Promise<ArrayLike<number> | Error> {
    try {
      return convert();
    } catch (error) {
      if (error instanceof Error) return error;
      throw error;
    }
  }

  it("reads no value when it opens, and no more than the range that is asked for", async () => {
    const bytes = encodeNpy({ dtype: "float32", shape: [50_000], data: new Float32Array(50_000) });
    const { source, reads } = recordingSource("w.npy", bytes);
    const file = await openBlocks(source);
    expect(Math.max(...reads.map(({ end }) => end))).toBeLessThanOrEqual(256);
    const before = reads.length;
    const abort = new AbortController();
    await file?.tensors[0].read(1000, 1500, { signal: abort.signal });
    expect(reads.slice(before)).toEqual([{ start: 128 + 4000, end: 128 + 6000, signal: abort.signal }]);
  });

  it("takes a vector in Fortran order, which is its only order", async () => {
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 1), }";
    const bytes = new Uint8Array(128 + 12);
    bytes.set(encodeNpy({ dtype: "float32", shape: [3, 1], data: Float32Array.of(1, 2, 3) }));
    bytes.set(new TextEncoder().encode(header.padEnd(117)), 10);
    const { tensors } = await opened("w.npy", bytes);
    expect(tensors[0].obstacle).toBeNull();
    expect(await readInPieces(tensors[0])).toEqual([1, 2, 3]);
  });

  it("reads a model cut into several files from each of them, and says what lies beyond the index", async () => {
    const named = (name: string, first: number) => ({
      name,
      tensor: { dtype: "float32" as const, shape: [3], data: Float32Array.of(first, first + 1, first + 2) },
    });
    const source = sourceInFolder("m.safetensors.index.json", {
      "m.safetensors.index.json": new TextEncoder().encode(
        JSON.stringify({ weight_map: { b: "2.safetensors", a: "1.bin" } }),
      ),
      "1.bin": zipCheckpoint(dict({ a: tensor() }), { 0: floats(6) }),
      "2.safetensors": encodeSafetensors([named("b", 7), named("beyond", 9)]),
    });
    const file = await openBlocks(source);
    expect(file).toMatchObject({ kind: "tensors", format: "sharded", leftOut: [{ name: "beyond" }] });
    const values = await Promise.all((file?.tensors ?? []).map(readInPieces));
    expect(file?.tensors.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(values).toEqual([
      [7, 8, 9],
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  it("is null for a table, which it does not read", async () => {
    expect(await openBlocks(textSource("a,b\n1,2\n"))).toBeNull();
  });
});
