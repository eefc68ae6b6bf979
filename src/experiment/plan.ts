/** Plans of many runs: settings that are fixed, that go together, and that are crossed, as plain JSON. */

import { InputError, nearestName } from "../errors.ts";
import type { Cell, Row } from "./run-kind.ts";
import { checkedSettings, type DeepReadonly, z } from "./schema.ts";

export const PLAN_SCHEMA = "syngeo.plan/1";

/** The most runs that one plan may have. */
const MOST_RUNS = 1_000_000;

const number = z.number();
const object = z.record(z.string(), z.unknown());

const range = z.strictObject({
  from: number,
  to: number,
  /** The distance of two values; 1 where neither it nor `count` is given. */
  step: z.number().positive().optional(),
  /** How many values, ends included. */
  count: z.int().min(2).max(MOST_RUNS).optional(),
  spacing: z.enum(["linear", "logarithmic"]).optional(),
});

const plan = z.strictObject({
  schema: z.literal(PLAN_SCHEMA),
  /** Of letters, digits, dots, underscores and hyphens: it may name a folder. */
  name: z.string().regex(/^[\w][\w.-]*$/, "a name of letters, digits, dots, underscores and hyphens"),
  kind: z.string(),
  /** Those that all runs share; objects within objects as the kind has them. */
  settings: object.default({}),
  /** Settings that go together, by dotted path. */
  together: z.array(object).min(1).optional(),
  /** Values of each dotted path, all combined. */
  cross: z.record(z.string(), z.union([z.array(z.unknown()).min(1), range])).default({}),
});

export type Plan = DeepReadonly<z.output<typeof plan>>;
type Range = z.output<typeof range>;

