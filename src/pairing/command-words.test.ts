import { describe, expect, it } from "vitest";
import { inferWords, shellWord } from "./command-words.ts";

describe("inferWords", () => {
  it("gives each flag as it is typed, those of lists once for each value, repeats last and together", () => {
    const words = inferWords({
      initial: "day 0",
      final: "day8",
      controlInitial: "x",
      where: ["type=apical", "day=1"],
      include: [],
      exclude: [],
      repeat: ["day 0", "day0b"],
      control: [],
      noiseAdditive: 0.1,
    });
    expect(words).toEqual([
      "--initial 'day 0'",
      "--final day8",
      "--control-initial x",
      "--where type=apical",
      "--where day=1",
      "--noise-additive 0.1",
      "--repeat 'day 0' day0b",
    ]);
  });

  it("quotes a pattern, which a shell would replace by names of files", () => {
    expect(shellWord("runs/*.csv")).toBe("'runs/*.csv'");
  });

  it("quotes a quote so that a shell gives it back", () => {
    expect(shellWord("5' end")).toBe("'5'\\'' end'");
  });
});
