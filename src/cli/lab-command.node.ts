/** `syngeo lab`: the browser lab, on this machine alone. */

import { execFile } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { InputError } from "../errors.ts";
import { wholeNumber } from "./flag-values.node.ts";
import { LAB_HOST, labServer } from "./lab-server.node.ts";
import { interruption } from "./terminal.node.ts";

interface LabFlags {
  readonly port: number;
  readonly open?: true;
  readonly figures?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  syngeo lab --open
  syngeo lab --port 8080 --figures figures/`;

export function addLabCommand(program: Command): void {
  program
    .command("lab")
    .description(
      "Serves the lab on this machine: drop files and see their geometry, play with mirror descent, train, plan experiments. Nothing is uploaded or written. Ctrl-C ends it.",
    )
    .option("--port <number>", "a free one unless given", wholeNumber, 0)
    .option("--open", "open it in the browser")
    .option("--figures <folder>", "show the figures that syngeo figure has written there")
    .option("--json", "print the address as one JSON object (schema syngeo.lab/1)")
    .addHelpText("after", EXAMPLES)
    .action(runLab);
}

async function runLab({ port, open, figures, json }: LabFlags): Promise<void> {
  const page = join(import.meta.dirname, "..", "lab");
  await requireFile(join(page, "index.html"), "the built lab", "run npm run build");
  if (figures !== undefined) await requireFile(figures, "a folder of figures", "run syngeo figure first");
  const server = labServer({ page, figures: figures ?? null });
  await listen(server, port);
  // A server on an address and a port has both.
  const address = `http://${LAB_HOST}:${(server.address() as AddressInfo).port}/`;
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema: "syngeo.lab/1", address })}\n`
      : `Syngeo lab: ${address}  (Ctrl-C ends it)\n`,
  );
  if (open) openInBrowser(address);
  const { signal, release } = interruption();
  await once(signal, "abort");
  release();
  server.closeAllConnections();
  server.close();
}

async function requireFile(path: string, expected: string, advice: string): Promise<void> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) return;
  throw new InputError({
    code: "no-file",
    message: `lab: expected ${expected}, got nothing at "${path}"; ${advice}`,
  });
}

/** @throws InputError `port-taken` */
async function listen(server: ReturnType<typeof labServer>, port: number): Promise<void> {
  try {
    server.listen(port, LAB_HOST);
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new InputError({
      code: "port-taken",
      message: `--port: expected a port from 0 to 65535 that is free, got ${port} (${reason}); leave it out for a free one`,
      cause,
    });
  }
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "explorer" };

/** Where nothing can open it, the address stands in the terminal. */
function openInBrowser(address: string): void {
  execFile(OPENERS[process.platform] ?? "xdg-open", [address], (error) => {
    if (error !== null && "code" in error && error.code === "ENOENT") {
      process.stderr.write(`syngeo: --open: expected a browser to open, got none; open ${address}\n`);
    }
  });
}
