/** Checks of JSON that people write: schemas, and what is wrong as one sentence. */

import { z } from "zod";
import { InputError, nearestName } from "../errors.ts";

export { z };

export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/**
 * Settings from parsed JSON, with the defaults of the schema.
 *
 * @param source  what the JSON is called in messages, such as a file name
 * @param code    of the error
 * @throws InputError with the first complaint as one sentence
 */
export function checkedSettings<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  { source, code }: { readonly source: string; readonly code: string },
): z.output<Schema> {
  const result = schema.safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  const message = `${source}: ${sentence(result.error.issues)}`;
  throw new InputError({ code, message, cause: result.error });
}

type Issue = z.core.$ZodIssue;
type Path = Issue["path"];

const TYPES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** The first complaint as one sentence. */
function sentence(issues: readonly Issue[]): string {
  const [issue] = issues;
  const { wanted, choices, got, path } = complaint(issue);
  const place = placeOf(path);
  const advice = got === undefined ? adviceForMissing(path, issues) : adviceFor(got, choices);
  return `expected ${wanted}, got ${textOf(got)}${place === "" ? "" : ` ("${place}")`}; ${advice}`;
}

interface Complaint {
  readonly wanted: string;
  /** The words it may be, where it is one of some. */
  readonly choices: readonly string[];
  readonly got: unknown;
  readonly path: Path;
}

function complaint(issue: Issue): Complaint {
  const { path, input: got } = issue;
  const plain = (wanted: string, choices: readonly string[] = []) => ({ wanted, choices, got, path });
  switch (issue.code) {
    case "unrecognized_keys":
      return { ...plain("only known keys"), got: issue.keys[0] };
    case "invalid_value":
      return plain(`one of ${issue.values.join(", ")}`, issue.values.map(String));
    case "invalid_type":
      return plain(TYPES[issue.expected] ?? issue.expected);
    case "too_small":
      return plain(
        issue.origin === "array"
          ? `a list of ${issue.minimum} or more`
          : `a number ${issue.inclusive ? "≥" : ">"} ${issue.minimum}`,
      );
    case "too_big":
      return plain(`a number ${issue.inclusive ? "≤" : "<"} ${issue.maximum}`);
    case "invalid_union":
      return unionComplaint(issue);
    default:
      return plain(issue.message);
  }
}

/** Of a value that may be of several kinds: what the kind it seems to be lacks, else all kinds. */
function unionComplaint(issue: Extract<Issue, { readonly code: "invalid_union" }>): Complaint {
  const { path, input: got } = issue;
  const kinds = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  if (kinds.length > 0) {
    const key = String(path[path.length - 1]);
    const named = typeof got === "object" && got !== null ? Object.entries(got) : [];
    const word: unknown = named.find(([name]) => name === key)?.[1];
    return { wanted: `one of ${kinds.join(", ")}`, choices: kinds, got: word, path };
  }
  const inside = issue.errors.find(([first]) => first.path.length > 0 || first.code === "unrecognized_keys");
  if (inside !== undefined) {
    const found = complaint(inside[0]);
    return { ...found, path: [...path, ...found.path] };
  }
  const branches = issue.errors.map(([first]) => complaint(first));
  const wanted = branches.map((branch) => branch.wanted).join(", or ");
  return { wanted, choices: branches.flatMap(({ choices }) => choices), got, path };
}

/** `model.hidden[0]` */
function placeOf(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function adviceForMissing(path: Path, issues: readonly Issue[]): string {
  const parent = placeOf(path.slice(0, -1));
  const stray = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && placeOf(issue.path) === parent ? issue.keys : [],
  );
  const near = nearestName(String(path[path.length - 1]), stray);
  return near === null ? "add it" : `rename "${near}"`;
}

function adviceFor(got: unknown, choices: readonly string[]): string {
  if (choices.length === 0) return "correct it";
  const near = typeof got === "string" ? nearestName(got, choices) : null;
  return near === null ? "choose one" : `did you mean "${near}"?`;
}

/** The longest value that a message shows whole. */
const SHOWN = 60;

function textOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)} …`;
}
