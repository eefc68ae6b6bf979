#!/usr/bin/env node
/** The `syngeo` command: words and exit codes, no mathematics. */

import { Command, CommanderError } from "commander";
import { InputError, UnsupportedError } from "../errors.ts";
import { packageVersion } from "./version.node.ts";

const EXIT = { badInput: 2, fault: 1, stopped: 130 } as const;

interface NamedCommand {
  readonly name: string;
  readonly summary: string;
  load(): Promise<(program: Command) => void>;
}

/** Only the code of the one asked for is loaded: that of all would take longer than most answers. */
const COMMANDS: readonly NamedCommand[] = [
  {
    name: "infer",
    summary: "which geometry changed these synapses?",
    load: async () => (await import("./infer-command.node.ts")).addInferCommand,
  },
  {
    name: "inspect",
    summary: "what is in this file?",
    load: async () => (await import("./inspect-command.node.ts")).addInspectCommand,
  },
  {
    name: "design",
    summary: "how many synapses do I need?",
    load: async () => (await import("./design-command.node.ts")).addDesignCommand,
  },
  {
    name: "series",
    summary: "how do sizes change over several times?",
    load: async () => (await import("./series-command.node.ts")).addSeriesCommand,
  },
  {
    name: "train",
    summary: "learn in a geometry",
    load: async () => (await import("./train-command.node.ts")).addTrainCommand,
  },
  {
    name: "sweep",
    summary: "many runs by a plan",
    load: async () => (await import("./sweep-command.node.ts")).addSweepCommand,
  },
  {
    name: "runs",
    summary: "what the runs of a store found",
    load: async () => (await import("./runs-command.node.ts")).addRunsCommand,
  },
  {
    name: "figure",
    summary: "redraw a figure of a paper from new runs",
    load: async () => (await import("./figure-command.node.ts")).addFigureCommand,
  },
  {
    name: "lab",
    summary: "the browser lab, on 127.0.0.1",
    load: async () => (await import("./lab-command.node.ts")).addLabCommand,
  },
];

/** @param words  what was typed, with or without the paths before it, which `node --eval` leaves out */
async function makeProgram(words: readonly string[]): Promise<Command> {
  const program = new Command("syngeo")
    .description("Finds the geometry of synaptic plasticity from weights before and after learning.")
    .version(packageVersion())
    .showSuggestionAfterError()
    .addHelpText("after", "\nExample:\n  syngeo infer before.npy after.npy --report report.html")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) });
  // Options before a command take no word, so that the first name among the words is the command (or that after `help`).
  const asked = words.find((word) => COMMANDS.some(({ name }) => name === word));
  for (const { name, load } of COMMANDS) {
    if (name === asked) (await load())(program);
    else program.command(name);
  }
  for (const [k, command] of program.commands.entries()) {
    command.summary(COMMANDS[k].summary);
    command.exitOverride().configureOutput(program.configureOutput());
  }
  return program;
}

/** The parser's message in the form of all others. */
function oneSentence(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\s*\n\((Did you mean .*\?)\)$/, (_, hint: string) => `; ${hint.toLowerCase()}`);
  return `syngeo: ${words}\n`;
}

async function main(): Promise<void> {
  // A reader such as `head` that closes the pipe is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : EXIT.fault);
  });
  try {
    const program = await makeProgram(process.argv);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.badInput;
    } else if (error instanceof InputError || error instanceof UnsupportedError) {
      process.stderr.write(`syngeo: ${error.message}\n`);
      process.exitCode = EXIT.badInput;
    } else if (error instanceof DOMException && error.name === "AbortError") {
      process.stderr.write("syngeo: stopped before an answer\n");
      process.exitCode = EXIT.stopped;
    } else {
      process.stderr.write(
        `syngeo: a fault of ours; please report it with the command\n${error instanceof Error ? error.stack : String(error)}\n`,
      );
      process.exitCode = EXIT.fault;
    }
  }
}

await main();
