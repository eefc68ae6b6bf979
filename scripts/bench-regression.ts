/**
 * How fast the runs of the figure `regression` are made, beside the published code.
 *
 *     npm run build && npm run bench-regression [-- --rounds 3]
 *
 * Six sizes from 100 to 1898 inputs, both numbers of samples, both powers, three potentials, 10 seeds, learning rates searched:
 * the published code (PyTorch, one run after the other) took 27 s on two cores of the machine on which these were measured.
 * Ours is `syngeo sweep` from its start to its end, in two processes. Where others use the cores, the processor's seconds
 * say more than the clock's: half of them is what the clock would say.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const PUBLISHED_SECONDS = 27;
const SIZES = [1898, 1053, 584, 324, 180, 100];

const main = fileURLToPath(new URL("../dist/cli/main.node.js", import.meta.url));

/** `0m1.25s 0m0.5s` → 1.75 */
function secondsOf(times: string): number {
  const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** The plan of the quick figure with these sizes, the largest first. */
function planOfBench() {
  const plan = JSON.parse(readFileSync(new URL("../plans/regression-quick.json", import.meta.url), "utf8"));
  const together = SIZES.flatMap((inputs) =>
    [0.75, 0.5].map((power) => ({
      "task.inputs": inputs,
      "task.samples": Math.floor(inputs ** power + 1e-9),
    })),
  );
  return { ...plan, name: "regression-bench", together };
}

const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-regression-"));
try {
  writeFileSync(join(folder, "plan.json"), JSON.stringify(planOfBench()));
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const started = performance.now();
    const words = ["sweep", "plan.json", "--store", `store-${round}`, "--jobs", "2", "--json"];
    // The shell knows the processor's time of all processes below it; Node knows only its own.
    const script = '"$@" >answer.json && times';
    const command = ["-c", script, "sh", process.execPath, main, ...words];
    const [, below] = execFileSync("sh", command, { cwd: folder, encoding: "utf8" }).trim().split("\n");
    const seconds = (performance.now() - started) / 1000;
    const answer = readFileSync(join(folder, "answer.json"), "utf8");
    const { made, failed } = JSON.parse(answer);
    if (made !== 24 || failed.length > 0) throw new Error(`expected 24 runs, got ${answer}`);
    rounds.push({ seconds, processor: secondsOf(below) });
  }
  const seconds = Math.min(...rounds.map((round) => round.seconds));
  const processor = Math.min(...rounds.map((round) => round.processor));
  console.log(
    `regression, 24 runs of 30 members, two processes: ${seconds.toFixed(2)} s, ${processor.toFixed(2)} s busy; published code ${PUBLISHED_SECONDS} s: ${(PUBLISHED_SECONDS / seconds).toFixed(1)} times as fast by the clock, ${((2 * PUBLISHED_SECONDS) / processor).toFixed(1)} times by half the processor's seconds`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
