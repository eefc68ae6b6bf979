import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSlurmSettings, slurmDefaults, slurmScript, taskRanges } from "./slurm-script.ts";

describe("slurmScript", () => {
  it("asks for what is set and leaves the rest to the cluster", () => {
    const settings = { ...slurmDefaults, partition: "cpu", memory: "4G", environment: ["module load node"] };
    expect(
      slurmScript("regression", "/store/%A_%a.log", ["node", "sweep", "$SLURM_ARRAY_TASK_ID"], settings),
    ).toMatchInlineSnapshot(`
        "#!/bin/bash
        #SBATCH --job-name=regression
        #SBATCH --output=/store/%A_%a.log
        #SBATCH --partition=cpu
        #SBATCH --mem=4G
        #SBATCH --cpus-per-task=1
        #SBATCH --open-mode=append
        module load node
        exec 'node' 'sweep' "$SLURM_ARRAY_TASK_ID"
        "
      `);
  });

  it("hands every word to the program as it is, whatever the shell would make of it", () => {
    const folder = mkdtempSync(join(tmpdir(), "syngeo-slurm-"));
    const words = ["a b", "it's", "$HOME", "`id`", "*", "\\", "$SLURM_ARRAY_TASK_ID"];
    const print = "console.log(JSON.stringify(process.argv.slice(1)))";
    const script = join(folder, "job.sh");
    writeFileSync(script, slurmScript("x", "log", [process.execPath, "-e", print, ...words], slurmDefaults));
    const said = execFileSync("bash", [script], { env: { ...process.env, SLURM_ARRAY_TASK_ID: "7" } });
    expect(JSON.parse(String(said))).toEqual([...words.slice(0, -1), "7"]);
    rmSync(folder, { recursive: true });
  });
});

describe("taskRanges", () => {
  it("names neighbours as ranges, as sbatch --array takes them", () => {
    expect(taskRanges([5, 0, 1, 2, 9, 10])).toBe("0-2,5,9-10");
    expect(taskRanges([3])).toBe("3");
  });
});

describe("parseSlurmSettings", () => {
  it("takes what a cluster needs", () => {
    const json = { partition: "cpu", cpus: 4, environment: ["module load node"] };
    expect(parseSlurmSettings(json, "slurm.json")).toEqual(json);
  });

  it.each([
    [[], "slurm.json: expected an object, got []; such as"],
    [{ partiton: "cpu" }, 'got "partiton"; correct the key'],
    [{ partition: "a\n#SBATCH --uid=0" }, "slurm.json: partition: expected one line of text"],
    [{ cpus: 0 }, "slurm.json: cpus: expected a whole number from 1 to 1024, got 0"],
    [{ environment: "module load node" }, "slurm.json: environment: expected a list of lines of text"],
  ])("refuses %j in one sentence", (json, sentence) => {
    expect(() => parseSlurmSettings(json, "slurm.json")).toThrow(sentence);
  });
});
