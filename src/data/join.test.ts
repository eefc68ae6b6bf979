import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal, textSource } from "../../test/byte-sources.ts";
import type { Table } from "../tensor.ts";
import { joinByTime, joinByTimes, joinTables, where } from "./join.ts";
import { readTable } from "./readers/csv.ts";

const read = (text: string, name = "t.csv") => readTable(textSource(text, name));

/** Columns as plain arrays under their names, and the lines. */
function contents(table: Table) {
  const columns = table.columns.map(({ name, values }): [string, (number | string)[]] => [name, [...values]]);
  return Object.fromEntries([...columns, ["lines", [...(table.lines ?? [])]]]);
}

const long = `dendrite,synapse,day,w,type
d1,1,0,0.5,pyr
d1,2,0,0.6,pyr
d2,1,0,0.7,pv
d2,1,4,0.9,pv
d1,2,4,NA,pyr
d1,3,4,0.8,pyr
d1,1,8,1.5,pyr
d1,2,8,1.6,pyr
`;
const id = ["dendrite", "synapse"];

describe("where", () => {
  it("keeps the rows that meet every condition, with their lines", async () => {
    const table = where(await read(long), [
      { column: "type", value: "pyr" },
      { column: "day", value: "0.0" },
    ]);
    expect(contents(table)).toEqual({
      dendrite: ["d1", "d1"],
      synapse: [1, 2],
      day: [0, 0],
      w: [0.5, 0.6],
      type: ["pyr", "pyr"],
      lines: [2, 3],
    });
  });

  it("without conditions changes nothing", async () => {
    const table = await read(long);
    expect(where(table, [])).toBe(table);
  });

  it.each([
    ["type", "pry", 'got "pry"; did you mean "pyr"? it has pyr, pv'],
    ["day", "5", 'got "5"; it has 0, 4, 8'],
    ["day", "later", "it has 0, 4, 8"],
    ["w", "NA", "it has 0.5, 0.6, 0.7, 0.8, 0.9, 1.5, 1.6"],
  ])("refuses %s = %s, which no row has", async (column, value, words) => {
    const table = await read(long);
    const error = await refusal(() => where(table, [{ column, value }]));
    expect(error).toMatchObject({ name: "InputError", code: "no-such-value" });
    expect(error.message).toContain(words);
  });

  it("refuses conditions that no row meets together", async () => {
    const table = await read(long);
    const both = [
      { column: "type", value: "pv" },
      { column: "day", value: "8" },
    ];
    expect((await refusal(() => where(table, both))).message).toContain('got "8"; it has 0, 4');
  });
});

