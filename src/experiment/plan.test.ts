import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { canonicalJson, expandPlan, flatSettings, PLAN_SCHEMA, parsePlan, valueAt } from "./plan.ts";

const parsed = (parts: object) =>
  parsePlan({ schema: PLAN_SCHEMA, name: "a", kind: "train", ...parts }, 'plan "a"');
const expanded = (parts: object) => expandPlan(parsed(parts), 'plan "a"');
const settingsOf = (parts: object) => {
  const { count, variation } = expanded(parts);
  return Array.from({ length: count }, (_, k) => variation(k).settings);
};
const refusal = (parts: object) => {
  try {
    return settingsOf(parts);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
};

describe("a plan", () => {
  it("crosses each value with each, the last path fastest, beside what is fixed", () => {
    expect(
      settingsOf({ settings: { task: { inputs: 5 } }, cross: { "task.samples": [1, 2], seed: [7, 8] } }),
    ).toEqual([
      { task: { inputs: 5, samples: 1 }, seed: 7 },
      { task: { inputs: 5, samples: 1 }, seed: 8 },
      { task: { inputs: 5, samples: 2 }, seed: 7 },
      { task: { inputs: 5, samples: 2 }, seed: 8 },
    ]);
  });

  it("keeps together what goes together, and crosses it with the rest", () => {
    const together = [
      { a: 1, b: 10 },
      { a: 2, b: 20 },
    ];
    expect(settingsOf({ together, cross: { seed: [1, 2] } })).toEqual([
      { a: 1, b: 10, seed: 1 },
      { a: 1, b: 10, seed: 2 },
      { a: 2, b: 20, seed: 1 },
      { a: 2, b: 20, seed: 2 },
    ]);
    expect(expanded({ together, cross: { seed: [1, 2] } }).paths).toEqual(["a", "b", "seed"]);
  });

  it("without anything that varies is one run", () => {
    expect(settingsOf({ settings: { seed: 1 } })).toEqual([{ seed: 1 }]);
  });

  it.each([
    [{ from: 1, to: 4 }, [1, 2, 3, 4]],
    [{ from: 0.1, to: 0.5, step: 0.2 }, [0.1, 0.3, 0.5]],
    [{ from: 0, to: 1, count: 5 }, [0, 0.25, 0.5, 0.75, 1]],
    [{ from: 1e-5, to: 1e-1, count: 5, spacing: "logarithmic" }, [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]],
  ])("reads the range %j as %j", (range, values) => {
    expect(settingsOf({ cross: { x: range } }).map(({ x }) => x)).toEqual(values);
  });

  it.each([
    [{ name: "a/b" }, /^plan "a": expected a name of letters/],
    [{ sead: 1 }, /^plan "a": expected only known keys, got "sead"/],
    [{ cross: { x: [] } }, /expected a list of 1 or more, got \[\] \("cross.x"\)/],
    [{ cross: { x: { from: 2, to: 1 } } }, /expected from ≤ to, got 2 and 1 \("cross.x"\); swap them/],
    [{ cross: { x: { from: 0, to: 1, count: 3, spacing: "logarithmic" } } }, /expected from > 0 .* got 0/],
    [{ cross: { x: { from: 1, to: 9, spacing: "linear" } } }, /expected count beside spacing, got none/],
    [{ cross: { x: { from: 1, to: 9, step: 2, count: 3 } } }, /expected count or step, got both/],
    [{ cross: { x: { from: 0, to: 1, step: 1e-9 } } }, /expected at most 1000000 values, got 1000000000/],
    [
      { cross: { a: { from: 1, to: 2000 }, b: { from: 1, to: 2000 } } },
      /at most 1,000,000 runs, got 4,000,000/,
    ],
    [{ cross: { "a.b": [1], a: [2] } }, /expected every path once, got "a" beside "a.b"/],
    [
      { together: [{ a: 1 }, { b: 1 }] },
      /expected the settings of "together\[0\]" \(a\), got no "a" \("together\[1\]"\)/,
    ],
    [
      { settings: { rate: 1 }, cross: { "rate.search": [1] } },
      /expected an object on the way to "rate.search", got 1/,
    ],
  ])("refuses %j", (parts, sentence) => {
    expect(refusal(parts)).toMatch(sentence);
  });

  it("lets no path reach the prototype of objects", () => {
    const [settings] = settingsOf({ cross: { "__proto__.polluted": [1] } });
    expect(Object.keys(settings)).toEqual(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("settings as text", () => {
  it("are the same JSON in any order of keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    );
  });

  it("are found by dotted path, own keys only", () => {
    expect(valueAt({ a: { b: 3 } }, "a.b")).toBe(3);
    expect(valueAt({ a: {} }, "a.constructor")).toBeUndefined();
  });

  it("lie flat as cells, lists as their JSON", () => {
    expect(flatSettings({ a: { b: 1, c: [1, 2] }, d: null })).toEqual({ "a.b": 1, "a.c": "[1,2]", d: null });
  });
});
