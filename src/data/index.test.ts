import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Every module that a file imports, now or when needed, through all files of the project. */
function reached(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const source = readFileSync(file, "utf8");
  for (const [, name] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (name.startsWith(".")) reached(new URL(name, file), seen);
    else seen.add(name);
  }
  return seen;
}

it("the browser's part of the data room reaches nothing of Node, and the packages it is meant to", () => {
  const modules = [...reached(new URL("./index.ts", import.meta.url))];
  expect(modules.filter((name) => name.startsWith("node:") || name.endsWith(".node.ts"))).toEqual([]);
  expect(modules.filter((name) => !name.startsWith("file:")).sort()).toEqual([
    "@bufbuild/protobuf",
    "csv-parse/browser/esm/sync",
    "fflate",
    "h5wasm",
    "hyparquet",
    "hyparquet-compressors",
    "hyparquet/src/column.js",
    "hyparquet/src/convert.js",
    "onnx-buf",
    "saxes",
    "zarrita",
  ]);
});
