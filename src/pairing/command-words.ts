/** A choice as the words of `syngeo infer`, to be copied into a terminal. */

import type { NoiseChoice } from "./noise-choice.ts";
import { flagOf, type PairSelection } from "./table-pairs.ts";

/** A word as a shell takes it, quoted where it has to be: a pattern is for Syngeo, not for the shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** Flags with their values, each with as many as it has; those that are not set are left out. */
export function inferWords(choice: PairSelection & NoiseChoice): readonly string[] {
  const { repeat, ...others } = choice;
  const flags = Object.entries(others).flatMap(
    ([name, value]: [string, string | number | readonly string[]]) =>
      [value].flat().map((each) => `--${flagOf(name)} ${shellWord(String(each))}`),
  );
  const repeats = repeat.length === 0 ? [] : [`--repeat ${repeat.map(shellWord).join(" ")}`];
  return [...flags, ...repeats];
}
