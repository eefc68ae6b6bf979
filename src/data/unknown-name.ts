/** The answer to a name that is not in a file. */

import { InputError, nearestName } from "../errors.ts";

const mostListed = 12;

/** The first names of a list, and how many there are in all. */
export function listed(names: readonly string[]): string {
  if (names.length <= mostListed) return names.join(", ");
  return `${names.slice(0, mostListed).join(", ")}, … (${names.length} in all)`;
}

/** What to try in place of a name that is not there: the nearest one, and all there is. */
export function namesThere(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return `${near === null ? "" : `did you mean "${near}"? `}it has ${listed(names) || "none"}`;
}

/** The error for a name that a file lacks, with the nearest one and what there is; `what` is such as `an array`. */
export function unknownName(where: string, what: string, name: string, names: readonly string[]): InputError {
  return new InputError({
    code: "unknown-name",
    message: `${where}: expected the name of ${what} in it, got "${name}"; ${namesThere(name, names)}`,
  });
}

/** Throws `unknown-name` unless the names asked for, if any, are that of the only array in the file. */
export function requireOnlyName(where: string, name: string, asked: readonly string[] | undefined): void {
  const wrong = asked?.find((each) => each !== name);
  if (wrong === undefined) return;
  const near = nearestName(wrong, [name]);
  throw new InputError({
    code: "unknown-name",
    message: `${where}: expected the name of its only array, "${name}", got "${wrong}"; ${near === null ? "leave the name out" : `did you mean "${name}"?`}`,
  });
}
