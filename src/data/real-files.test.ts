/** Files that scientists published and files of the real numpy, where they lie beside the repository. */

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Table, Tensor } from "../tensor.ts";
import type { FileContents } from "./file-contents.ts";
import { openFileSource } from "./file-source.node.ts";
import { joinByTimes, where } from "./join.ts";
import { inspectFile, readFile } from "./readers.ts";
import { numberColumn } from "./table.ts";
import { tensorTable, vectorTable } from "./tensor-table.ts";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const isAbsent = !existsSync(shared);
if (isAbsent) console.warn(`skipped: tests on published files, which are not at ${shared}`);

const files = isAbsent
  ? []
  : readdirSync(shared, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(npy|npz|pt|mat|safetensors|csv|txt)$/.test(name),
    );

async function contentsOf(name: string): Promise<FileContents> {
  const source = await openFileSource(`${shared}${name}`);
  return readFile(source).finally(() => source.close());
}

async function tensorsOf(name: string): Promise<ReadonlyMap<string, Tensor>> {
  const contents = await contentsOf(name);
  if (contents.kind === "table") return expect.fail(`expected tensors, got a table (${name})`);
  return new Map(contents.tensors.map((each) => [each.name, each.tensor]));
}

const bytesOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

async function tableOf(name: string): Promise<Table> {
  const contents = await contentsOf(name);
  return contents.kind === "table" ? contents.table : expect.fail(`expected a table, got tensors (${name})`);
}

describe.skipIf(isAbsent)("published files", () => {
  it.each(files)("%s is read, and inspected alike", async (name) => {
    const contents = await contentsOf(name);
    const source = await openFileSource(`${shared}${name}`);
    const description = await inspectFile(source).finally(() => source.close());
    if (contents.kind === "table") {
      const { rows, columns } = contents.table;
      expect(rows).toBeGreaterThan(1);
      expect(description).toMatchObject({ rows, columns: columns.map((column) => ({ name: column.name })) });
    } else {
      const { tensors, leftOut } = contents;
      const shapes = tensors.map((each) => ({ name: each.name, shape: each.tensor.shape }));
      expect(description).toMatchObject({ tensors: shapes, leftOut });
      expect(tensors.length).toBeGreaterThan(0);
      expect(leftOut.every((each) => each.reason.includes("(text)"))).toBe(true);
    }
  });

  const twins = files.flatMap((name) => {
    const [stem, ending] = [name.replace(/(_legacy)?\.\w+$/, ""), name.slice(name.lastIndexOf("."))];
    const isPickled = ending === ".pt" || (ending === ".npy" && name.startsWith("oracle/F_formats/"));
    return [".npz", ".safetensors"]
      .filter((other) => isPickled && files.includes(`${stem}${other}`))
      .map((other) => [name, `${stem}${other}`] as const);
  });

  it("have pickled twins to compare: checkpoints of both formats and numpy's object arrays", () => {
    const endings = new Set(
      twins.map(([name]) => /(_legacy\.pt|_state_dict\.pt|\.pt|\.npy)$/.exec(name)?.[0]),
    );
    expect([...endings].sort()).toEqual([".npy", ".pt", "_legacy.pt", "_state_dict.pt"]);
    expect(twins.length).toBeGreaterThanOrEqual(22);
  });

  it.each(twins)("%s holds bit for bit what %s holds", async (name, other) => {
    const [pickled, plain] = [await tensorsOf(name), await tensorsOf(other)];
    expect([...pickled.keys()].sort()).toEqual([...plain.keys()].sort());
    for (const [key, tensor] of plain) {
      const twin = pickled.get(key) ?? expect.fail(key);
      expect({ dtype: twin.dtype, shape: twin.shape }).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
      expect(bytesOf(twin)).toEqual(bytesOf(tensor));
    }
  });

  it.each(["2-norm", "negative_entropy"])(
    "%s: stored and deflated archives hold the same",
    async (potential) => {
      const name = `oracle/F_formats/${potential}_100_nd0.50_xent0.00_final_0`;
      expect(await tensorsOf(`${name}_compressed.npz`)).toEqual(await tensorsOf(`${name}.npz`));
    },
  );

  it("a CSV and an archive of the same numbers hold the same numbers", async () => {
    const table = await tableOf("oracle/C_delta_upto_1e4.csv");
    const tensors = await tensorsOf("oracle/C_delta_upto_1e4.npz");
    for (const quantity of ["uncentered", "centered", "magnitude"]) {
      const tensor = tensors.get(quantity) ?? expect.fail(quantity);
      const wide = tensorTable({ name: quantity, tensor });
      ["NE", "1.5", "2", "2.5", "3"].forEach((potential, column) => {
        const ours = numberColumn(table, `${quantity}_${potential}`);
        expect(ours).toEqual(numberColumn(wide, String(column)));
      });
    }
  });

  it("MATLAB's own file and the CSV of its columns hold the same numbers", async () => {
    const folder = "data/scholl2021-ferret-spine-em";
    const table = await tableOf(`${folder}/FigureData.csv`);
    const tensors = Array.from(await tensorsOf(`${folder}/FigureData.mat`), ([name, tensor]) => ({
      name,
      tensor,
    }));
    const columns = vectorTable("FigureData", tensors, "FigureData.SpineHeadVolume");
    expect(columns.columns).toHaveLength(8);
    for (const { name } of table.columns) {
      expect(numberColumn(columns, `FigureData.${name}`), name).toEqual(numberColumn(table, name));
    }
  });

  it("a long table turned wide equals the matrices that it was laid out from", async () => {
    const folder = "data/melander2021-psd95-longitudinal";
    const long = await tableOf(`${folder}/synapses_long.csv`);
    const times = ["0", "1", "2", "3", "4", "5", "6"];
    for (const dendrite of ["ai003", "ct008"]) {
      const { table, absent } = joinByTimes(where(long, [{ column: "dendrite", value: dendrite }]), {
        id: ["dendrite", "synapse"],
        time: "session",
        times,
        value: "weight_norm",
        keep: ["synapse"],
      });
      const tensor =
        (await tensorsOf(`${folder}/norm_pyr/${dendrite}.npy`)).get(dendrite) ?? expect.fail(dendrite);
      const matrix = tensorTable({ name: dendrite, tensor });
      expect(absent).toEqual(times.map(() => 0));
      for (const time of times) expect(numberColumn(table, time)).toEqual(numberColumn(matrix, time));
    }
  });
});
