import { describe, expect, it } from "vitest";
import {
  expectedCheckpoint,
  readCheckpoint,
  torchFixture,
  torchFixtures,
} from "../../../test/torch-fixtures.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile } from "../readers.ts";

describe("readFile", () => {
  it.each(torchFixtures)("reads %s as torch.load and numpy.load do", async (name) => {
    const { tensors, leftOut, metadata, order } = await readCheckpoint(name, torchFixture(name));
    const expected = expectedCheckpoint(name);
    expect(tensors).toEqual(expected.tensors);
    expect([...order].sort()).toEqual(Object.keys(expected.tensors).sort());
    expect(leftOut.map((each) => each.name).sort()).toEqual([...expected.leftOut].sort());
    expect(metadata ?? {}).toEqual(expected.metadata);
  });

  it.each(torchFixtures)("inspects %s alike", async (name) => {
    const description = await inspectFile(bytesSource(name, torchFixture(name)));
    const { tensors, ...contents } = await readCheckpoint(name, torchFixture(name));
    const shapes = contents.order.map((key) => ({
      name: key,
      dtype: tensors[key].dtype,
      shape: tensors[key].shape,
    }));
    const { leftOut, metadata } = contents;
    expect(description).toMatchObject({
      kind: "tensors",
      tensors: shapes,
      leftOut,
      ...(metadata && { metadata }),
    });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });
});
