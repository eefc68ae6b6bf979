import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import type { NamedTensor } from "../tensor.ts";
import { matchesGlob, type PairTensorOptions, pairTensors } from "./pair.ts";

const runs = { seed: 19700101, numRuns: 300 };
const options = (more: Partial<PairTensorOptions> = {}): PairTensorOptions => ({ source: "run", ...more });

/** A float32 tensor that counts up from `first`. */
function floats(name: string, shape: readonly number[], first = 1): NamedTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    name,
    tensor: { dtype: "float32", shape, data: Float32Array.from({ length }, (_, i) => first + i) },
  };
}

describe("pairTensors", () => {
  it("pairs a single tensor on each side whatever its name, without copying it", () => {
    const [before, after] = [floats("before", [2, 2]), floats("after", [2, 2], 5)];
    const { pairs, used, leftOut } = pairTensors([before], [after], options());
    expect(pairs).toEqual({
      source: "run",
      initial: Float32Array.of(1, 2, 3, 4),
      final: Float32Array.of(5, 6, 7, 8),
      group: null,
      cluster: null,
      repeat: null,
    });
    expect(pairs.initial).toBe(before.tensor.data);
    expect(used).toEqual(["before"]);
    expect(leftOut).toEqual([]);
  });

  it("pairs several by name, in the initial order, each a group", () => {
    const initial = [floats("fc.weight", [1, 2]), floats("rnn.weight", [1, 3], 10)];
    const final = [floats("rnn.weight", [1, 3], 20), floats("fc.weight", [1, 2], 5)];
    const { pairs, used } = pairTensors(initial, final, options());
    expect(used).toEqual(["fc.weight", "rnn.weight"]);
    expect(pairs.initial).toEqual(Float64Array.of(1, 2, 10, 11, 12));
    expect(pairs.final).toEqual(Float64Array.of(5, 6, 20, 21, 22));
    expect(pairs.group).toEqual({ names: ["fc.weight", "rnn.weight"], index: Int32Array.of(0, 0, 1, 1, 1) });
  });

  it("has no group where one matrix of several tensors is left", () => {
    const tensors = [floats("w", [2, 2]), floats("b", [2])];
    const { pairs, used, leftOut } = pairTensors(tensors, tensors, options());
    expect(used).toEqual(["w"]);
    expect(pairs.group).toBeNull();
    expect(leftOut).toEqual([
      { name: "b", reason: "1 axes: a bias or a normalisation, not a weight matrix" },
    ]);
  });

  it("lists what it leaves out, each with its reason: biases, integers, names on one side only", () => {
    const steps: NamedTensor = {
      name: "steps",
      tensor: { dtype: "int64", shape: [1, 1], data: BigInt64Array.of(7n) },
    };
    const { used, leftOut } = pairTensors(
      [floats("w", [2, 2]), floats("b", [2]), steps, floats("old", [2, 2])],
      [floats("w", [2, 2]), floats("b", [2]), steps, floats("new", [2, 2])],
      options(),
    );
    expect(used).toEqual(["w"]);
    expect(Object.fromEntries(leftOut.map(({ name, reason }) => [name, reason]))).toEqual({
      b: expect.stringContaining("bias"),
      steps: "int64, not a weight",
      old: "only in the initial file",
      new: "only in the final file",
    });
  });

  it.each(["float64", "float32", "float16", "bfloat16"] as const)(
    "takes a matrix of %s for weights",
    (dtype) => {
      const data = dtype === "float64" ? Float64Array.of(1, 2) : Float32Array.of(1, 2);
      // The values are of the type's own array; the compiler does not follow the union.
      const named = (name: string) => ({ name, tensor: { dtype, shape: [1, 2], data } }) as NamedTensor;
      const tensors = [named("a"), named("b")];
      expect(pairTensors(tensors, tensors, options()).used).toEqual(["a", "b"]);
    },
  );

  it("takes what --include names, biases and integers too, and never what --exclude names", () => {
    const big: NamedTensor = {
      name: "n",
      tensor: { dtype: "int64", shape: [2], data: BigInt64Array.of(3n, -4n) },
    };
    const tensors = [floats("a.weight", [1, 2]), floats("a.bias", [2]), floats("b.weight", [1, 2]), big];
    const names = (more: Partial<PairTensorOptions>) => pairTensors(tensors, tensors, options(more)).used;
    expect(names({ include: ["a.*"] })).toEqual(["a.weight", "a.bias"]);
    expect(names({ include: ["*"], exclude: ["*.bias", "n"] })).toEqual(["a.weight", "b.weight"]);
    expect(names({ exclude: ["b.*"] })).toEqual(["a.weight"]);
    expect(pairTensors(tensors, tensors, options({ include: ["n"] })).pairs.initial).toEqual(
      Float64Array.of(3, -4),
    );
  });

  it("refuses two shapes, with both and the name", async () => {
    const { code, message } = await refusal(() =>
      pairTensors([floats("w", [2, 3])], [floats("w", [3, 2])], options()),
    );
    expect(code).toBe("shapes-differ");
    expect(message).toBe(
      'run: expected initial and final of one shape, got [2,3] and [3,2] (tensor "w"); give the same layer before and after learning',
    );
    const [initial, final] = [
      [floats("a", [2, 2]), floats("w", [4, 1])],
      [floats("a", [2, 2]), floats("w", [1, 4])],
    ];
    const { used, leftOut } = pairTensors(initial, final, options());
    expect(used).toEqual(["a"]);
    expect(leftOut).toEqual([{ name: "w", reason: "shape [4,1] initially and [1,4] finally" }]);
  });

  it("takes a single tensor for the other's, whatever the names, unless by name or against --include", async () => {
    const [initial, final] = [[floats("x", [2, 2])], [floats("y", [2, 2])]];
    expect(pairTensors(initial, final, options()).used).toEqual(["x"]);
    const codeOf = async (more: Partial<PairTensorOptions>) =>
      (await refusal(() => pairTensors(initial, final, options(more)))).code;
    expect(await codeOf({ byName: true })).toBe("no-common-tensors");
    expect(await codeOf({ include: ["z*"] })).toBe("no-common-tensors");
    expect(pairTensors(initial, initial, options({ byName: true })).used).toEqual(["x"]);
  });

  it("refuses files without a common tensor, with the names in both and the nearest", async () => {
    const [initial, final] = [
      [floats("weight_hh", [2, 2]), floats("b", [2])],
      [floats("weight_h", [2, 2]), floats("c", [2])],
    ];
    const { code, message } = await refusal(() => pairTensors(initial, final, options()));
    expect(code).toBe("no-common-tensors");
    expect(message).toContain("weight_hh, b initially and weight_h, c finally");
    expect(message).toContain("nearest to weight_hh is weight_h");
    expect(message).toContain("only in the initial file");
    const empty = await refusal(() => pairTensors([], [], options()));
    expect(empty.message).toContain("got none initially and none finally");
    const excluded = await refusal(() => pairTensors(initial, initial, options({ exclude: ["*"] })));
    expect(excluded.message).toContain("excluded");
  });
});

