/** The built command, run in a folder of its own. */

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect } from "vitest";

const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");

/** Runs `syngeo` with these words in a folder. */
export function runCommand(folder: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

/** Bad input: exit code 2, one sentence on standard error in the error form, nothing on standard output. */
export function expectRefusal(folder: string, words: readonly string[], sentence: RegExp): void {
  const { status, stdout, stderr } = runCommand(folder, words);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split("\n"), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stdout).toBe("");
  expect(status).toBe(2);
}
