import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { csvText } from "./csv.node.ts";
import { queryRuns, type RunQuery, type RunTable, readRunTable, shownColumns } from "./query-runs.node.ts";
import type { Row } from "./run-kind.ts";
import { showRun } from "./show-run.node.ts";
import { createStore, openRun } from "./store.node.ts";

const folder = mkdtempSync(join(tmpdir(), "query-"));
const store = join(folder, "store");
let table: RunTable;

/** A run of two settings, of which one is a part of another. */
async function keep(
  id: string,
  settings: { seed: number; task: object },
  rows: readonly Row[],
): Promise<void> {
  const run = await openRun(store, id);
  await run.finish({
    settings: { schema: "syngeo.settings/1", id, kind: "k", plan: "p", varied: {}, settings },
    rows,
    outcome: {
      schema: "syngeo.outcome/1",
      status: "done",
      message: "",
      seconds: 1,
      versions: {},
      host: "h",
      started: "2024-01-01T00:00:00.000Z",
    },
  });
}

beforeAll(async () => {
  await createStore(store);
  await keep("a1", { seed: 1, task: { inputs: 100 } }, [{ accuracy: 0.5, name: 'it\'s "odd"', ok: true }]);
  await keep("a2", { seed: 2, task: { inputs: 200 } }, [{ accuracy: 0.1 + 0.2, name: "x", ok: null }]);
  await keep("b3", { seed: 3, task: { inputs: 200 } }, [
    { accuracy: null, name: "y", tensor: "w" },
    { accuracy: -1e-300, name: "y, z", tensor: "v" },
  ]);
  table = await readRunTable(store);
});

const ask = (query: Partial<RunQuery>) =>
  queryRuns(table, { where: null, columns: null, sort: [], limit: null, ...query });
const asked = async (query: Partial<RunQuery>) =>
  (await ask({ columns: ["run", "accuracy"], ...query })).rows;

describe("a query", () => {
  it("without words gives every row, by run, with the columns that differ", async () => {
    const { columns, rows } = await ask({});
    expect(columns).toEqual(["run", "run.status", "seed", "task.inputs", "accuracy", "name", "ok", "tensor"]);
    expect(rows.map(({ run }) => run)).toEqual(["a1", "a2", "b3", "b3"]);
    expect(rows[1]).toMatchObject({ "task.inputs": 200, accuracy: 0.1 + 0.2, ok: null, tensor: null });
    expect(shownColumns({ columns: ["run", "x"], rows: [] })).toEqual([]);
  });

  it.each([
    ["task.inputs >= 200 and accuracy > 0", ["a2"]],
    ['"task.inputs" = 100', ["a1"]],
    [`name = 'it''s "odd"'`, ["a1"]],
    ["name = 'task.inputs' or seed = 2 -- a comment", ["a2"]],
    ["ok", ["a1"]],
    ["accuracy is null", ["b3"]],
  ])("takes the condition %s", async (where, runs) => {
    expect((await asked({ where })).map(({ run }) => run)).toEqual(runs);
  });

  it("sorts by columns, falling after a minus, what is missing last, and ends at the limit", async () => {
    const rows = await asked({ sort: ["-accuracy"] });
    expect(rows.map(({ accuracy }) => accuracy)).toEqual([0.5, 0.1 + 0.2, -1e-300, null]);
    expect(await asked({ sort: ["-task.inputs", "-seed"], limit: 1 })).toEqual([
      { run: "b3", accuracy: null },
    ]);
  });

  it.each([
    [
      { where: "acuracy > 1" },
      /^--where: expected a condition in SQL, got "acuracy > 1" \(Binder Error: .*\); the columns are run, run.kind, .*, accuracy, /,
    ],
    [{ where: "seed >" }, /Parser Error/],
    [{ columns: ["acuracy"] }, /^--columns: expected one of .*, got "acuracy"; did you mean "accuracy"\?$/],
    [{ sort: ["-sead"] }, /^--sort: expected one of .*, got "sead"; did you mean "seed"\?$/],
  ])("refuses %j in one sentence", async (query, sentence) => {
    await expect(ask(query)).rejects.toThrow(sentence);
    await expect(ask(query)).rejects.toThrow(InputError);
  });

  it("can neither read nor write a file, load an extension or change that", async () => {
    const secret = join(folder, "secret.csv");
    writeFileSync(secret, "word\nsecret\n");
    const written = join(folder, "written.csv");
    for (const where of [
      `exists (from read_csv('${secret}'))`,
      `exists (from '${secret}')`,
      `run in (select content from read_text('${secret}'))`,
      `exists (from glob('${folder}/*'))`,
      `true); copy runs to '${written}'; select (true`,
      `true); set enable_external_access = true; select (true`,
      `true); install httpfs; select (true`,
      `true); attach '${written}' as other; select (true`,
    ]) {
      await expect(ask({ where }), where).rejects.toThrow(/--where: expected a condition/);
    }
    expect(existsSync(written)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["secret.csv", "store"]);
  });
});

describe("rows as CSV", () => {
  it("keep every digit, quote what needs it, and leave empty what is missing", () => {
    const columns = ["run", "task.inputs", "accuracy", "name", "ok"];
    expect(csvText(table.rows, columns)).toBe(
      [
        columns.join(","),
        'a1,100,0.5,"it\'s ""odd""",true',
        "a2,200,0.30000000000000004,x,",
        "b3,200,,y,",
        'b3,200,-1e-300,"y, z",',
        "",
      ].join("\n"),
    );
  });
});

describe("one run", () => {
  it("is found by the beginning of its id, with all its files", async () => {
    const found = await showRun(store, "b");
    if (found.state !== "complete") throw new Error("it is complete");
    expect(found.settings.id).toBe("b3");
    expect(found.files.map(({ name }) => name)).toEqual(["outcome.json", "rows.json", "settings.json"]);
  });

  it.each([
    ["a", /got "a", with which a1, a2 begin; give more of it/],
    ["c", /got "c"; /],
    ["", /got ""/],
  ])("is not guessed from %j", async (id, sentence) => {
    await expect(showRun(store, id)).rejects.toThrow(sentence);
  });
});