describe("matchesGlob", () => {
  it("lets * stand for any run of characters and ? for one", () => {
    expect(matchesGlob("layer1.0.weight", "layer1.*")).toBe(true);
    expect(matchesGlob("layer1.0.weight", "*.weight")).toBe(true);
    expect(matchesGlob("layer1.0.weight", "layer?.0.weight")).toBe(true);
    expect(matchesGlob("layer12.0.weight", "layer?.0.weight")).toBe(false);
    expect(matchesGlob("weight", "*")).toBe(true);
    expect(matchesGlob("", "*")).toBe(true);
    expect(matchesGlob("a\nb", "a*b")).toBe(true);
    expect(matchesGlob("xweight", "weight")).toBe(false);
    expect(matchesGlob("weightx", "weight")).toBe(false);
  });

  it.each([
    ".",
    "+",
    "^",
    "$",
    "{",
    "}",
    "(",
    ")",
    "|",
    "[",
    "]",
    "\\",
    "/",
    "-",
    "a{2}",
    "(?=x)",
    "[^a]",
    "\\d",
    "x|y",
    "^$",
  ])("takes %s for itself, not as part of a regular expression", (text) => {
    expect(matchesGlob(text, text.replaceAll("?", "?"))).toBe(true);
    expect(matchesGlob(`w${text}`, `w${text}`)).toBe(true);
    expect(matchesGlob("waa", `w${text}`)).toBe(false);
    expect(matchesGlob("w5", `w${text}`)).toBe(false);
  });

  it("without wildcards matches a name if and only if it is that name", () => {
    const name = fc.string({ unit: "binary-ascii", maxLength: 12 }).map((text) => text.replace(/[*?]/g, "."));
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(matchesGlob(a, a)).toBe(true);
        expect(matchesGlob(a, b)).toBe(a === b);
        expect(matchesGlob(a + b, `${a}*`)).toBe(true);
        expect(matchesGlob(a + b, `*${b}`)).toBe(true);
      }),
      runs,
    );
  });
});
