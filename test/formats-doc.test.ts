/** docs/formats.md against the table of formats, and its commands against the command line. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addInferCommand } from "../src/cli/infer-command.node.ts";
import { addInspectCommand } from "../src/cli/inspect-command.node.ts";
import { formats } from "../src/data/readers.ts";

const text = readFileSync(resolve(import.meta.dirname, "../docs/formats.md"), "utf8");
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(2).replace(/ ?\|$/, "").split(" | "));
const described = rows.filter((cells) => cells.length >= 4 && cells[0] !== "format");
const commands = rows.filter((cells) => cells.length === 2 && cells[0] !== "format");
const codeIn = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), (match) => match[1]);

function optionsOf(name: string): readonly string[] {
  const program = new Command();
  addInferCommand(program);
  addInspectCommand(program);
  const command = program.commands.find((each) => each.name() === name);
  return command?.options.flatMap((option) => option.long ?? []) ?? expect.fail(`no command ${name}`);
}

describe("docs/formats.md", () => {
  it("has a row for every format that is read, with its endings, in the order of the table", () => {
    expect(described.map(([name, endings]) => [name, codeIn(endings)])).toEqual(
      formats.map(({ name, endings }) => [name, endings]),
    );
  });

  it("says for every format whether it is an array, arrays or a table, and what is read of it", () => {
    for (const [name, , kind, read] of described) {
      expect(["one array", "arrays", "table"], name).toContain(kind);
      expect(read.length, name).toBeGreaterThan(10);
    }
  });

  it("has a command for every format, on a file of its ending, with options that exist", () => {
    expect(commands.map(([name]) => name)).toEqual(formats.map(({ name }) => name));
    for (const [name, cell] of commands) {
      const [, verb, ...words] = codeIn(cell)[0].split(" ");
      for (const word of words) if (word.startsWith("--")) expect(optionsOf(verb), cell).toContain(word);
      const endings = formats.find((format) => format.name === name)?.endings ?? [];
      const file = words[0].replaceAll('"', "");
      expect(
        endings.some((ending) => file.endsWith(ending)),
        cell,
      ).toBe(true);
    }
  });
});
