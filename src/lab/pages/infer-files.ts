/** Files and folders that were chosen, under the names by which a command calls them. */

import {
  type BlockFile,
  blobSource,
  type ChosenFolder,
  type FileDescription,
  inspectChosenFolder,
  inspectFile,
  openBlocks,
  openChosenFolder,
  type ReadOptions,
  tablePatternOf,
} from "../../data/index.ts";
import { InputError } from "../../errors.ts";
import { endsOfRun, runFiles } from "../../experiment/index.ts";
import type { FileAccess } from "../../pairing/index.ts";
import { type Chosen, isFolder, readChosen } from "../chosen.ts";

export interface Given {
  /** As it is typed in a terminal. */
  readonly name: string;
  readonly chosen: Chosen;
}

/** The two ends, or the one table, and those of a control in files of its own. */
export interface GivenFiles {
  readonly ends: readonly Given[];
  readonly control: readonly Given[];
}

const ROLES = ["initial", "final", "control-initial", "control-final"] as const;

/** Names as typed where the files lie; those that share one are told apart by folders `initial/`, `final/` and so on. */
export function givenFiles(ends: readonly Chosen[], control: readonly Chosen[]): GivenFiles {
  const all = [
    ...ends.map((chosen, k) => ({ chosen, role: ROLES[k] })),
    ...control.map((chosen, k) => ({ chosen, role: ROLES[2 + k] })),
  ];
  const given = all.map(({ chosen, role }) => {
    const isAlone = all.filter((other) => other.chosen.name === chosen.name).length === 1;
    const name = isAlone ? chosen.name : `${role}/${chosen.name}`;
    if (!isFolder(chosen)) return { name, chosen };
    const folder = { ...chosen, name };
    return { name: tablePatternOf(folder) ?? name, chosen: folder };
  });
  return { ends: given.slice(0, ends.length), control: given.slice(ends.length) };
}

/** Whether some of the files share a name, so that the names given are not where they lie. */
export const hasTwins = ({ ends, control }: GivenFiles): boolean => {
  const all = [...ends, ...control];
  return all.some(({ name }) => ROLES.some((role) => name.startsWith(`${role}/`)));
};

/** How the files are reached by their names, as the command line reaches paths. */
export interface GivenAccess extends FileAccess {
  inspect(name: string): Promise<FileDescription>;
  /** Null for what is read whole. */
  open(name: string): Promise<BlockFile | null>;
}

/** @param sheet  of a workbook; its first where undefined */
export function accessTo({ ends, control }: GivenFiles, sheet: string | undefined): GivenAccess {
  const known = new Map<string, Blob | ChosenFolder>(
    [...ends, ...control].map(({ name, chosen }) => [name, chosen]),
  );
  const options: ReadOptions = sheet === undefined ? {} : { sheet };
  const find = (name: string) => {
    const [file] = name.split("/").slice(-1);
    const run = known.get(name.slice(0, -file.length - 1));
    const found = known.get(name) ?? (run !== undefined && isFolder(run) ? run.files.get(file) : undefined);
    if (found !== undefined) return found;
    throw new InputError({
      code: "file-not-found",
      message: `file "${name}": expected a readable file, got none at this path; choose the folder again once the run has ended`,
    });
  };
  return {
    async ends(names) {
      const isRun = (name: string) => {
        const chosen = find(name);
        return isFolder(chosen) && chosen.files.has(runFiles.record);
      };
      return names.every(isRun) ? endsOfRun(names, (folder, file) => `${folder}/${file}`) : names;
    },
    async read(name) {
      return readChosen(name, find(name), options);
    },
    async inspect(name) {
      const chosen = find(name);
      return isFolder(chosen)
        ? inspectChosenFolder(chosen, options)
        : inspectFile(blobSource(name, chosen), options);
    },
    async open(name) {
      const chosen = find(name);
      return isFolder(chosen) ? openChosenFolder(chosen) : openBlocks(blobSource(name, chosen));
    },
  };
}
