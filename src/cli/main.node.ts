#!/usr/bin/env node
/** The `syngeo` command: words and exit codes, no mathematics. */

import { Command, CommanderError } from "commander";
import { InputError, UnsupportedError } from "../errors.ts";
import { addDesignCommand } from "./design-command.node.ts";
import { addFigureCommand } from "./figure-command.node.ts";
import { addInferCommand } from "./infer-command.node.ts";
import { addInspectCommand } from "./inspect-command.node.ts";
import { addLabCommand } from "./lab-command.node.ts";
import { addSeriesCommand } from "./series-command.node.ts";
import { addSweepCommand } from "./sweep-command.node.ts";
import { addTrainCommand } from "./train-command.node.ts";
import { packageVersion } from "./version.node.ts";

const EXIT = { badInput: 2, fault: 1, stopped: 130 } as const;

function makeProgram(): Command {
  const program = new Command("syngeo")
    .description("Finds the geometry of synaptic plasticity from weights before and after learning.")
    .version(packageVersion())
    .showSuggestionAfterError()
    .addHelpText("after", "\nExample:\n  syngeo infer before.npy after.npy --report report.html")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) });
  for (const add of [
    addInferCommand,
    addInspectCommand,
    addDesignCommand,
    addSeriesCommand,
    addTrainCommand,
    addSweepCommand,
    addFigureCommand,
    addLabCommand,
  ])
    add(program);
  for (const command of program.commands) {
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
    await makeProgram().parseAsync();
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
