import { expect, it } from "vitest";
import { latin1 } from "../../test/byte-sources.ts";
import { describeFirstBytes } from "./first-bytes.ts";

it.each([
  ["", "an empty file"],
  ["\x93NUMPY\x01\x00", "a numpy array (.npy)"],
  ["PK\x03\x04\x14", "a zip archive (as .npz, .pt and .xlsx are)"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file (as .h5 and .nwb are)"],
  ["\x80\x04\x95", "a Python pickle"],
  ['\x40\x00\x00\x00\x00\x00\x00\x00{"w":', "a safetensors file"],
  ["id,initial\n1", 'text that begins "id,initial\\n1"'],
  ["\x00\x01\xfe", "the bytes 00 01 fe"],
])("first bytes %j are called %s", (start, meaning) => {
  expect(describeFirstBytes(latin1(start))).toBe(meaning);
});
