/** The answer to a name that is not in a file. */

import { InputError, nearestName } from "../errors.ts";

const mostShown = 12;

/** The error for a name that a file lacks, with the nearest one and what there is; `what` is such as `an array`. */
export function unknownName(where: string, what: string, name: string, names: readonly string[]): InputError {
  const near = nearestName(name, names);
  const shown =
    names.length <= mostShown ? names : [...names.slice(0, mostShown), `… (${names.length} in all)`];
  return new InputError({
    code: "unknown-name",
    message: `${where}: expected the name of ${what} in it, got "${name}"; ${near === null ? "" : `did you mean "${near}"? `}it has ${shown.join(", ") || "none"}`,
  });
}
