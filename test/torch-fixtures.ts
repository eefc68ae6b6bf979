/** The checkpoints and arrays of Python objects under `fixtures/torch`, and what they hold; for tests. */

import { readdirSync, readFileSync } from "node:fs";
import { bytesSource } from "../src/data/byte-source.ts";
import { readFile } from "../src/data/readers.ts";
import { describedTensor, type ExpectedTensor } from "./fixture-files.ts";

const folder = new URL("./fixtures/torch/", import.meta.url);

/** File names, without the JSON beside them. */
export const torchFixtures: readonly string[] = readdirSync(folder)
  .filter((name) => !name.endsWith(".json"))
  .sort();

export function torchFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

interface ExpectedCheckpoint {
  readonly tensors: Readonly<Record<string, ExpectedTensor>>;
  /** Read only when asked for by name. */
  readonly named: Readonly<Record<string, ExpectedTensor>>;
  readonly leftOut: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export function expectedCheckpoint(name: string): ExpectedCheckpoint {
  return JSON.parse(readFileSync(new URL(name.replace(/\.\w+$/, ".json"), folder), "utf8"));
}

/** A file's tensors in the form of the JSON, and what is beside them. */
export async function readCheckpoint(name: string, bytes: Uint8Array, names?: readonly string[]) {
  const contents = await readFile(bytesSource(name, bytes), { names });
  if (contents.kind === "table") throw new Error(`expected tensors, got a table (${name})`);
  const tensors = Object.fromEntries(
    contents.tensors.map((each) => [each.name, describedTensor(each.tensor)]),
  );
  return { ...contents, order: contents.tensors.map((each) => each.name), tensors };
}
