import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/byte-sources.ts";
import { type PythonLiteral, parsePythonLiteral, showPythonLiteral } from "./python-literal.ts";

const parse = (text: string) => parsePythonLiteral(text, "header");

describe("parsePythonLiteral", () => {
  it.each([
    ["'a'", "'a'"],
    ['u"a"', "'a'"],
    ["b'a'", "'a'"],
    ["'\\x41\\u00e9\\101\\\\'", "'AéA\\'"],
    ["'\\U0001F9E0'", "'🧠'"],
    ["True", "True"],
    ["None", "None"],
    ["-12", "-12"],
    ["3L", "3"],
    ["()", "()"],
    ["(3)", "3"],
    ["(3,)", "(3,)"],
    ["(3, 4L, )", "(3, 4)"],
    ["[('a', '<f4'), ('b', '<i2', (2,))]", "[('a', '<f4'), ('b', '<i2', (2,))]"],
    ["{ 'a' : 1,\n 'b': False, }  \n", "{'a': 1, 'b': False}"],
    ["{}", "{}"],
  ])("%j is %s", (text, shown) => {
    expect(showPythonLiteral(parse(text))).toBe(shown);
  });

  it.each([
    ["", "its end"],
    ["{'a': 1", "its end"],
    ["'abc", "its end"],
    ["'a\nb'", '"\\nb\'"'],
    ["'\\q'", '"q\'"'],
    ["'\\x4'", '"x4\'"'],
    ["'\\U99999999'", '"U99999999\'"'],
    ["{1: 2}", '": 2}"'],
    ["{'a' 1}", '"1}"'],
    ["{'a': 1, 'a': 2}", '": 2}"'],
    ["(1 2)", '"2)"'],
    ["Truely", '"Truely"'],
    ["__import__('os')", "\"__import__('os')\""],
    ["1.5", '".5"'],
    ["{} {}", '"{}"'],
  ])("%j is refused at %s", async (text, got) => {
    const error = await refusal(() => parse(text));
    expect(error).toMatchObject({ name: "InputError", code: "bad-header" });
    expect(error.message).toContain(`got ${got} (character `);
  });

  it("refuses brackets nested deep enough to exhaust the stack", async () => {
    expect((await refusal(() => parse("(".repeat(1e6)))).message).toContain("at most 32 brackets");
  });

  it("either parses a text or throws InputError, whatever the text", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      ",",
      ":",
      "'",
      '"',
      "\\",
      "a",
      "1",
      " ",
      "True",
      "x4",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (text) => {
        try {
          parse(text.join(""));
        } catch (error) {
          expect(error).toMatchObject({ name: "InputError", code: "bad-header" });
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("reads back what it shows", () => {
    const { literal } = fc.letrec<{ literal: PythonLiteral }>((tie) => ({
      literal: fc.oneof(
        { maxDepth: 3 },
        fc
          .string({ unit: fc.constantFrom("a", "b", "<", " ", "é") })
          .map((value) => ({ kind: "string" as const, value })),
        fc.integer().map((value) => ({ kind: "integer" as const, value })),
        fc.boolean().map((value) => ({ kind: "boolean" as const, value })),
        fc.array(tie("literal"), { maxLength: 3 }).map((items) => ({ kind: "tuple" as const, items })),
        fc.array(tie("literal"), { maxLength: 3 }).map((items) => ({ kind: "list" as const, items })),
      ),
    }));
    fc.assert(
      fc.property(literal, (value) => {
        expect(parse(showPythonLiteral(value))).toEqual(value);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
