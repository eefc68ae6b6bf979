import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  completeRuns,
  createStore,
  failuresOf,
  keepFailure,
  type OpenRun,
  openRun,
  readRun,
  removeLeftOvers,
  requireStore,
  runFolder,
} from "./store.node.ts";

let store: string;
beforeEach(async () => {
  store = join(mkdtempSync(join(tmpdir(), "store-")), "runs of mine");
  await createStore(store);
});

const settings = {
  schema: "syngeo.settings/1",
  id: "a",
  kind: "k",
  plan: "p",
  varied: { x: 1 },
  settings: { x: 1 },
} as const;
const circumstances = {
  message: "",
  seconds: 1,
  versions: { syngeo: "0" },
  host: "h",
  started: "2024-01-01T00:00:00.000Z",
};
const outcome = { schema: "syngeo.outcome/1", status: "done", ...circumstances } as const;
const finish = (run: OpenRun, value: number) => run.finish({ settings, rows: [{ value }], outcome });

describe("a store", () => {
  it("shows a run only when it is whole, and gives back what was put in", async () => {
    const run = await openRun(store, "a");
    writeFileSync(join(run.folder, "weights.bin"), "own");
    expect((await completeRuns(store)).size).toBe(0);
    expect(await finish(run, 3)).toBe(true);
    expect([...(await completeRuns(store))]).toEqual(["a"]);
    expect(await readRun(store, "a")).toEqual({ settings, rows: [{ value: 3 }], outcome });
    expect(readFileSync(join(runFolder(store, "a"), "weights.bin"), "utf8")).toBe("own");
    expect(readdirSync(join(store, "unfinished"))).toEqual([]);
  });

  it("keeps the first of two that finish the same run, and tells the second", async () => {
    const [first, second] = [await openRun(store, "a"), await openRun(store, "a")];
    expect(await finish(second, 2)).toBe(true);
    expect(await finish(first, 1)).toBe(false);
    expect((await readRun(store, "a")).rows).toEqual([{ value: 2 }]);
    expect(readdirSync(join(store, "unfinished"))).toEqual([]);
  });

  it("removes what dead processes of this host left, and of others after a day, and nothing else", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const leftOver = (name: string) => {
      mkdirSync(join(store, "unfinished", name));
      return join(store, "unfinished", name);
    };
    await openRun(store, "mine");
    leftOver(`dead~${hostname()}~${pid}~0`);
    leftOver(`far~elsewhere~${pid}~0`);
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(leftOver(`old~elsewhere~${pid}~0`), yesterday, yesterday);
    expect(await removeLeftOvers(store)).toBe(2);
    expect(
      readdirSync(join(store, "unfinished"))
        .map((name) => name.split("~")[0])
        .sort(),
    ).toEqual(["far", "mine"]);
  });

  it("keeps the last reason of a failure until the run is made", async () => {
    const failure = { ...settings, ...circumstances, schema: "syngeo.failure/1" } as const;
    await keepFailure(store, { ...failure, message: "first" });
    await keepFailure(store, { ...failure, message: "second" });
    expect((await failuresOf(store, ["a", "b"])).map(({ message }) => message)).toEqual(["second"]);
    await finish(await openRun(store, "a"), 1);
    expect(await failuresOf(store, ["a", "b"])).toEqual([]);
  });

  it("says which file is damaged, and that a folder is no store", async () => {
    await finish(await openRun(store, "a"), 1);
    writeFileSync(join(runFolder(store, "a"), "rows.json"), "{");
    await expect(readRun(store, "a")).rejects.toThrow(/expected JSON in ".*rows.json", got other text/);
    await expect(requireStore(join(store, "none"))).rejects.toThrow(/--store: expected a folder with runs/);
  });
});