describe("joinByTime", () => {
  it("pairs the rows of two times by id, and counts ids with one of them", async () => {
    const joined = joinByTime(await read(long), {
      id,
      time: "day",
      from: "0",
      to: "4",
      value: "w",
      keep: ["type", "dendrite"],
    });
    expect(contents(joined.table)).toEqual({
      initial: [0.6, 0.7],
      final: [Number.NaN, 0.9],
      type: ["pyr", "pv"],
      dendrite: ["d1", "d2"],
      lines: [3, 4],
    });
    expect(joined).toMatchObject({ unmatchedInitial: 1, unmatchedFinal: 1 });
  });

  it("does not depend on the order of rows", async () => {
    const [header, ...rows] = long.trimEnd().split("\n");
    const options = { id, time: "day", from: "0", to: "8", value: "w", keep: ["synapse"] };
    const pairsOf = async (lines: readonly string[]) => {
      const { initial, final, synapse } = contents(
        joinByTime(await read([header, ...lines].join("\n")), options).table,
      );
      return initial.map((value, i) => [value, final[i], synapse[i]]).sort();
    };
    const expected = await pairsOf(rows);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
        expect(await pairsOf(shuffled)).toEqual(expected);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("compares times as text where they are words", async () => {
    const { table } = joinByTime(await read("id,when,w\n1,before,2\n1,after,3\n"), {
      id: ["id"],
      time: "when",
      from: "before",
      to: "after",
      value: "w",
      keep: [],
    });
    expect(contents(table)).toEqual({ initial: [2], final: [3], lines: [2] });
  });

  it("refuses an id that comes twice at one time, with both lines", async () => {
    const options = { id: ["synapse"], time: "day", from: "0", to: "4", value: "w", keep: [] };
    const table = await read(long);
    const error = await refusal(() => joinByTime(table, options));
    expect(error).toMatchObject({ name: "InputError", code: "repeated-id" });
    expect(error.message).toContain(
      "expected each id once at day 0, got synapse=1 twice (line 2 and line 4)",
    );
  });

  it.each([
    ["an empty id", "id,t,w\ns1,0,1\n,1,2\n", {}, "missing-id", '"id", got an empty one (line 3)'],
    ["ids that never meet", "id,t,w\ns1,0,1\ns2,1,2\n", {}, "no-pairs", "the first ids are id=s1 and id=s2"],
    ["a time that no row has", "id,t,w\ns1,0,1\ns1,2,2\n", {}, "no-such-value", 'got "1"; it has 0, 2'],
    ["one time twice", "id,t,w\ns1,0,1\n", { to: "0.0" }, "repeated-time", 'got "0.0" twice'],
    ["values that are no numbers", "id,t,w\ns1,0,x\ns1,1,2\n", {}, "not-a-number", 'got "x" (line 2'],
    ["no column of ids", "id,t,w\ns1,0,1\n", { id: [] }, "no-id", "got none"],
    [
      "a column kept under a name that is taken",
      "initial,t,w\ns1,0,1\ns1,1,2\n",
      { id: ["initial"], keep: ["initial"] },
      "name-taken",
      'got "initial"',
    ],
    ["an unknown column", "id,t,w\ns1,0,1\ns1,1,2\n", { value: "weight" }, "unknown-column", 'got "weight"'],
  ])("refuses %s", async (_, text, changes, code, words) => {
    const options = { id: ["id"], time: "t", from: "0", to: "1", value: "w", keep: [], ...changes };
    const table = await read(text);
    const error = await refusal(() => joinByTime(table, options));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(words);
  });
});

describe("joinByTimes", () => {
  it("gives a column per time, NaN where an id has no row", async () => {
    const wide = joinByTimes(await read(long), {
      id,
      time: "day",
      times: ["0", "8", "4"],
      value: "w",
      keep: ["synapse"],
    });
    expect(contents(wide.table)).toEqual({
      "0": [0.5, 0.6, 0.7, Number.NaN],
      "8": [1.5, 1.6, Number.NaN, Number.NaN],
      "4": [Number.NaN, Number.NaN, 0.9, 0.8],
      synapse: [1, 2, 1, 3],
      lines: [2, 3, 4, 7],
    });
    expect(wide.absent).toEqual([1, 2, 1]);
  });
});

describe("joinTables", () => {
  const options = { id: ["id"], initial: "before", final: "after", keep: ["type"] };

  it("matches rows by id whatever their order", async () => {
    const joined = joinTables(
      await read("id,before,type\ns1,1,pyr\ns2,2,pv\ns3,3,pv\n", "a.csv"),
      await read("after,id\n30,s3\n40,s4\n10,s1\n50,s5\n", "b.csv"),
      options,
    );
    expect(contents(joined.table)).toEqual({
      initial: [1, 3],
      final: [10, 30],
      type: ["pyr", "pv"],
      lines: [2, 4],
    });
    expect(joined).toMatchObject({ unmatchedInitial: 1, unmatchedFinal: 2 });
    expect(joined.table.source).toBe('table "a.csv" and table "b.csv"');
  });

  it("matches numbers with text where one of the tables has text", async () => {
    const { table } = joinTables(
      await read("id,before,type\n7,1,pyr\n8,2,pv\n", "a.csv"),
      await read("id,after\n8,20\nx,30\n", "b.csv"),
      options,
    );
    expect(contents(table)).toMatchObject({ initial: [2], final: [20] });
  });

  it("refuses an id that comes twice in either table, and tables without a common id", async () => {
    const once = await read("id,before,after,type\ns1,1,1,a\n", "a.csv");
    const twice = await read("id,before,after,type\ns1,1,1,a\ns1,2,2,b\n", "b.csv");
    for (const [first, second] of [
      [once, twice],
      [twice, once],
    ]) {
      const error = await refusal(() => joinTables(first, second, options));
      expect(error.code).toBe("repeated-id");
      expect(error.message).toContain(
        'table "b.csv": expected each id once, got id=s1 twice (line 2 and line 3)',
      );
    }
    const other = await read("id,after\nt1,1\n", "c.csv");
    expect((await refusal(() => joinTables(once, other, options))).code).toBe("no-pairs");
  });
});
