/** Sweeps on a real Slurm: an array job, followed, left, rejoined, and submitted again where a task dies. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slurmDefaults } from "../../src/experiment/slurm-script.ts";
import { type SlurmSweepOptions, sweepOnSlurm } from "../../src/experiment/slurm-sweep.node.ts";
import { expectRefusal, runCommand } from "../command.ts";
import { rowsOfRuns } from "../store-rows.ts";
import { noSlurm, startSlurm } from "./slurm.ts";

if (noSlurm !== null) console.warn(`SKIPPED: sweeps on a real Slurm (${noSlurm})`);

const runs = Array.from({ length: 12 }, (_, k) => `run${k}`);

describe.skipIf(noSlurm !== null)("sweepOnSlurm", () => {
  let slurm: { stop(): Promise<void> };
  const root = mkdtempSync(join(tmpdir(), "syngeo-slurm-store-"));
  beforeAll(async () => {
    slurm = await startSlurm();
  }, 60_000);
  afterAll(async () => {
    await slurm.stop();
    rmSync(root, { recursive: true });
  });

  /** Runs that are files, made by a line of JavaScript: `$SLURM_ARRAY_TASK_ID` and the number of tasks are its arguments. */
  const optionsOf = (name: string, body: string): SlurmSweepOptions => {
    const store = join(root, name);
    mkdirSync(store);
    const program = `
      const fs = require("fs"), [task, tasks] = process.argv.slice(1).map(Number), runs = ${JSON.stringify(runs)};
      const make = (run) => fs.writeFileSync(${JSON.stringify(store)} + "/" + run, "", { flag: "wx" });
      ${body}`;
    return {
      name,
      store,
      runs,
      sweep: name,
      command: (tasks) => [process.execPath, "-e", program, "$SLURM_ARRAY_TASK_ID", String(tasks)],
      settings: { ...slurmDefaults, tasks: 4 },
      standing: async () => ({
        done: new Set(readdirSync(store).filter((file) => file.startsWith("run"))),
        failed: new Set<string>(),
      }),
      pollSeconds: 0.5,
      graceSeconds: 2,
    };
  };
  const MAKE_SHARE = "runs.filter((_, k) => k % tasks === task).forEach(make);";

  it("makes every run once, each task its share", async () => {
    const options = optionsOf("plain", MAKE_SHARE);
    const seen: number[] = [];
    const outcome = await sweepOnSlurm({ ...options, onProgress: ({ done }) => seen.push(done) });
    expect(outcome).toMatchObject({ status: "done", reasons: [], jobs: [expect.stringMatching(/^\d+$/)] });
    expect((await options.standing()).done).toEqual(new Set(runs));
    expect(seen[seen.length - 1]).toBe(12);
    expect(await sweepOnSlurm(options)).toMatchObject({ status: "done", jobs: outcome.jobs });
  }, 60_000);

  it("submits a task again that died before its runs were there, and only that", async () => {
    const body = `const once = process.env.HOME && ${JSON.stringify(join(root, "died"))};
      if (task === 2 && !fs.existsSync(once)) { fs.writeFileSync(once, ""); process.kill(process.pid, "SIGKILL"); }
      ${MAKE_SHARE}`;
    const options = optionsOf("dies", body);
    const outcome = await sweepOnSlurm(options);
    expect(outcome).toMatchObject({ status: "done", reasons: [] });
    expect(outcome.jobs).toHaveLength(2);
    const logs = readdirSync(join(options.store, "slurm", "logs"));
    expect(logs.filter((log) => log.startsWith(outcome.jobs[1]))).toEqual([`${outcome.jobs[1]}_2.log`]);
  }, 60_000);

  it("gives up a task that always dies, and says how it ended and what it said last", async () => {
    const body = `if (task === 1) { console.error("no such module"); process.exit(3); } ${MAKE_SHARE}`;
    const options = { ...optionsOf("never", body), retries: 1 };
    const outcome = await sweepOnSlurm(options);
    expect(outcome.status).toBe("incomplete");
    expect(outcome.jobs).toHaveLength(2);
    expect(outcome.reasons).toEqual([
      expect.stringMatching(
        new RegExp(`^task ${outcome.jobs[1]}_1: failed, exit code 3:0, "no such module"`),
      ),
    ]);
    expect((await options.standing()).done.size).toBe(9);
  }, 60_000);

  it("can be left and rejoined: tasks that wait or run are not submitted again", async () => {
    const options = optionsOf("rejoin", `setTimeout(() => { ${MAKE_SHARE} }, 4000);`);
    const abort = new AbortController();
    const left = sweepOnSlurm({ ...options, signal: abort.signal });
    setTimeout(() => abort.abort(), 1500);
    const { status, jobs } = await left;
    expect(status).toBe("left");
    // Another number of tasks is not taken while those of the first call are under way.
    const rejoined = await sweepOnSlurm({ ...options, settings: { ...options.settings, tasks: 3 } });
    expect(rejoined).toEqual({ status: "done", jobs, reasons: [] });
    const script = readFileSync(join(options.store, "slurm", "rejoin.sh"), "utf8");
    expect(script).toContain("#SBATCH --job-name=rejoin");
  }, 60_000);

  it("says what Slurm says of settings that the cluster does not have", async () => {
    const options = optionsOf("refused", MAKE_SHARE);
    const settings = { ...options.settings, partition: "gpu" };
    await expect(sweepOnSlurm({ ...options, settings })).rejects.toThrow(
      /^sbatch: expected Slurm to take it, got ".*[Ii]nvalid partition/,
    );
    expect(existsSync(join(options.store, "slurm", "refused.json"))).toBe(false);
  });

  describe("syngeo sweep --slurm", () => {
    const plan = {
      schema: "syngeo.plan/1",
      name: "tiny",
      kind: "train",
      settings: {
        preset: "linear-regression",
        task: { inputs: 60, samples: 7 },
        learning: { passes: 4, batch: 3, learningRate: 0.005 },
      },
      cross: { "geometry.potential": ["2-norm", "negative-entropy"], seed: { from: 1, to: 4 } },
    };
    const words = (...others: string[]) => {
      writeFileSync(join(root, "tiny.json"), JSON.stringify(plan));
      const { stdout, stderr, status } = runCommand(root, ["sweep", "tiny.json", "--json", ...others]);
      expect(stderr).toBe("");
      return { ...JSON.parse(stdout), exit: status };
    };
    const rowsIn = (store: string) => rowsOfRuns(join(root, store));

    it("gives the rows that two processes give, bit for bit, and nothing to do the second time", () => {
      writeFileSync(join(root, "slurm.json"), JSON.stringify({ tasks: 3, environment: ["export LAB=1"] }));
      expect(words("--store", "here", "--jobs", "2")).toMatchObject({ made: 8, exit: 0 });
      const summary = words("--store", "there", "--slurm", "--slurm-config", "slurm.json", "--time", "10");
      expect(summary).toMatchObject({
        schema: "syngeo.sweep/1",
        status: "done",
        made: 8,
        failed: [],
        exit: 0,
      });
      expect(summary.jobs).toHaveLength(1);
      expect(rowsIn("there")).toEqual(rowsIn("here"));
      expect(words("--store", "there", "--slurm")).toMatchObject({ before: 8, made: 0, jobs: summary.jobs });
    }, 120_000);

    it("keeps what a run says that cannot be made, and exits with 3", () => {
      const settings = { preset: "mnist-mlp", task: { folder: "no-such-folder" } };
      writeFileSync(
        join(root, "failing.json"),
        JSON.stringify({ ...plan, settings, cross: { seed: [1, 2] } }),
      );
      const line = ["sweep", "failing.json", "--json", "--store", "failing", "--slurm"];
      const { stdout, status } = runCommand(root, line);
      expect(JSON.parse(stdout).failed[0].message).toContain("no-such-folder");
      expect(status).toBe(3);
    }, 120_000);

    it("refuses settings that no cluster has in one sentence", () => {
      const line = ["sweep", "tiny.json", "--store", "refused"];
      expectRefusal(
        root,
        [...line, "--partition", "cpu"],
        /--partition: expected --slurm beside it, got none/,
      );
      expectRefusal(
        root,
        [...line, "--slurm", "--partition", "gpu"],
        /^syngeo: sbatch: expected Slurm to take it/,
      );
      expectRefusal(
        root,
        [...line, "--slurm", "--slurm-config", "tiny.json"],
        /expected one of partition, .* got "schema"/,
      );
      expectRefusal(
        root,
        [...line, "--slurm", "--slurm-config", "nowhere.json"],
        /expected a file of JSON, got none/,
      );
    }, 60_000);
  });
});
