/** The runs of a plan as their kind understands them, each with its name. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InputError } from "../errors.ts";
import {
  canonicalJson,
  cellOf,
  expandPlan,
  type Plan,
  parsePlan,
  requireKind,
  type Variation,
  valueAt,
} from "./plan.ts";
import type { Row, RunKind, RunTools, Settings } from "./run-kind.ts";
import { runKinds } from "./run-kinds.node.ts";

/** A plan whose kind is there to make its runs. */
export interface OpenPlan {
  readonly plan: Plan;
  readonly kind: RunKind<Settings>;
  readonly count: number;
  /** Settings that the plan varies, by dotted path. */
  readonly paths: readonly string[];
  /** A run by its number, from 0. @throws InputError as the kind's `parse` and `withContents` */
  runAt(index: number): Promise<PlannedRun>;
}

/** A plan all of whose runs are checked, known by their number or their id. */
export interface PlannedRuns extends OpenPlan {
  /** What the plan is called in messages. */
  readonly source: string;
  /** In the order of the plan; each once. */
  readonly ids: readonly string[];
  indexOf(id: string): number;
}

export interface PlannedRun {
  readonly id: string;
  /** All settings, complete. */
  readonly settings: Settings;
  /** Those that the plan varies, by dotted path, as cells of a table. */
  readonly varied: Row;
}

const ID_DIGITS = 12;

/** The name of a run: the first 12 hexadecimal digits of SHA-256 over its kind and its settings. */
export function runId(kind: string, settings: Settings): string {
  const text = `${kind}\n${canonicalJson(settings)}`;
  return createHash("sha256").update(text).digest("hex").slice(0, ID_DIGITS);
}

/** @throws InputError `no-such-file`, `bad-plan` */
export async function readPlan(path: string | URL): Promise<Plan> {
  const source = sourceOf(String(path));
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const message = `${source}: expected a file that can be read, got ${reason}; correct the path`;
    throw new InputError({ code: "no-such-file", message, cause });
  }
  return parsePlan(parsedJson(text, source), source);
}

/** What a plan is called in messages. */
export const sourceOf = (path: string) => `plan "${path}"`;

function parsedJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${source}: expected JSON, got other text (${reason}); correct it there`;
    throw new InputError({ code: "bad-plan", message, cause });
  }
}

/**
 * A plan with its kind; its runs are checked as they are asked for.
 *
 * @param source  what the plan is called in messages
 * @throws InputError as `expandPlan`; `unknown-kind`
 */
export async function openPlan(plan: Plan, source: string): Promise<OpenPlan> {
  const kind: RunKind<Settings> = await runKinds[requireKind(runKinds, plan.kind, source)]();
  const { count, variation, paths } = expandPlan(plan, source);
  const runAt = async (index: number): Promise<PlannedRun> => {
    const { settings: given, varied } = variation(index);
    const parsed = kind.parse(given, `${source}${placeOf(index, varied)}`);
    const settings = kind.withContents === undefined ? parsed : await kind.withContents(parsed);
    const cells = paths.map((path) => [path, cellOf(valueAt(settings, path) ?? varied[path])]);
    return { id: runId(plan.kind, settings), settings, varied: Object.fromEntries(cells) };
  };
  return { plan, kind, count, paths, runAt };
}

/**
 * All runs of a plan, each checked by its kind.
 *
 * @throws as `openPlan` and `runAt`; InputError `same-run` where two have the same settings
 */
export async function planRuns(
  plan: Plan,
  source: string,
  onProgress?: RunTools["onProgress"],
): Promise<PlannedRuns> {
  const opened = await openPlan(plan, source);
  const places = new Map<string, number>();
  for (let index = 0; index < opened.count; index++) {
    const { id } = await opened.runAt(index);
    const first = places.get(id);
    if (first !== undefined)
      throw sameRun(source, id, [first, index].map(expandPlan(plan, source).variation));
    places.set(id, index);
    onProgress?.({ done: index + 1, total: opened.count, label: "settings checked" });
  }
  const indexOf = (id: string) => {
    const index = places.get(id);
    if (index === undefined) throw unknownRun(source, id);
    return index;
  };
  return { ...opened, source, ids: [...places.keys()], indexOf };
}

/** `, run 3 (seed 3)`; nothing where the plan varies nothing. */
function placeOf(index: number, varied: Variation["varied"]): string {
  return Object.keys(varied).length === 0 ? "" : `, run ${index + 1} (${words(varied)})`;
}

const words = (varied: Variation["varied"]) =>
  Object.entries(varied)
    .map(([path, value]) => `${path} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");

function sameRun(source: string, id: string, [first, second]: readonly Variation[]): InputError {
  return new InputError({
    code: "same-run",
    message: `${source}: expected runs that differ, got ${id} twice (${words(first.varied)}; ${words(second.varied)}); leave one out`,
  });
}

function unknownRun(source: string, id: string): InputError {
  return new InputError({
    code: "unknown-run",
    message: `${source}: expected the id of one of its runs, got "${id}"; syngeo sweep --dry-run lists them`,
  });
}
