/** A Slurm of this machine for tests, where slurmctld and slurmd are installed. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why there is none here, or null. */
export const noSlurm: string | null = (() => {
  if (process.getuid?.() !== 0) return "needs root";
  const found = ["slurmctld", "slurmd", "sbatch"].every((name) => spawnSync("which", [name]).status === 0);
  return found ? null : "needs Debian's slurmctld, slurmd and slurm-client";
})();

/** Starts it and points the client commands of this process to it; `stop` ends it. */
export async function startSlurm(): Promise<{ stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "syngeo-slurm-"));
  const script = join(import.meta.dirname, "start.sh");
  const child = spawn(script, [folder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => {
      if (String(text).includes("ready ")) resolve();
    });
    child.on("exit", (code) => reject(new Error(`${script} ended with code ${code}`)));
  });
  process.env.SLURM_CONF = join(folder, "slurm.conf");
  return {
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
