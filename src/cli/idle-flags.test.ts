import { describe, expect, it } from "vitest";
import { presets } from "../experiment/index.ts";
import { refuseIdleFlags } from "./idle-flags.ts";
import { type RuleFlags, settingsOf } from "./train-settings.ts";

function check(typed: Readonly<Record<string, string>>, rules: Partial<RuleFlags> = {}, task = "mnist-rnn") {
  const texts = new Map(Object.entries(typed));
  const given = { parameterPotential: [], switch: [], ...rules };
  return () => refuseIdleFlags(texts, settingsOf(task, presets[task], texts, given));
}
const search = { learningRate: "search" };

describe("refuseIdleFlags", () => {
  it.each<[string, Readonly<Record<string, string>>, Partial<RuleFlags>]>([
    ["--gain", { "--gain": "2" }, {}],
    ["--fan", { "--fan": "out", "--initialisation": "constant", "--value": "1" }, {}],
    ["--ratio", { "--ratio": "2", "--initialisation": "normal" }, {}],
    ["--value", { "--value": "2" }, {}],
    ["--initialisation", { "--initialisation": "normal", "--pretrained": "runs/a" }, {}],
    ["--weight-decay-form", { "--weight-decay-form": "sign" }, {}],
    ["--extensions", { "--extensions": "2", "--goal-accuracy": "1" }, {}],
    ["--extensions", { "--extensions": "2" }, search],
    ["--extra-passes", { "--extra-passes": "2", "--extensions": "0", "--goal-accuracy": "1" }, search],
  ])("refuses %s by name where nothing would use it: %j %j", (flag, typed, rules) => {
    expect(check(typed, rules)).toThrow(
      expect.objectContaining({ code: "idle-flag", message: expect.stringMatching(`^${flag}: expected `) }),
    );
  });

  it.each<[Readonly<Record<string, string>>, Partial<RuleFlags>]>([
    [{ "--gain": "2", "--fan": "out", "--initialisation": "exponential" }, {}],
    [{ "--ratio": "2", "--gain": "2", "--initialisation": "log-normal" }, {}],
    [{ "--value": "0.1", "--initialisation": "constant" }, {}],
    [{ "--weight-decay-form": "sign", "--weight-decay": "0.1" }, {}],
    [{ "--extensions": "2", "--extra-passes": "3", "--goal-accuracy": "1" }, search],
    [{ "--pretrained": "runs/a", "--samples": "5" }, {}],
  ])("lets %j with %j be", (typed, rules) => expect(check(typed, rules)).not.toThrow());
});
