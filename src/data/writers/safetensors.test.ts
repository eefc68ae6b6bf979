import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/byte-sources.ts";
import { fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import type { NamedTensor } from "../../tensor.ts";
import { bytesSource } from "../byte-source.ts";
import { safetensorsReader } from "../readers/safetensors.ts";
import { encodeSafetensors } from "./safetensors.ts";

async function readBack(bytes: Uint8Array) {
  const contents = await safetensorsReader.read(bytesSource("a.safetensors", bytes));
  return contents.kind === "tensors" ? contents : expect.fail("expected tensors, got a table");
}

const one: NamedTensor = { name: "w", tensor: { dtype: "uint8", shape: [1], data: Uint8Array.of(7) } };

describe("encodeSafetensors", () => {
  it("writes the header compact, padded with blanks to a multiple of 8, then the values", () => {
    const header = '{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    expect(Buffer.from(encodeSafetensors([one])).toString("latin1")).toBe(
      `8\0\0\0\0\0\0\0${header.padEnd(56)}\x07`,
    );
  });

  it("writes the fixtures again byte for byte, whose header is compact and in the order of the values", async () => {
    let compared = 0;
    for (const name of fixtureNames(".safetensors", "safetensors")) {
      if (name === "blanks-and-escapes" || name === "values-in-another-order") continue;
      const bytes = fixtureBytes(`${name}.safetensors`, "safetensors");
      const { tensors, metadata } = await readBack(bytes);
      expect(encodeSafetensors(tensors, metadata)).toEqual(bytes);
      compared++;
    }
    expect(compared).toBe(4);
  });

  it("is read back as it was, whatever the names, values and metadata", async () => {
    const name = fc.string({ unit: fc.constantFrom("a", "0", "7", '"', "\\", "é", "{", "\n") });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 4 }),
        fc.float32Array(),
        fc.dictionary(name, name),
        async (names, data, metadata) => {
          const tensors: NamedTensor[] = names.map((each) => ({
            name: each,
            tensor: { dtype: "float32", shape: [data.length, 1], data },
          }));
          const bytes = encodeSafetensors(tensors, metadata);
          const back = await readBack(bytes);
          expect(back.tensors).toEqual(tensors);
          expect(back.metadata).toEqual(metadata);
          expect((bytes.length - 4 * data.length * names.length) % 8).toBe(0);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it("rounds the half-width types to their nearest numbers", async () => {
    const data = Float32Array.of(0.1, 1e-6, 70000);
    const tensors: NamedTensor[] = [
      { name: "half", tensor: { dtype: "float16", shape: [3], data } },
      { name: "brain", tensor: { dtype: "bfloat16", shape: [3], data } },
    ];
    const back = (await readBack(encodeSafetensors(tensors))).tensors.map(({ tensor }) => [...tensor.data]);
    expect(back).toEqual([
      [0.0999755859375, 17 * 2 ** -24, Number.POSITIVE_INFINITY],
      [0.10009765625, 134 * 2 ** -27, 70144],
    ]);
  });

  it.each([
    ["a name given twice", "duplicate-name", [one, one]],
    ["the name of the metadata", "reserved-name", [{ ...one, name: "__metadata__" }]],
    [
      "values that do not fit the shape",
      "shape-mismatch",
      [{ ...one, tensor: { ...one.tensor, shape: [2] } }],
    ],
  ])("refuses %s", async (_, code, tensors) => {
    // The spread loses the tie between dtype and data, which is kept.
    const error = await refusal(() => encodeSafetensors(tensors as NamedTensor[]));
    expect(error).toMatchObject({ name: "InputError", code });
  });
});
