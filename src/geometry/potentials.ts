/** The list of potentials: one row a family. A new potential is a file and a row here. */

import { InputError, nearestName } from "../errors.ts";
import { affine } from "./affine.ts";
import { hyperbolicEntropy } from "./hyperbolic-entropy.ts";
import { logit } from "./logit.ts";
import { negativeEntropy } from "./negative-entropy.ts";
import { euclidean, pNorm } from "./p-norm.ts";
import type { Potential } from "./potential.ts";

interface Family {
  /** As messages and help show it: `affine:RATIO`. */
  readonly form: string;
  /** The potential that `text` names, or null where it is not of this family. */
  readonly parse: (text: string, where: string) => Potential | null;
  /** Correct names near which a misspelt `text` may be. */
  readonly candidates: (text: string) => readonly string[];
  /** Members that the shared tests run over. */
  readonly examples: readonly Potential[];
}

const families: readonly Family[] = [
  fixed(negativeEntropy, ["ne", "eg"]),
  fixed(euclidean, ["euclidean", "gd"]),
  powers([1.1, 1.5, 2.5, 3, 7].map((p) => pNorm({ p }))),
  withParameter("hyperbolic-entropy", "BETA", (beta) => hyperbolicEntropy({ beta }), [0.01, 1]),
  withParameter("affine", "RATIO", (ratio) => affine({ ratio }), [0.5, 100]),
  withParameter("logit", "MAX", (maximum) => logit({ maximum }), [1, 12.5]),
];

/** What may be typed, as one phrase for messages and help. */
export const potentialForms: string = families.map((family) => family.form).join(", ");

/** One or more members of every family: the rows of the shared test suites. */
export const potentialExamples: readonly Potential[] = families.flatMap((family) => family.examples);

/**
 * The potential with the name that people type.
 *
 * `negative-entropy` (also `ne`, `eg`), `2-norm` (also `euclidean`, `gd`), `P-norm` for any P > 1,
 * `hyperbolic-entropy:BETA`, `affine:RATIO`, `logit:MAX`. Every potential's own `name` is accepted.
 *
 * @param where  what messages say the text came from
 * @throws InputError `unknown-potential`, `bad-parameter`
 * @example parsePotential("3-norm").exponent // 2
 */
export function parsePotential(text: string, where = "--potential"): Potential {
  for (const family of families) {
    const potential = family.parse(text, where);
    if (potential !== null) return potential;
  }
  const near = nearestName(
    text,
    families.flatMap((family) => family.candidates(text)),
  );
  const question = near === null ? "" : `; did you mean ${near}?`;
  throw new InputError({
    code: "unknown-potential",
    message: `${where}: unknown ${JSON.stringify(text)}; one of ${potentialForms}${question}`,
  });
}

/**
 * The potential at a place of the continuum φ″ = |w|^(λ−1): negative entropy at λ = 0, the (λ+1)-norm above.
 *
 * @throws InputError `bad-parameter` for λ < 0 (no potential is named there), or λ so small that 1 + λ is 1
 */
export function potentialOfExponent(exponent: number): Potential {
  if (exponent === 0) return negativeEntropy;
  if (exponent > 0) return pNorm({ p: Number((exponent + 1).toPrecision(15)) });
  throw new InputError({
    code: "bad-parameter",
    message: `potentialOfExponent: expected an exponent >= 0, got ${exponent}; below 0 no potential is named`,
  });
}

/**
 * The potential nearest to λ among those with a familiar name: negative-entropy, 1.5-norm, 2-norm, 2.5-norm, …
 *
 * λ is rounded to the nearest half (ties upwards); everything below 0.25 is negative-entropy.
 *
 * @throws InputError `bad-parameter` for λ that is not finite
 */
export function exponentName(exponent: number): string {
  if (!Number.isFinite(exponent)) {
    throw new InputError({
      code: "bad-parameter",
      message: `exponentName: expected a finite exponent, got ${exponent}; name it only where it was estimated`,
    });
  }
  return potentialOfExponent(Math.max(0, Math.round(2 * exponent) / 2)).name;
}

/**
 * Potentials in a list separated by commas.
 *
 * @param where  what is being set, such as `--potentials`, for the message
 * @throws InputError as `parsePotential`; `potential-twice`, also where two aliases name the same one
 */
export function parsePotentials(list: string, where: string): readonly Potential[] {
  const potentials = list.split(",").map((name) => parsePotential(name.trim(), where));
  const names = potentials.map(({ name }) => name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return potentials;
  throw new InputError({
    code: "potential-twice",
    message: `${where}: expected each potential once, got ${twice} more than once ("${list}"); remember that aliases name the same one`,
  });
}

function fixed(potential: Potential, aliases: readonly string[]): Family {
  const names = [potential.name, ...aliases];
  return {
    form: potential.name,
    parse: (text) => (names.includes(text) ? potential : null),
    // Two-letter aliases are near to anything short.
    candidates: () => names.filter((name) => name.length > 2),
    examples: [potential],
  };
}

function powers(examples: readonly Potential[]): Family {
  return {
    form: "P-norm (such as 3-norm)",
    parse: (text, where) => {
      if (!text.endsWith("-norm")) return null;
      const typed = text.slice(0, -"-norm".length);
      const p = readNumber(typed);
      if (p > 1 && p < Infinity) return pNorm({ p });
      throw new InputError({
        code: "bad-parameter",
        message: `${where}: expected P > 1 and finite in P-norm, got ${JSON.stringify(typed)} (${JSON.stringify(text)}); write for example 3-norm, or negative-entropy, the limit as P approaches 1`,
      });
    },
    candidates: (text) => [`${/^[\d.]*/.exec(text)?.[0] || "3"}-norm`],
    examples,
  };
}

function withParameter(
  family: string,
  parameter: string,
  make: (value: number) => Potential,
  values: readonly number[],
): Family {
  return {
    form: `${family}:${parameter}`,
    parse: (text, where) => {
      if (text !== family && !text.startsWith(`${family}:`)) return null;
      const typed = text.slice(family.length + 1);
      const value = readNumber(typed);
      if (value > 0 && value < Infinity) return make(value);
      throw new InputError({
        code: "bad-parameter",
        message: `${where}: expected ${parameter} > 0 and finite in ${family}:${parameter}, got ${JSON.stringify(typed)} (${JSON.stringify(text)}); write for example ${family}:${values[0]}`,
      });
    },
    candidates: (text) => [`${family}:${/:(.+)$/.exec(text)?.[1] ?? values[0]}`],
    examples: values.map(make),
  };
}

/** A plain decimal, with an exponent or without; NaN for anything else (also "", "0x10" and " 3"). */
function readNumber(text: string): number {
  return /^\d*\.?\d+(e[+-]?\d+)?$/i.test(text) || /^\d+\.$/.test(text) ? Number(text) : Number.NaN;
}
