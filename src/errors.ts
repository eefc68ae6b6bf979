/**
 * The two kinds of error that Syngeo throws, and the one form of their sentence.
 *
 * `WHERE: expected WHAT, got VALUE (PLACE); TRY`. Anything else that escapes is a bug of ours.
 */

interface ErrorFields {
  /** A stable tag that callers branch on, such as `outside-domain`. */
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** The caller can mend it: a wrong value, file, column or flag. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code: string;

  constructor({ code, message, cause }: ErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A valid file or request that Syngeo does not handle. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
  readonly code: string;

  constructor({ code, message, cause }: ErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The candidate nearest to a misspelt name by edit distance, or null where none is near. */
export function nearestName(wrong: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(wrong.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wrong.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