/** One run of a plan, before its kind has looked at it. */
export interface Variation {
  /** What is varied, by dotted path. */
  readonly varied: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A plan whose runs are known by their number, from 0. */
export interface Expansion {
  readonly plan: Plan;
  readonly count: number;
  /** Dotted paths that vary, in the order of the plan. */
  readonly paths: readonly string[];
  variation(index: number): Variation;
}

/**
 * A plan from parsed JSON.
 *
 * @param source  what the JSON is called in messages, such as `plan "a.json"`
 * @throws InputError `bad-plan`
 */
export function parsePlan(json: unknown, source: string): Plan {
  return checkedSettings(plan, json, { source, code: "bad-plan" });
}

/**
 * All runs of a plan: each of `together` with each combination of `cross`, the last path fastest.
 *
 * @throws InputError `bad-plan` for a range that has no end or no value, a path that is set twice or leads through what is no
 *   object; `too-many-runs`
 * @example expandPlan(parsePlan({ schema: PLAN_SCHEMA, name: "a", kind: "train", cross: { seed: { from: 1, to: 3 } } }, "a")).count // 3
 */
export function expandPlan(plan: Plan, source: string): Expansion {
  const groups = plan.together ?? [{}];
  requireAlike(groups, source);
  const lists = Object.entries(plan.cross).map(([path, values]) => ({
    path,
    values: "from" in values ? valuesOf(values, path, source) : values,
  }));
  const paths = [...Object.keys(groups[0]), ...lists.map(({ path }) => path)];
  requireApart(paths, source);
  const count = lists.reduce((product, { values }) => product * values.length, groups.length);
  if (count > MOST_RUNS) {
    throw new InputError({
      code: "too-many-runs",
      message: `${source}: expected at most ${MOST_RUNS.toLocaleString("en-US")} runs, got ${count.toLocaleString("en-US")} ("cross"); make several plans of it`,
    });
  }
  const variation = (index: number): Variation => {
    const chosen: [string, unknown][] = [];
    let rest = index;
    for (const { path, values } of [...lists].reverse()) {
      chosen.unshift([path, values[rest % values.length]]);
      rest = Math.floor(rest / values.length);
    }
    const varied = { ...groups[rest], ...Object.fromEntries(chosen) };
    const settings = Object.entries(varied).reduce(
      (before, [path, value]) => withValue(before, path, { value, source }),
      plan.settings as Readonly<Record<string, unknown>>,
    );
    return { varied, settings };
  };
  return { plan, count, paths, variation };
}

function badPlan(message: string): InputError {
  return new InputError({ code: "bad-plan", message });
}

/** Rows of `together` name the same settings, so that every run says all that varies. */
function requireAlike(groups: readonly Readonly<Record<string, unknown>>[], source: string): void {
  const first = Object.keys(groups[0]);
  groups.forEach((group, k) => {
    const keys = Object.keys(group);
    const lacking = first.find((key) => !keys.includes(key));
    const more = keys.find((key) => !first.includes(key));
    if (lacking === undefined && more === undefined) return;
    const got = lacking === undefined ? `"${more}" beside them` : `no "${lacking}"`;
    throw badPlan(
      `${source}: expected the settings of "together[0]" (${first.join(", ")}), got ${got} ("together[${k}]"); give every row the same ones`,
    );
  });
}

/** No path is set twice, neither itself nor as part of another. */
function requireApart(paths: readonly string[], source: string): void {
  paths.forEach((path, k) => {
    const other = paths.find((name, j) => j !== k && (name === path || name.startsWith(`${path}.`)));
    if (other === undefined) return;
    throw badPlan(`${source}: expected every path once, got "${path}" beside "${other}"; leave one out`);
  });
}

function valuesOf({ from, to, step, count, spacing }: Range, path: string, source: string): number[] {
  const refuse = (wanted: string, got: string, advice: string) =>
    badPlan(`${source}: expected ${wanted}, got ${got} ("cross.${path}"); ${advice}`);
  if (to < from) throw refuse("from ≤ to", `${from} and ${to}`, "swap them");
  if (count === undefined) {
    if (spacing !== undefined) throw refuse("count beside spacing", "none", 'add it, such as "count": 5');
    const apart = step ?? 1;
    const number = Math.floor((to - from) / apart + 1e-9) + 1;
    if (number > MOST_RUNS) throw refuse(`at most ${MOST_RUNS} values`, String(number), "take a larger step");
    return Array.from({ length: number }, (_, k) => rounded(from + k * apart));
  }
  if (step !== undefined) throw refuse("count or step", "both", "leave one out");
  if (spacing !== "logarithmic") {
    return Array.from({ length: count }, (_, k) => rounded(from + ((to - from) * k) / (count - 1)));
  }
  if (from <= 0) throw refuse("from > 0 for logarithmic spacing", String(from), "begin above zero");
  return Array.from({ length: count }, (_, k) => rounded(from * (to / from) ** (k / (count - 1))));
}

/** Without the last digits, which a formula leaves to chance: 0.1 is 0.1 in every plan. */
const rounded = (value: number) => Number(value.toPrecision(12));

interface Setting {
  readonly value: unknown;
  readonly source: string;
}

/** The settings with one of them, at a dotted path, replaced or added. */
function withValue(
  settings: Readonly<Record<string, unknown>>,
  path: string,
  { value, source }: Setting,
  outer = "",
): Readonly<Record<string, unknown>> {
  const dot = path.indexOf(".");
  if (dot < 0) return { ...settings, [path]: value };
  const [key, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  const inner = Object.hasOwn(settings, key) ? settings[key] : {};
  const place = `${outer}${key}`;
  if (!isObject(inner)) {
    const got = JSON.stringify(inner);
    throw badPlan(
      `${source}: expected an object on the way to "${place}.${rest}", got ${got} ("settings.${place}"); vary "${place}" itself`,
    );
  }
  return { ...settings, [key]: withValue(inner, rest, { value, source }, `${place}.`) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(settings: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    return isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined;
  }, settings);
}

/** All settings by dotted path; lists and nothing else are cells of their JSON. */
export function flatSettings(settings: Readonly<Record<string, unknown>>, outer = ""): Row {
  const entries = Object.entries(settings).flatMap(([key, value]) =>
    isObject(value) ? Object.entries(flatSettings(value, `${outer}${key}.`)) : [[outer + key, cellOf(value)]],
  );
  return Object.fromEntries(entries);
}

/** A setting as a cell of a table: what is no single value as its JSON. */
export function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}

/** JSON that is the same for the same settings: keys sorted, no spaces. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${entries.join(",")}}`;
}

/** The kind of that name. @throws InputError `unknown-kind` */
export function requireKind<Kinds extends object>(
  kinds: Kinds,
  name: string,
  source: string,
): keyof Kinds & string {
  const names = Object.keys(kinds);
  // An own key is a key of the table.
  if (Object.hasOwn(kinds, name)) return name as keyof Kinds & string;
  const near = nearestName(name, names);
  throw new InputError({
    code: "unknown-kind",
    message: `${source}: expected one of ${names.join(", ")}, got "${name}" ("kind"); ${near === null ? "choose one" : `did you mean "${near}"?`}`,
  });
}
