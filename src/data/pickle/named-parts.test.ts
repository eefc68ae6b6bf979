import { describe, expect, it } from "vitest";
import { latin1, refusal } from "../../../test/byte-sources.ts";
import { bytesSource } from "../byte-source.ts";
import { checkpointNames } from "../readers/torch-legacy.ts";
import { readPickle } from "./machine.ts";
import { namedParts } from "./named-parts.ts";
import type { PickleValue } from "./values.ts";

const where = 'torch "w.pt"';
const root = (value: PickleValue) => ({ value, name: "w", isPrefix: false });
const unpickled = async (pickle: string) => {
  const { value } = await readPickle(
    bytesSource("w.pt", latin1(pickle)),
    0,
    { where, names: checkpointNames() },
    {},
  );
  return root(value);
};

describe("namedParts", () => {
  it("joins keys and positions by dots", async () => {
    const { texts } = namedParts(
      where,
      await unpickled("}(U\x01a}U\x01b](K\x01](K\x02}U\x01cNseesK\x07U\x01xu."),
    );
    expect(texts).toEqual([
      ["a.b.0", "1"],
      ["a.b.1.0", "2"],
      ["a.b.1.1.c", "None"],
      ["7", "x"],
    ]);
  });

  it("shows lists of plain values, and dicts of many, as one text", async () => {
    const { texts } = namedParts(
      where,
      await unpickled("}(U\x01a](K\x01G?\xe0\x00\x00\x00\x00\x00\x00NeU\x01b)U\x01c}u."),
    );
    expect(texts).toEqual([
      ["a", "[1, 0.5, None]"],
      ["b", "()"],
      ["c", "{}"],
    ]);
    const words = Array.from({ length: 33 }, (_, k) => `K${String.fromCharCode(k)}N`).join("");
    expect(namedParts(where, await unpickled(`}U\x01v}(${words}us.`)).texts).toEqual([
      ["v", "{0: None, 1: None, 2: None, 3: None, 4: None, 5: None, … (33 in all)}"],
    ]);
  });

  it.each([
    ["a list inside itself", "]q\x00h\x00a.", "UnsupportedError", "pickle-depth"],
    [
      "a thousand dicts within each other",
      `${"}U\x01a".repeat(1000)}N${"s".repeat(1000)}.`,
      "UnsupportedError",
      "pickle-depth",
    ],
    [
      "thirty lists that each hold the one before twice, two to the thirtieth in all",
      `]${Array.from({ length: 30 }, (_, k) => `q${String.fromCharCode(k)}0](h${String.fromCharCode(k)}h${String.fromCharCode(k)}e`).join("")}.`,
      "UnsupportedError",
      "too-large",
    ],
    [
      "names of more than a thousand characters",
      `}X\xe9\x03\x00\x00${"n".repeat(1001)}Ns.`,
      "InputError",
      "bad-pickle",
    ],
    [
      "long names within each other",
      `${`}U\xf0${"n".repeat(240)}`.repeat(5)}N${"s".repeat(5)}.`,
      "InputError",
      "bad-pickle",
    ],
    ["a key that reads like a nested dict", "}(U\x03a.bNU\x01a}U\x01bNsu.", "InputError", "duplicate-name"],
    ["a number and a text that read alike", "}(K\x01NU\x011Nu.", "InputError", "duplicate-name"],
    [
      "an array that was never filled",
      "cnumpy.core.multiarray\n_reconstruct\n)R.",
      "InputError",
      "bad-pickle",
    ],
  ])("refuses %s", async (_, pickle, name, code) => {
    const value = await unpickled(pickle);
    const error = await refusal(() => namedParts(where, value));
    expect(error).toMatchObject({ name, code });
    expect(error.message.length).toBeLessThan(500);
  });

  it("refuses a long list that is noted once and held two thousand times", async () => {
    const long = `](${"N".repeat(5000)}eq\x00`;
    const value = await unpickled(`](${long}0${"h\x00".repeat(2000)}e.`);
    expect(await refusal(() => namedParts(where, value))).toMatchObject({ code: "too-large" });
  });
});
