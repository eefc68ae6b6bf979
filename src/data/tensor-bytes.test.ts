import { expect, it } from "vitest";
import { alignedTo } from "./tensor-bytes.ts";

it.each([
  ["an array", (bytes: Uint8Array) => bytes],
  ["a Buffer of Node", (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
])("alignedTo copies %s that lies between two items, and no other", (_, make) => {
  const memory = Uint8Array.from({ length: 16 }, (_, k) => k);
  const between = make(memory.subarray(1, 9));
  const aligned = alignedTo(between, 4);
  expect([...aligned]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(aligned.byteOffset % 4).toBe(0);
  const whole = make(memory.subarray(8));
  expect(alignedTo(whole, 4)).toBe(whole);
});
