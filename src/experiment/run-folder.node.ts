/** A run on disk: a folder with its record, its weights and its metrics. */

import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFileSource, writing } from "../data/index.node.ts";
import { encodeSafetensors, readFile as readData } from "../data/index.ts";
import { InputError } from "../errors.ts";
import type { GraphTensor, Tensors } from "../graph/index.ts";
import { runFiles } from "./run-files.ts";
import { parseRunRecord, type RunRecord } from "./run-record.ts";

/**
 * Asked before the work: a run is written over nothing.
 *
 * @throws InputError `not-empty`, `cannot-write` where the path is no folder
 */
export async function requireNewFolder(folder: string): Promise<void> {
  const found = await writing("train", folder, () => readdir(folder).catch(noneWhereMissing));
  if (found.length === 0) return;
  throw new InputError({
    code: "not-empty",
    message: `--out: expected a new or empty folder, got "${folder}" with ${found.slice(0, 3).join(", ")}; choose another, or go on with --resume ${folder}`,
  });
}

function noneWhereMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** Makes the folder of a run. @throws InputError `cannot-write` */
export async function createRunFolder(folder: string): Promise<void> {
  await writing("train", folder, () => mkdir(folder, { recursive: true }));
}

/** Whether the path is a folder with a run in it. */
export async function isRunFolder(path: string): Promise<boolean> {
  const exists = async (name: string) => (await stat(name).catch(() => null)) !== null;
  return exists(join(path, runFiles.record));
}

/** Writes a file beside its place and moves it there, so that it is never half there. @throws InputError `cannot-write` */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writing("train", path, async () => {
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
  });
}

export async function writeTensors(path: string, tensors: Tensors): Promise<void> {
  const named = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor }));
  await writeWhole(path, encodeSafetensors(named, { format: "pt" }));
}

export async function writeRecord(folder: string, record: RunRecord): Promise<void> {
  await writeWhole(join(folder, runFiles.record), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * The record of a run.
 *
 * @throws InputError `not-a-run`, `bad-experiment`
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, runFiles.record);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? "text that is not JSON" : "none that can be read";
    throw new InputError({
      code: "not-a-run",
      message: `run "${folder}": expected ${runFiles.record} in it, got ${reason}; give a folder that syngeo train has written`,
      cause,
    });
  }
  return parseRunRecord(json, `run "${folder}"`);
}

/** The tensors of one of a run's files. @throws InputError `no-such-file` and what the reader throws */
export async function readTensors(path: string): Promise<Tensors> {
  const source = await openFileSource(path);
  try {
    const contents = await readData(source);
    if (contents.kind !== "tensors") throw new Error("a safetensors file holds tensors");
    // Weights and states were written from tensors of a graph, so the reader returns such.
    return Object.fromEntries(contents.tensors.map(({ name, tensor }) => [name, tensor as GraphTensor]));
  } finally {
    await source.close();
  }
}

/** The weights of a run before its first step and after its last. */
export async function readEnds(folder: string) {
  const read = async (file: string) =>
    Object.entries(await readTensors(join(folder, file))).map(([name, tensor]) => ({ name, tensor }));
  return { initial: await read(runFiles.initial), final: await read(runFiles.final) };
}
