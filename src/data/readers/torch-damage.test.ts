/** Damaged checkpoints and pickles: each ends in tensors or in one sentence, whatever the damage. */

import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/byte-sources.ts";
import { mutated, outcome } from "../../../test/damaged-files.ts";
import { torchFixture, torchFixtures } from "../../../test/torch-fixtures.ts";
import { createRandom } from "../../random.ts";
import { bytesSource } from "../byte-source.ts";
import { readFile } from "../readers.ts";
import { listZip, openZipEntry, writeZip } from "../zip.ts";

/** Damaged files of each kind; the long run is `npm run test:hostile`. */
const mutations = Number(process.env.SYNGEO_MUTATIONS ?? 500);
/** Beyond these many bytes a file is cut at each 97th only. */
const small = 400;

const read = (name: string, bytes: Uint8Array) => readFile(bytesSource(name, bytes));

/** The files of an archive, to pack again with one of them changed. */
async function unpack(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const source = bytesSource("w.pt", bytes);
  const files = new Map<string, Uint8Array>();
  for (const entry of await listZip(source)) {
    const contents = await openZipEntry(source, entry);
    files.set(entry.name, await contents.slice(0, contents.byteLength));
  }
  return files;
}

const archives = torchFixtures.filter((name) => /\.(pt|pth)$/.test(name) && !name.includes("legacy"));

describe("a file cut short", () => {
  it.each(torchFixtures)("%s is refused at any length", async (name) => {
    const bytes = torchFixture(name);
    for (let length = 0; length < bytes.length; length += bytes.length > small ? 97 : 1) {
      const error = await refusal(read(name, bytes.subarray(0, length)));
      expect(error.name, `${length} bytes`).toBe("InputError");
    }
  });

  it.each(archives)("the pickle inside %s is refused at any length", async (name) => {
    const files = await unpack(torchFixture(name));
    const [entry, pickle] = [...files].find(([path]) => path.endsWith("data.pkl")) ?? expect.fail(name);
    for (let length = 0; length < pickle.length; length += pickle.length > small ? 7 : 1) {
      const error = await refusal(
        read(name, writeZip(new Map(files).set(entry, pickle.subarray(0, length)))),
      );
      expect(error.name, `${length} bytes`).toBe("InputError");
    }
  });
});

describe("bytes changed at random", () => {
  // Seeded: the same changes on every run. Half of them set a byte to a pickle instruction, which goes deeper.
  const instructions = [
    ..."(.012FGIJKLMNPQRSTUVXabcdeghijloqrst)u]}\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x93\x94\x95BC\x8e\x8f",
  ];

  const choices = (_: number, below: (end: number) => number) => [
    below(256),
    instructions[below(instructions.length)].charCodeAt(0),
  ];
  const random = (kind: string) => createRandom(1).stream(kind);

  const kinds: readonly (readonly [kind: string, names: readonly string[]])[] = [
    ["zip archives", archives],
    ["the older format", torchFixtures.filter((name) => name.includes("legacy"))],
    ["object arrays", torchFixtures.filter((name) => /\.np[yz]$/.test(name))],
  ];
  it.each(kinds)("%s are read or refused in a sentence", async (kind, names) => {
    const stream = random(kind);
    let refused = 0;
    for (let k = 0; k < mutations; k++) {
      const name = names[k % names.length];
      const bytes = mutated(torchFixture(name), stream, choices);
      if ((await outcome(() => read(name, bytes))) === "refused") refused++;
    }
    // Changes among the values do no harm, so some of each.
    expect(refused).toBeGreaterThan(mutations / 10);
    expect(refused).toBeLessThan(mutations);
  });

  it("pickles inside zip archives are read or refused in a sentence", async () => {
    const stream = random("pickles");
    const packed = await Promise.all(archives.map((name) => unpack(torchFixture(name))));
    let refused = 0;
    for (let k = 0; k < mutations; k++) {
      const files = new Map(packed[k % packed.length]);
      const [entry, pickle] = [...files].find(([path]) => path.endsWith("data.pkl")) ?? expect.fail();
      const bytes = writeZip(files.set(entry, mutated(pickle, stream, choices)));
      if ((await outcome(() => read("w.pt", bytes))) === "refused") refused++;
    }
    expect(refused).toBeGreaterThan(mutations / 2);
    expect(refused).toBeLessThan(mutations);
  });
});
