/** Sweeps whose processes are killed at random moments: nothing is lost, made twice or half written. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  planRuns,
  readPlan,
  readTensors,
  runFiles,
  type SweepSummary,
} from "../src/experiment/index.node.ts";
import { createRandom } from "../src/random.ts";

const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");
const folder = mkdtempSync(join(tmpdir(), "crash-"));

/** Linear units of 20 inputs, 2 ms a pass at the most. */
function writePlan(name: string, runs: number, passes = 2): string {
  const path = join(folder, `${name}.json`);
  const settings = {
    preset: "linear-regression",
    task: { inputs: 20, samples: 7 },
    learning: { passes, batch: 7, learningRate: 0.005 },
  };
  const cross = { seed: { from: 1, to: runs } };
  writeFileSync(path, JSON.stringify({ schema: "syngeo.plan/1", name, kind: "train", settings, cross }));
  return path;
}

interface Started {
  readonly child: ChildProcess;
  /** Its summary; null where it ended without one. */
  readonly ended: Promise<{ readonly summary: SweepSummary | null; readonly code: number | null }>;
}

function startSweep(plan: string, store: string, jobs = 2): Started {
  const words = [main, "sweep", plan, "--store", store, "--jobs", String(jobs), "--json"];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const ended = once(child, "close").then(([code]) => ({
    summary: text === "" ? null : JSON.parse(text),
    code,
  }));
  return { child, ended };
}

const namesIn = (store: string, part = "runs"): string[] => {
  try {
    return readdirSync(join(folder, store, part));
  } catch {
    return []; // before the store is there
  }
};

