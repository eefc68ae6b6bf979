/**
 * Compiles the WebAssembly kernel: `npm run make-kernel` after a change of `src/inference/kernel/dual-kernel.as`.
 *
 * The bytes are kept in the source as text, so that neither a build nor a browser needs the compiler.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const folder = join(import.meta.dirname, "../src/inference/kernel");

/** The text of `compiled-kernel.ts` for the kernel as it is now. */
export async function compiledKernel(): Promise<string> {
  let bytes: Uint8Array = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      "kernel.ts",
      "--outFile",
      "kernel.wasm",
      "--runtime",
      "stub",
      "-O3",
      "--enable",
      "simd",
      "--importMemory",
      "--noAssert",
    ],
    {
      readFile: (name) =>
        name === "kernel.ts" ? readFileSync(join(folder, "dual-kernel.as"), "utf8") : null,
      writeFile: (_, contents) => {
        if (typeof contents !== "string") bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  const text = Buffer.from(bytes).toString("base64");
  return `/** \`dual-kernel.as\`, compiled by \`npm run make-kernel\`: ${bytes.length} bytes of WebAssembly. */\nexport const COMPILED_KERNEL =\n  "${text}";\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(folder, "compiled-kernel.ts"), await compiledKernel());
}
