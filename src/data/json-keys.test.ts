import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonKeys } from "./json-keys.ts";

it("lists keys in the order of the text, numeric ones too", () => {
  expect(jsonKeys('{"b":1,"10":{"x":[{"y":1}]},"2":"a:b","\\u0061":[],"q\\"{":{}}')).toEqual({
    outer: ["b", "10", "2", "a", 'q"{'],
    repeated: null,
  });
});

it.each([
  ['{"a":1,"b":2,"a":3}', "a"],
  ['{"a":1,"\\u0061":3}', "a"],
  ['{"t":{"dtype":"F32","shape":[1],"dtype":"F64"}}', "dtype"],
  ['{"a":[{"k":1},{"k":2}],"b":{"a":{"b":1}}}', null],
  ['{"a":"\\"a\\":1,\\"a\\":2"}', null],
])("finds a key that one object has twice: %s", (text, repeated) => {
  expect(jsonKeys(text).repeated).toBe(repeated);
});

it("finds in any object what JSON.parse finds", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (object, indent) => {
      const { outer, repeated } = jsonKeys(JSON.stringify(object, null, indent));
      expect([...outer].sort()).toEqual(Object.keys(object).sort());
      expect(repeated).toBeNull();
    }),
    { seed: 1, numRuns: 200 },
  );
});
