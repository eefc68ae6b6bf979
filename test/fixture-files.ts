/** Fixture files beside the JSON of what a reader should return; for tests. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FileContents } from "../src/data/file-contents.ts";
import type { Table, Tensor } from "../src/tensor.ts";

const folderOf = (format: string) => new URL(`./fixtures/${format}/`, import.meta.url);

/** Names without ending of the fixtures with an ending, such as `.npy`; `format` is their folder. */
export function fixtureNames(ending: string, format = "npy"): string[] {
  const names = readdirSync(folderOf(format)).filter((name) => name.endsWith(ending));
  return names.map((name) => name.slice(0, -ending.length)).sort();
}

/** The bytes of a fixture, aligned as a file's are. */
export function fixtureBytes(name: string, format = "npy"): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folderOf(format))));
}

/** All files of a format's folder but the expected JSON, by their path in it. */
export function fixtureFiles(format: string): Record<string, Uint8Array> {
  const paths = readdirSync(folderOf(format), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(folderOf(format)).length).replace(/^\//, ""),
    );
  const expected = (path: string) => !path.includes("/") && path.endsWith(".json");
  return Object.fromEntries(
    paths.filter((path) => !expected(path)).map((path) => [path, fixtureBytes(path, format)]),
  );
}

/** What the script that made the fixture says of an array; numbers that JSON cannot hold are strings. */
export interface ExpectedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** The JSON beside a .npy fixture. */
export function expectedTensor(name: string): ExpectedTensor {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folderOf("npy")), "utf8"));
}

/** The JSON beside a fixture of several tensors. */
export function expectedTensors(name: string, format = "npy"): Record<string, ExpectedTensor> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folderOf(format)), "utf8"));
}

/** The tensors of a file in the form of the JSON, by name. */
export function describedTensors(contents: FileContents): Record<string, ExpectedTensor> {
  if (contents.kind !== "tensors") throw new Error("expected tensors, got a table");
  return Object.fromEntries(contents.tensors.map((each) => [each.name, describedTensor(each.tensor)]));
}

/** A tensor in the form of the JSON; 64-bit integers and what JSON cannot hold are strings. */
export function describedTensor({ dtype, shape, data }: Tensor): ExpectedTensor {
  return { dtype, shape, values: Array.from<number | bigint, number | string>(data, describedValue) };
}

function describedValue(value: number | bigint | string): number | string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** What the script that made a fixture says of a table; missing and infinite numbers are strings. */
export interface ExpectedTable {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly kind: "number" | "text";
    readonly values: readonly (number | string)[];
  }[];
  readonly leftOut: readonly string[];
}

/** The JSON beside a fixture of a table. */
export function expectedTable(name: string, format: string): ExpectedTable {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folderOf(format)), "utf8"));
}

/** The table of a file in the form of the JSON. */
export function describedTable(contents: FileContents): ExpectedTable {
  if (contents.kind !== "table") throw new Error("expected a table, got tensors");
  const { table, leftOut = [] } = contents;
  return { rows: table.rows, columns: describedColumns(table), leftOut: leftOut.map(({ name }) => name) };
}

/** The columns of a table in the form of the JSON. */
export function describedColumns({ columns }: Table): ExpectedTable["columns"] {
  return columns.map(({ name, kind, values }) => ({
    name,
    kind,
    values: Array.from(values, describedValue),
  }));
}
