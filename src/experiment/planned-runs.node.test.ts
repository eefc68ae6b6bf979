import { describe, expect, it } from "vitest";
import { PLAN_SCHEMA, parsePlan } from "./plan.ts";
import { planRuns, runId } from "./planned-runs.node.ts";

const planned = (parts: object) =>
  planRuns(
    parsePlan(
      { schema: PLAN_SCHEMA, name: "a", kind: "train", settings: { preset: "r-of-k" }, ...parts },
      "plan",
    ),
    "plan",
  );

describe("planned runs", () => {
  it("have the same id in every plan that comes to the same settings", async () => {
    const [short, long] = [
      await planned({ cross: { "geometry.potential": ["eg"], seed: [3] } }),
      await planned({ cross: { seed: [3], "geometry.potential": ["negative-entropy"] }, name: "b" }),
    ];
    expect(short.ids).toEqual(long.ids);
    const { settings: whole, varied } = await short.runAt(0);
    const again = await planned({ settings: whole });
    expect(again.ids).toEqual(short.ids);
    expect(varied).toEqual({ "geometry.potential": "negative-entropy", seed: 3 });
  });

  it("have ids that depend on the kind and on nothing but kind and settings", () => {
    // printf 'a\n{"x":1}' | sha256sum
    expect(runId("a", { x: 1 })).toBe("bd805dd3c8e2");
    expect(runId("b", { x: 1 })).not.toBe(runId("a", { x: 1 }));
  });

  it("replace a whole part where another variant is named", async () => {
    const { runAt } = await planned({
      settings: {
        preset: "mnist-mlp",
        model: { name: "rnn", hidden: 5, nonlinearity: "tanh", bias: "plain" },
      },
    });
    const { settings } = await runAt(0);
    expect(settings.model).toEqual({ name: "rnn", hidden: 5, nonlinearity: "tanh", bias: "plain" });
  });

  it.each([
    [{ kind: "trian" }, /^plan: expected one of train.*, got "trian" \("kind"\); did you mean "train"\?$/],
    [
      { cross: { "learning.larningRate": [1] } },
      /^plan, run 1 \(learning.larningRate 1\): expected only known keys, got "larningRate" \("learning"\)/,
    ],
    [{ settings: { preset: "r-of-q" } }, /got "r-of-q"; did you mean "r-of-k"/],
    [
      { cross: { "geometry.potential": ["eg", "negative-entropy"] } },
      /^plan: expected runs that differ, got [0-9a-f]{12} twice \(geometry.potential eg; geometry.potential negative-entropy\); leave one out$/,
    ],
  ])("refuse %j", async (parts, sentence) => {
    await expect(planned(parts)).rejects.toThrow(sentence);
  });
});
