import { describe, expect, it } from "vitest";
import { guessOf } from "./infer-guess.ts";
import type { ColumnOffer } from "./infer-offer.ts";

const number = (name: string, values: readonly string[] = []): ColumnOffer => ({
  name,
  kind: "number",
  values,
});
const text = (name: string, values: readonly string[] = []): ColumnOffer => ({ name, kind: "text", values });
const table = (columns: readonly ColumnOffer[]) => ({
  kind: "table" as const,
  rows: 9,
  columns,
  otherSheets: [],
});

describe("guessOf", () => {
  it.each([
    [["volume_before", "before", "after"], "before", "after"],
    [["post", "pre"], "pre", "post"],
    [["day0", "day0b", "day8"], "day0", "day8"],
    [["a", "b", "c"], "a", "c"],
    [["w0", "w1"], "w0", "w1"],
  ])("takes of the columns %j %s as initial and %s as final", (names, initial, final) => {
    expect(guessOf(table(names.map((name) => number(name))))).toMatchObject({ initial, final });
  });

  it("takes a column that reads another one again as its repeated measurement", () => {
    const guess = guessOf(table(["day0", "day0_again", "day8"].map((name) => number(name))));
    expect(guess).toMatchObject({ noise: "repeats", first: "day0", second: "day0_again" });
  });

  it("prefers a control among the rows to repeated measurements, which do not go with it", () => {
    const columns = [
      text("group", ["trained", "untrained"]),
      ...["day0", "day0b", "day8"].map((n) => number(n)),
    ];
    const guess = guessOf(table(columns));
    expect(guess).toMatchObject({ control: "rows", controlRows: ["group=untrained"] });
    expect(guess.noise).toBeUndefined();
  });

  it("takes dendrites as clusters before the animals they belong to", () => {
    const columns = [text("animal"), text("dendrite"), number("before"), number("after")];
    expect(guessOf(table(columns)).cluster).toBe("dendrite");
  });

  it("reads a column of times as a long table, from its first to its last by number", () => {
    const columns = [text("spine_id"), number("day", ["10", "0", "2"]), number("volume")];
    expect(guessOf(table(columns))).toMatchObject({
      layout: "long",
      id: "spine_id",
      time: "day",
      from: "0",
      to: "10",
      value: "volume",
    });
  });

  it("guesses nothing of two files of arrays, which are paired by their names", () => {
    expect(guessOf({ kind: "two-arrays", arrays: [], finalArrays: [] })).toEqual({});
  });
});