/** The processes that a sweep has started; none where they have just ended. */
function workersOf({ child }: Started): number[] {
  try {
    return execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
}

/** Whether one of them was there to be killed: it may just have ended by itself. */
function killOne(processes: readonly number[], share: number): boolean {
  const victim = processes[Math.floor(share * processes.length)];
  try {
    return victim !== undefined && process.kill(victim, "SIGKILL");
  } catch {
    return false;
  }
}

const RUNS = 200;
const KILLS = 20;

describe("a sweep", () => {
  it(`of ${RUNS} runs whose workers and parent are killed ${KILLS} times makes each run once and whole`, async () => {
    const plan = writePlan("killed", RUNS);
    const random = createRandom(6);
    // Moments by progress, so that all come before the end on a machine of any speed.
    const moments = Array.from({ length: KILLS }, () => Math.floor(random.uniform() * (RUNS - 70)));
    moments.sort((a, b) => a - b);
    const killed = { workers: 0, parents: 0 };
    const seen = new Map<string, number>();
    const summaries: (SweepSummary | null)[] = [];
    let sweep = startSweep(plan, "killed");
    for (const [k, moment] of moments.entries()) {
      let workers: number[] = [];
      while (workers.length === 0) {
        await wait(5);
        expect(sweep.child.exitCode, "it ends only when it is killed").toBeNull();
        if (namesIn("killed").length >= moment) workers = workersOf(sweep);
      }
      for (const id of namesIn("killed")) {
        const { ino } = statSync(join(folder, "killed", "runs", id));
        expect(seen.get(id) ?? ino, "a complete run stays").toBe(ino);
        seen.set(id, ino);
      }
      await wait(random.uniform() * 100);
      if (k % 2 === 0) {
        const share = random.uniform();
        while (!killOne(workers, share)) {
          await wait(5);
          workers = workersOf(sweep);
        }
        killed.workers++;
      } else {
        killed.parents += sweep.child.kill("SIGKILL") ? 1 : 0;
        summaries.push((await sweep.ended).summary);
        sweep = startSweep(plan, "killed");
      }
    }
    const last = await sweep.ended;
    const { ids, runAt } = await planRuns(await readPlan(plan), plan);
    expect(namesIn("killed").sort()).toEqual([...ids].sort());
    for (const [k, id] of ids.entries())
      await expectWhole(join(folder, "killed", "runs", id), id, (await runAt(k)).settings);
    for (const [id, ino] of seen) expect(statSync(join(folder, "killed", "runs", id)).ino).toBe(ino);
    expect(readdirSync(join(folder, "killed", "failed"))).toEqual([]);
    expect(summaries.filter((summary) => summary !== null)).toEqual([]);
    expect(last).toMatchObject({ code: 0, summary: { status: "done", failed: [] } });
    expect(killed).toEqual({ workers: KILLS / 2, parents: KILLS / 2 });
    console.log(
      `${ids.length} runs complete after ${killed.workers} kills of workers and ${killed.parents} of parents; the last sweep made ${last.summary?.made}, found ${last.summary?.before}, replaced ${last.summary?.died} processes`,
    );
    // What the last parent's killed workers left is removed by the next sweep.
    const again = await startSweep(plan, "killed").ended;
    expect(again).toMatchObject({ code: 0, summary: { made: 0, before: RUNS } });
    // A worker whose parent is gone may live for a moment yet, and what is of a living process stays.
    for (let tries = 0; tries < 20 && namesIn("killed", "unfinished").length > 0; tries++) {
      await wait(500);
      await startSweep(plan, "killed").ended;
    }
    expect(readdirSync(join(folder, "killed", "unfinished"))).toEqual([]);
  }, 240_000);

  it("beside another over one store shares the runs, each kept once", async () => {
    const plan = writePlan("shared", 30);
    const [first, second] = await Promise.all([0, 1].map(() => startSweep(plan, "shared", 1).ended));
    const count = (key: "made" | "second") => Number(first.summary?.[key]) + Number(second.summary?.[key]);
    expect(namesIn("shared")).toHaveLength(30);
    expect(count("made")).toBe(30);
    expect([first.code, second.code]).toEqual([0, 0]);
    // Both may be at the last run, and meet once more where they looked at the same moment.
    expect(count("second")).toBeLessThan(10);
    expect(Number(first.summary?.made)).toBeGreaterThan(0);
    expect(Number(second.summary?.made)).toBeGreaterThan(0);
  });

  it("gives up a run whose process dies three times, says why, and tries it again the next time", async () => {
    const plan = writePlan("dying", 1, 5000);
    const sweep = startSweep(plan, "dying");
    const killed: number[] = [];
    while (killed.length < 3) {
      await wait(20);
      // Those that are at a run, by its folder.
      const begun = namesIn("dying", "unfinished").map((name) => Number(name.split("~")[2]));
      const victim = workersOf(sweep).find((pid) => begun.includes(pid) && !killed.includes(pid));
      if (victim === undefined) continue;
      process.kill(victim, "SIGKILL");
      killed.push(victim);
    }
    const { summary, code } = await sweep.ended;
    expect(code).toBe(3);
    expect(summary).toMatchObject({ made: 0, died: 3 });
    expect(summary?.failed[0].message).toMatch(
      /^sweep: expected the process of run [0-9a-f]{12} to end with an answer, got SIGKILL \(3 times\); /,
    );
    expect((await startSweep(plan, "dying").ended).summary).toMatchObject({
      made: 1,
      failed: [],
      leftOver: 0,
    });
    expect(namesIn("dying", "failed")).toEqual([]);
  });

  it("that Ctrl-C stops keeps what is made, and goes on", async () => {
    const plan = writePlan("stopped", 40);
    const sweep = startSweep(plan, "stopped");
    while (namesIn("stopped").length < 5) await wait(5);
    sweep.child.kill("SIGINT");
    const { summary, code } = await sweep.ended;
    expect(code).toBe(130);
    expect(summary).toMatchObject({ status: "interrupted", failed: [] });
    expect(namesIn("stopped")).toHaveLength(Number(summary?.made));
    expect(readdirSync(join(folder, "stopped", "unfinished"))).toEqual([]);
    const rest = await startSweep(plan, "stopped").ended;
    expect(rest.summary).toMatchObject({
      status: "done",
      before: summary?.made,
      made: 40 - Number(summary?.made),
    });
  });
});

/** Every file can be read, and is that of this run. */
async function expectWhole(run: string, id: string, settings: unknown): Promise<void> {
  const json = (name: string) => JSON.parse(readFileSync(join(run, name), "utf8"));
  expect(json("settings.json")).toMatchObject({ id, settings });
  expect(json("rows.json").rows).toHaveLength(1);
  expect(json("outcome.json")).toMatchObject({ status: "done" });
  expect(json(runFiles.record)).toMatchObject({ status: "done" });
  expect(readFileSync(join(run, runFiles.metrics), "utf8").trim().split("\n")).toHaveLength(2);
  for (const name of [runFiles.initial, runFiles.final, runFiles.state]) {
    const tensors = await readTensors(join(run, name));
    expect(tensors.weight.data).toHaveLength(20);
  }
}
