/** The address holds the page and its settings, `#/path?name=value`, so that a link reproduces a view. */

import { effect, type Signal, signal, untracked } from "@preact/signals";

interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

function readAddress(): Address {
  const [path = "", query = ""] = window.location.hash.replace(/^#\/?/, "").split("?");
  return { path, query: new URLSearchParams(query) };
}

/** Which page is open. */
export const openPath: Signal<string> = signal(readAddress().path);
const listeners = new Set<() => void>();

window.addEventListener("hashchange", () => {
  openPath.value = readAddress().path;
  for (const listener of listeners) listener();
});

/** One setting of a page: its value at first, and how it stands in the address. */
export interface Parameter<T> {
  readonly initial: T;
  /** Null for text that is no such value. */
  parse(text: string): T | null;
  format(value: T): string;
}

export function numberBetween(initial: number, low: number, high: number): Parameter<number> {
  const parse = (text: string) => {
    const value = Number(text);
    return text.trim() !== "" && value >= low && value <= high ? value : null;
  };
  return { initial, parse, format: String };
}

export function wholeNumberBetween(initial: number, low: number, high: number): Parameter<number> {
  const { parse } = numberBetween(initial, low, high);
  return { initial, format: String, parse: (text) => (Number.isInteger(Number(text)) ? parse(text) : null) };
}

export function oneOf<T extends string>(initial: T, choices: readonly T[]): Parameter<T> {
  return { initial, format: String, parse: (text) => choices.find((choice) => choice === text) ?? null };
}

export function someOf<T extends string>(
  initial: readonly T[],
  choices: readonly T[],
): Parameter<readonly T[]> {
  const parse = (text: string) => {
    const words = text.split(" ").filter((word) => word !== "");
    const known = choices.filter((choice) => words.includes(choice));
    return known.length === words.length ? known : null;
  };
  return { initial, parse, format: (values) => values.join(" ") };
}

export function flag(initial: boolean): Parameter<boolean> {
  const parse = (text: string) => (text === "yes" ? true : text === "no" ? false : null);
  return { initial, parse, format: (value) => (value ? "yes" : "no") };
}

/** Any number of texts, a line each. */
export const listOfTexts: Parameter<readonly string[]> = {
  initial: [],
  parse: (text) => text.split("\n").filter((line) => line !== ""),
  format: (texts) => texts.join("\n"),
};

/** @param check  throws, or returns anything, for a text; one that throws is no such value */
export function textThat(initial: string, check: (text: string) => unknown): Parameter<string> {
  const parse = (text: string) => {
    try {
      check(text);
      return text;
    } catch {
      return null;
    }
  };
  return { initial, parse, format: String };
}

/** Browsers refuse an address that changes hundreds of times a minute. */
const WRITE_AFTER = 200;

export interface AddressState<T> {
  readonly values: { readonly [K in keyof T]: Signal<T[K]> };
  /** Settings in the address that could not be read, in words; a page shows them. */
  readonly ignored: Signal<readonly string[]>;
  /** Stops following the address. */
  release(): void;
}

/**
 * The settings of a page as signals that follow the address, and that the address follows. What is as at first is left out.
 *
 * @param path        of the page
 * @param parameters  what it can be set to
 */
export function addressState<T extends object>(
  path: string,
  parameters: { readonly [K in keyof T]: Parameter<T[K]> },
): AddressState<T> {
  // The keys of an object literal are those of its type.
  const names = Object.keys(parameters) as (keyof T & string)[];
  const ignored = signal<readonly string[]>([]);
  const found = readValues(names, parameters);
  const values = Object.fromEntries(names.map((name) => [name, signal(found.values[name])])) as {
    readonly [K in keyof T]: Signal<T[K]>;
  };
  ignored.value = found.ignored;
  const follow = () => {
    if (readAddress().path !== path) return;
    const now = readValues(names, parameters);
    for (const name of names) {
      const text = parameters[name].format(values[name].peek());
      if (text !== parameters[name].format(now.values[name])) values[name].value = now.values[name];
    }
    ignored.value = now.ignored;
  };
  listeners.add(follow);
  let timer: number | undefined;
  const stop = effect(() => {
    const query = new URLSearchParams();
    for (const name of names) {
      const text = parameters[name].format(values[name].value);
      if (text !== parameters[name].format(parameters[name].initial)) query.set(name, text);
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(() => untracked(() => writeAddress(path, query)), WRITE_AFTER);
  });
  return {
    values,
    ignored,
    release: () => {
      stop();
      window.clearTimeout(timer);
      listeners.delete(follow);
    },
  };
}

function readValues<T extends object>(
  names: readonly (keyof T & string)[],
  parameters: { readonly [K in keyof T]: Parameter<T[K]> },
) {
  const { query } = readAddress();
  const known = new Set<string>(names);
  const ignored = [...query.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `"${name}" is not a setting here`);
  const read = (name: keyof T & string) => {
    const text = query.get(name);
    if (text === null) return parameters[name].initial;
    const value = parameters[name].parse(text);
    if (value !== null) return value;
    ignored.push(`"${name}" cannot be "${text}"`);
    return parameters[name].initial;
  };
  const values = Object.fromEntries(names.map((name) => [name, read(name)])) as { [K in keyof T]: T[K] };
  return { values, ignored };
}

function writeAddress(path: string, query: URLSearchParams): void {
  const text = query.size === 0 ? `#/${path}` : `#/${path}?${query}`;
  if (readAddress().path === path && window.location.hash !== text)
    window.history.replaceState(null, "", text);
}
