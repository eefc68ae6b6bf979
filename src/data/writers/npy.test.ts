import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/byte-sources.ts";
import { fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import type { NamedTensor } from "../../tensor.ts";
import { bytesSource } from "../byte-source.ts";
import { readNpy } from "../readers/npy.ts";
import { readNpyHeader } from "../readers/npy-header.ts";
import { readNpz } from "../readers/npz.ts";
import { encodeNpy, encodeNpz } from "./npy.ts";

const vector = { dtype: "float64", shape: [2], data: Float64Array.of(1, 2) } as const;

describe("encodeNpy", () => {
  it("writes numpy's own bytes wherever numpy writes C order, little-endian, version 1.0", async () => {
    let compared = 0;
    for (const name of fixtureNames(".npy")) {
      const bytes = fixtureBytes(`${name}.npy`);
      const source = bytesSource(name, bytes);
      const header = await readNpyHeader(source);
      if (header.fortranOrder || !header.littleEndian || header.version !== "1.0") continue;
      expect(encodeNpy(await readNpy(source))).toEqual(bytes);
      compared++;
    }
    expect(compared).toBe(17);
  });

  it("refuses values that are not as many as the shape says", async () => {
    const error = await refusal(() => encodeNpy({ ...vector, shape: [3] }));
    expect(error).toMatchObject({ name: "InputError", code: "shape-mismatch" });
  });
});

describe("encodeNpz", () => {
  it("is read back as it was, whatever the names and values", async () => {
    const name = fc.string({ unit: fc.constantFrom("a", "0", ".", "/", "é", "_") });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.float32Array(),
        async (names, data) => {
          const tensors: NamedTensor[] = names.map((each) => ({
            name: each,
            tensor: { dtype: "float32", shape: [data.length], data },
          }));
          const { tensors: back } = await readNpz(bytesSource("a.npz", encodeNpz(tensors)));
          expect(back).toEqual(tensors);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("gives the same bytes whenever and wherever it runs", () => {
    const { TZ } = process.env;
    const bytes = ["UTC", "Pacific/Auckland", "America/Los_Angeles"].map((zone) => {
      process.env.TZ = zone;
      return encodeNpz([{ name: "w", tensor: vector }]);
    });
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
    expect(bytes[1]).toEqual(bytes[0]);
    expect(bytes[2]).toEqual(bytes[0]);
    // Bytes 10 to 13 of the first header: time 0, and day 1 of month 1 of year 0 since 1980.
    expect([...bytes[0].subarray(10, 14)]).toEqual([0, 0, 33, 0]);
  });

  it("refuses a name given twice", async () => {
    const twice = [
      { name: "w", tensor: vector },
      { name: "w", tensor: vector },
    ];
    expect((await refusal(() => encodeNpz(twice))).code).toBe("duplicate-name");
  });
});
