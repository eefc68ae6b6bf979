import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { euclidean, pNorm } from "./p-norm.ts";
import { exponentName, parsePotential, potentialOfExponent } from "./potentials.ts";

function thrownBy(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parsePotential", () => {
  it.each([
    ["negative-entropy", "negative-entropy"],
    ["ne", "negative-entropy"],
    ["eg", "negative-entropy"],
    ["2-norm", "2-norm"],
    ["2.0-norm", "2-norm"],
    ["euclidean", "2-norm"],
    ["gd", "2-norm"],
    ["1.5-norm", "1.5-norm"],
    ["3.10-norm", "3.1-norm"],
    ["hyperbolic-entropy:1e-3", "hyperbolic-entropy:0.001"],
    ["affine:.5", "affine:0.5"],
    ["logit:2", "logit:2"],
  ])("reads %s as %s", (text, name) => {
    expect(parsePotential(text).name).toBe(name);
  });

  it("says what may be written when it does not know a name", () => {
    const error = thrownBy(() => parsePotential("entrop"));
    expect(error.code).toBe("unknown-potential");
    expect(error.message).toBe(
      '--potential: unknown "entrop"; one of negative-entropy, 2-norm, P-norm (such as 3-norm), hyperbolic-entropy:BETA, affine:RATIO, logit:MAX',
    );
  });

  it.each([
    ["negativ-entropy", "negative-entropy"],
    ["Euclidean", "euclidean"],
    ["3-nrom", "3-norm"],
    ["1.5norm", "1.5-norm"],
    ["hyperbolic-entrpy:0.3", "hyperbolic-entropy:0.3"],
    ["afine:4", "affine:4"],
    ["logti:4", "logit:4"],
  ])("asks whether %s was meant to be %s", (text, name) => {
    expect(thrownBy(() => parsePotential(text, "--potentials")).message).toMatch(
      new RegExp(`^--potentials: unknown .*; did you mean ${name.replace(".", "\\.")}\\?$`),
    );
  });

  it("names the negative entropy as the limit when p is 1", () => {
    expect(thrownBy(() => parsePotential("1-norm"))).toMatchObject({
      code: "bad-parameter",
      message:
        '--potential: expected P > 1 and finite in P-norm, got "1" ("1-norm"); write for example 3-norm, or negative-entropy, the limit as P approaches 1',
    });
    expect(thrownBy(() => pNorm({ p: 1 })).message).toBe(
      "pNorm: expected p > 1 and finite, got 1; negative-entropy is the limit as p approaches 1",
    );
  });

  it.each([
    "affine",
    "affine:",
    "affine:0",
    "affine:-1",
    "logit:Infinity",
    "hyperbolic-entropy:x",
    "affine: 3",
    "0x3-norm",
  ])("refuses %s, showing a value that works", (text) => {
    const error = thrownBy(() => parsePotential(text));
    expect(error.code).toBe("bad-parameter");
    expect(error.message).toMatch(
      /^--potential: expected [A-Z]+ > [01] and finite in .*, got ".*" \(".*"\); write for example /,
    );
    expect(error.message).toContain(JSON.stringify(text));
    const example = /write for example ([^ ,]+)/.exec(error.message)?.[1] ?? "";
    expect(parsePotential(example).name).toBe(example);
  });
});

describe("the continuum", () => {
  it("has the negative entropy at 0 and the (λ+1)-norm above", () => {
    expect(potentialOfExponent(0).name).toBe("negative-entropy");
    expect(potentialOfExponent(1).name).toBe(euclidean.name);
    for (const [exponent, name] of [
      [0.1, "1.1-norm"],
      [0.57, "1.57-norm"],
      [2, "3-norm"],
    ] as const) {
      expect(potentialOfExponent(exponent)).toMatchObject({ name, exponent });
    }
  });

  it("refuses exponents below 0 and NaN", () => {
    for (const bad of [-0.5, Number.NaN, Infinity]) {
      expect(thrownBy(() => potentialOfExponent(bad)).code).toBe("bad-parameter");
    }
    expect(thrownBy(() => exponentName(Number.NaN)).code).toBe("bad-parameter");
  });

  it.each([
    [-1, "negative-entropy"],
    [0.24, "negative-entropy"],
    [0.25, "1.5-norm"],
    [0.9, "2-norm"],
    [1.3, "2.5-norm"],
    [2.05, "3-norm"],
    [3.4, "4.5-norm"],
  ])("calls λ = %d nearest to %s", (exponent, name) => {
    expect(exponentName(exponent)).toBe(name);
  });
});
