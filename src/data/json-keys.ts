/** The keys of JSON objects in the order of the text: JSON.parse moves numeric ones and drops repeated ones. */

export interface JsonKeys {
  /** Keys of the outermost object, in order, each once. */
  readonly outer: readonly string[];
  /** The first key that one object has twice, or null. */
  readonly repeated: string | null;
}

/** Keys of a text that JSON.parse has accepted. */
export function jsonKeys(text: string): JsonKeys {
  // One set for every open object, null for an open array.
  const open: (Set<string> | null)[] = [];
  let outer: readonly string[] = [];
  let repeated: string | null = null;
  // Of valid JSON only strings and brackets matter here; a string followed by a colon is a key.
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") {
      const closed = open.pop();
      if (open.length === 0 && closed instanceof Set) outer = [...closed];
    } else if (colon !== undefined) {
      const key: string = JSON.parse(string);
      const keys = open[open.length - 1];
      if (keys?.has(key)) repeated ??= key;
      keys?.add(key);
    }
  }
  return { outer, repeated };
}
