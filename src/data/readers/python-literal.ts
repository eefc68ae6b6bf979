/** Python literals as numpy writes them into file headers: parsed by hand, never evaluated. */

import { InputError } from "../../errors.ts";

export type PythonLiteral =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "tuple" | "list"; readonly items: readonly PythonLiteral[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, PythonLiteral> };

/** Deeper nesting than this is an attack on the stack, not a header. */
const deepest = 32;

interface Cursor {
  readonly text: string;
  readonly where: string;
  at: number;
  depth: number;
}

/**
 * Parses one literal: a string, integer, True, False, None, tuple, list, or dict with strings as keys.
 *
 * Integers beyond 2^53 come back rounded or infinite; a caller that needs them exact checks `Number.isSafeInteger`.
 *
 * @throws InputError `bad-header`, its sentence beginning with `where`
 */
export function parsePythonLiteral(text: string, where: string): PythonLiteral {
  const cursor: Cursor = { text, where, at: 0, depth: 0 };
  const literal = readLiteral(cursor);
  skipBlanks(cursor);
  if (cursor.at < text.length) throw failure(cursor, "nothing after the header's dict");
  return literal;
}

/** A literal as Python would show it. */
export function showPythonLiteral(literal: PythonLiteral): string {
  switch (literal.kind) {
    case "string":
      return `'${literal.value}'`;
    case "integer":
      return String(literal.value);
    case "boolean":
      return literal.value ? "True" : "False";
    case "none":
      return "None";
    case "tuple":
      return `(${literal.items.map(showPythonLiteral).join(", ")}${literal.items.length === 1 ? "," : ""})`;
    case "list":
      return `[${literal.items.map(showPythonLiteral).join(", ")}]`;
    case "dict":
      return `{${Array.from(literal.entries, ([key, value]) => `'${key}': ${showPythonLiteral(value)}`).join(", ")}}`;
  }
}

function readLiteral(cursor: Cursor): PythonLiteral {
  skipBlanks(cursor);
  const next = cursor.text[cursor.at] ?? "";
  if (next === "{") return nested(cursor, readDict);
  if (next === "[") return nested(cursor, (c) => ({ kind: "list", items: readItems(c, "]").items }));
  if (next === "(") return nested(cursor, readParenthesis);
  if (/^[uUbB]?['"]/.test(cursor.text.slice(cursor.at, cursor.at + 2))) return readString(cursor);
  const word = /^(True|False|None)\b/.exec(cursor.text.slice(cursor.at, cursor.at + 6))?.[1];
  if (word !== undefined) {
    cursor.at += word.length;
    return word === "None" ? { kind: "none" } : { kind: "boolean", value: word === "True" };
  }
  return readInteger(cursor);
}

function nested(cursor: Cursor, read: (cursor: Cursor) => PythonLiteral): PythonLiteral {
  if (++cursor.depth > deepest) throw failure(cursor, `at most ${deepest} brackets within each other`);
  cursor.at++;
  const literal = read(cursor);
  cursor.depth--;
  return literal;
}

function readDict(cursor: Cursor): PythonLiteral {
  const entries = new Map<string, PythonLiteral>();
  for (;;) {
    if (accept(cursor, "}")) return { kind: "dict", entries };
    const key = readLiteral(cursor);
    if (key.kind !== "string") throw failure(cursor, "a string as key");
    if (entries.has(key.value)) throw failure(cursor, `the key '${key.value}' once`);
    if (!accept(cursor, ":")) throw failure(cursor, '":" after a key');
    entries.set(key.value, readLiteral(cursor));
    if (accept(cursor, ",")) continue;
    if (!accept(cursor, "}")) throw failure(cursor, '"," or "}"');
    return { kind: "dict", entries };
  }
}

/** `(3)` is the integer 3 in Python; `(3,)` is a tuple. */
function readParenthesis(cursor: Cursor): PythonLiteral {
  const { items, endsWithComma } = readItems(cursor, ")");
  return items.length === 1 && !endsWithComma ? items[0] : { kind: "tuple", items };
}

function readItems(cursor: Cursor, close: string): { items: PythonLiteral[]; endsWithComma: boolean } {
  const items: PythonLiteral[] = [];
  for (;;) {
    if (accept(cursor, close)) return { items, endsWithComma: true };
    items.push(readLiteral(cursor));
    if (accept(cursor, ",")) continue;
    if (!accept(cursor, close)) throw failure(cursor, `"," or "${close}"`);
    return { items, endsWithComma: false };
  }
}

/** Python 2 on Windows wrote sizes as long integers: `3L`. */
function readInteger(cursor: Cursor): PythonLiteral {
  const form = /[+-]?\d+L?/y;
  form.lastIndex = cursor.at;
  const digits = form.exec(cursor.text)?.[0];
  if (digits === undefined)
    throw failure(cursor, "a string, an integer, True, False, a tuple, a list or a dict");
  cursor.at += digits.length;
  return { kind: "integer", value: Number(digits.replace("L", "")) };
}

const plainEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["\n", ""],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

function readString(cursor: Cursor): PythonLiteral {
  if (/[uUbB]/.test(cursor.text[cursor.at])) cursor.at++;
  const quote = cursor.text[cursor.at++];
  let value = "";
  for (;;) {
    const character = cursor.text[cursor.at];
    if (character === undefined || character === "\n") throw failure(cursor, `a closing ${quote}`);
    cursor.at++;
    if (character === quote) return { kind: "string", value };
    value += character === "\\" ? readEscape(cursor) : character;
  }
}

function readEscape(cursor: Cursor): string {
  const plain = plainEscapes.get(cursor.text[cursor.at] ?? "");
  if (plain !== undefined) {
    cursor.at++;
    return plain;
  }
  const form = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})/y;
  form.lastIndex = cursor.at;
  const found = form.exec(cursor.text);
  const hexadecimal = found?.[1] ?? found?.[2] ?? found?.[3];
  const code =
    hexadecimal === undefined ? Number.parseInt(found?.[4] ?? "", 8) : Number.parseInt(hexadecimal, 16);
  if (found === null || !(code <= 0x10ffff)) throw failure(cursor, "an escape sequence that Python knows");
  cursor.at += found[0].length;
  return String.fromCodePoint(code);
}

function accept(cursor: Cursor, character: string): boolean {
  skipBlanks(cursor);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function skipBlanks(cursor: Cursor): void {
  while (/[ \t\r\n\f]/.test(cursor.text[cursor.at] ?? "")) cursor.at++;
}

function failure(cursor: Cursor, expected: string): InputError {
  const rest = cursor.text.slice(cursor.at, cursor.at + 20);
  return new InputError({
    code: "bad-header",
    message: `${cursor.where}: expected ${expected}, got ${rest === "" ? "its end" : JSON.stringify(rest)} (character ${cursor.at} of the header); save the array again with numpy.save`,
  });
}
