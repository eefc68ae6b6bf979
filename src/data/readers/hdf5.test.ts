import { describe, expect, it } from "vitest";
import { latin1, refusal } from "../../../test/byte-sources.ts";
import {
  describedTensors,
  expectedTensors,
  fixtureBytes,
  fixtureFiles,
} from "../../../test/fixture-files.ts";
import type { NamedTensor } from "../../tensor.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";

const folder = "hdf5";
const files = Object.keys(fixtureFiles(folder));
const fixture = (name: string) => bytesSource(name, fixtureBytes(name, folder));

describe("reading HDF5", () => {
  it.each(files)("reads the fixture %s", async (name) => {
    const contents = await readFile(fixture(name));
    expect(describedTensors(contents)).toEqual(expectedTensors(name.replace(/\.[^.]*$/, ""), folder));
    const { tensors, leftOut } = Object(contents);
    const shapes = tensors.map(({ name, tensor: { dtype, shape } }: NamedTensor) => ({ name, dtype, shape }));
    expect(await inspectFile(fixture(name))).toMatchObject({
      format: "hdf5",
      tensors: shapes,
      leftOut,
    });
  });

  it("leaves out what is no array of numbers, each with its reason, unless it is asked for", async () => {
    const { leftOut } = await inspectFile(fixture("every-type.h5"));
    const reasons = new Map((leftOut ?? []).map(({ name, reason }) => [name, reason]));
    expect([...reasons.keys()].sort()).toEqual(
      ["broken", "complex", "elsewhere", "nothing", "records", "text"].map((name) => `others/${name}`),
    );
    expect(reasons.get("others/text")).toContain("got text");
    expect(reasons.get("others/elsewhere")).toContain("a link into another file");
    expect(reasons.get("others/records")).toContain("records of several fields");
    const error = await refusal(readFile(fixture("every-type.h5"), { names: ["others/text"] }));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "element-type" });
  });

  it("leaves out values compressed by a filter that the library lacks", async () => {
    const { leftOut } = await inspectFile(fixture("compressed.h5"));
    expect(leftOut).toEqual([{ name: "lzf", reason: expect.stringContaining("filter 32000") }]);
  });

  it("reads the arrays named, in that order, and names the nearest for one that is not there", async () => {
    const names = ["layers/dense/vars/1", "layers/dense/vars/0"];
    const contents = await readFile(fixture("model.weights.h5"), { names });
    expect(contents).toMatchObject({ tensors: names.map((name) => ({ name })), leftOut: [] });
    const error = await refusal(readFile(fixture("model.weights.h5"), { names: ["layers/dense/vars/7"] }));
    expect(error).toMatchObject({ code: "unknown-name" });
    expect(error.message).toContain('did you mean "layers/dense/vars/');
  });

  it("reads one file after the other, and several at once", async () => {
    const read = () => Promise.all(files.map((name) => inspectFile(fixture(name))));
    expect(await read()).toEqual(await read());
  });

  it("reads on after a file that makes the library stop in the midst of its work", async () => {
    const bytes = fixtureBytes("every-type.h5", folder);
    const before = await readFile(fixture("compressed.h5"));
    bytes[1856] = 107; // found by changing bytes at random: a length that leads out of the library's memory
    const error = await refusal(readFile(bytesSource("stops.h5", bytes)));
    expect(error).toMatchObject({ name: "InputError", code: "bad-hdf5" });
    expect(error.message).toContain("one that makes it stop (memory access out of bounds)");
    expect(await readFile(fixture("compressed.h5"))).toEqual(before);
  });

  it("reads the first files of MATLAB in HDF5, which call themselves 7.0", async () => {
    const bytes = fixtureBytes("matlab73.mat", folder);
    bytes[9] = "0".charCodeAt(0);
    expect(await readFile(bytesSource("old.mat", bytes))).toMatchObject({
      tensors: Object(await readFile(fixture("matlab73.mat"))).tensors,
    });
  });

  it("refuses other files with that ending", async () => {
    const error = await refusal(readFile(bytesSource("a.h5", latin1("initial,final\n"))));
    expect(error).toMatchObject({ name: "InputError", code: "wrong-magic" });
  });
});
