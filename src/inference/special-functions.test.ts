import { createRequire } from "node:module";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  betaI,
  chiSquareUpperTail,
  digamma,
  erf,
  erfc,
  gammaP,
  gammaQ,
  logGamma,
  normalCdf,
  normalQuantile,
  studentTQuantile,
  studentTUpperTail,
} from "./special-functions.ts";

/** The part of Cephes used here; its own declarations do not reach an ES module. */
interface Cephes {
  readonly compiled: Promise<void>;
  erf(x: number): number;
  erfc(x: number): number;
  ndtr(x: number): number;
  ndtri(p: number): number;
  lgam(x: number): number;
  psi(x: number): number;
  igam(a: number, x: number): number;
  igamc(a: number, x: number): number;
  chdtrc(degreesOfFreedom: number, x: number): number;
  incbet(a: number, b: number, x: number): number;
  stdtr(degreesOfFreedom: number, t: number): number;
}

const cephes: Cephes = createRequire(import.meta.url)("cephes");

const runs = { seed: 19690229, numRuns: 500 };

beforeAll(async () => {
  await cephes.compiled;
});

/** |got − want| as a share of |want|. */
function relativeError(got: number, want: number): number {
  return got === want ? 0 : Math.abs(got - want) / Math.abs(want);
}

function real(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true });
}

/** Numbers spread evenly over decades. */
function positive(lowDecade: number, highDecade: number): fc.Arbitrary<number> {
  return real(lowDecade, highDecade).map((decade) => 10 ** decade);
}

// Reference values: mpmath 1.3 at 120 digits, by the series of each function, rounded to float64.
describe("against 120-digit arithmetic, tails included", () => {
  it.each([
    [0.5, 0.5204998778130465, 0.4795001221869535],
    [-0.5, -0.5204998778130465, 1.5204998778130465],
    [1, 0.8427007929497149, 0.15729920705028513],
    [2, 0.9953222650189527, 0.004677734981047266],
    [3.75, 0.9999998862727434, 1.1372725656979665e-7],
    [4.25, 0.9999999981494259, 1.8505741373867425e-9],
    [10, 1, 2.088487583762545e-45],
    [26, 1, 5.663192408856143e-296],
  ])("erf and erfc of %d are right to 1e-15", (x, error, complement) => {
    expect(relativeError(erf(x), error)).toBeLessThan(1e-15);
    expect(relativeError(erfc(x), complement)).toBeLessThan(1e-15);
  });

  it.each([
    [-37, 5.725571222524577e-300],
    [-20, 2.7536241186062337e-89],
    [-8, 6.220960574271784e-16],
    [-5.5, 1.8989562465887718e-8],
    [-3, 0.0013498980316300946],
    [-0.5, 0.3085375387259869],
    [0.6640625, 0.7466748449969686],
    [3, 0.9986501019683699],
  ])("normalCdf of %d is right to 1e-15, and normalQuantile leads back", (x, probability) => {
    expect(relativeError(normalCdf(x), probability)).toBeLessThan(1e-15);
    // Above the middle the probability itself is rounded by 1e-16, over the density at x.
    const rounding = x > 0 ? (1e-16 * Math.sqrt(2 * Math.PI)) / Math.exp(-0.5 * x * x) : 0;
    expect(Math.abs(normalQuantile(probability) - x)).toBeLessThan(1e-15 * Math.abs(x) + rounding);
  });

  it.each([
    [1e-5, 11.512919692895826, -100000.57719921567],
    [0.25, 1.2880225246980774, -4.2274535333762655],
    [1.0009765625, -0.0005629031799912047, -0.5756104293406219],
    [1.5, -0.12078223763524522, 0.03648997397857652],
    [2.00048828125, 0.00020651453791454435, 0.42309919614625724],
    [9.75, 12.242204940050762, 2.225109535044576],
    [150.5, 602.5139548705854, 5.010637145933704],
    [1e12, 26631021115915.652, 27.63102111592805],
  ])(
    "logGamma of %d is right to 1e-15, digamma to 1e-15 of the larger of it and 1",
    (x, logarithm, derivative) => {
      expect(relativeError(logGamma(x), logarithm)).toBeLessThan(1e-15);
      expect(Math.abs(digamma(x) - derivative)).toBeLessThan(1e-15 * Math.max(1, Math.abs(derivative)));
    },
  );

  it.each([
    [0.5, 0.001, 0.03567059172967989, 0.9643294082703201],
    [3, 0.125, 0.0002964775408880202, 0.999703522459112],
    [10, 3, 0.0011024881301154798, 0.9988975118698845],
    [10, 40, 0.9999999960740678, 3.925932226286188e-9],
    [1000, 1100, 0.99894067674607, 0.0010593232539299773],
    [1e5, 99000, 0.0007574199211747679, 0.9992425800788253],
  ])("gammaP and gammaQ of (%d, %d) are right to 1e-14", (a, x, lower, upper) => {
    expect(relativeError(gammaP(a, x), lower)).toBeLessThan(1e-14);
    expect(relativeError(gammaQ(a, x), upper)).toBeLessThan(1e-14);
    expect(chiSquareUpperTail(2 * x, 2 * a)).toBe(gammaQ(a, x));
  });

  it.each([
    [2.5, 7, 0.125, 0.15921079085805653],
    [50, 0.5, 0.75, 8.76969409186692e-8],
    [300, 200, 0.5, 3.543480264392538e-6],
    [1e5, 0.5, 0.99996875, 0.01241875550484602],
  ])("betaI of (%d, %d, %d) is right to 1e-14", (a, b, x, value) => {
    expect(relativeError(betaI(a, b, x), value)).toBeLessThan(1e-14);
  });

  it.each([
    [0.25, 3, 0.4093646112144148],
    [1.96, 200, 0.025692420422906644],
    [12, 4, 0.00013821427425148649],
    [5, 1e6, 2.866998935445371e-7],
    [1e5, 2.5, 2.274751923175622e-13],
  ])(
    "studentTUpperTail of (%d, %d) is right to 1e-14, and studentTQuantile leads back",
    (t, degrees, tail) => {
      expect(relativeError(studentTUpperTail(t, degrees), tail)).toBeLessThan(1e-14);
      expect(relativeError(studentTQuantile(tail, degrees), -t)).toBeLessThan(1e-14);
    },
  );
});

// A second implementation, the C library Cephes; its own errors, by its documentation, set the tolerances.
describe("against Cephes", () => {
  it("erf agrees to 2e-15, erfc and normalCdf to 1e-14, down to where Cephes underflows", () => {
    fc.assert(
      fc.property(real(-6, 25), real(-26, 8), (x, z) => {
        expect(relativeError(erf(x), cephes.erf(x))).toBeLessThan(2e-15);
        expect(relativeError(erfc(x), cephes.erfc(x))).toBeLessThan(1e-14);
        expect(relativeError(normalCdf(z), cephes.ndtr(z))).toBeLessThan(1e-14);
      }),
      runs,
    );
  });

  it("normalQuantile agrees to 5e-15", () => {
    fc.assert(
      fc.property(real(0, 1), positive(-300, -1), (p, tail) => {
        if (p > 0 && p < 1)
          expect(Math.abs(normalQuantile(p) - cephes.ndtri(p))).toBeLessThan(
            5e-15 * (1 + Math.abs(cephes.ndtri(p))),
          );
        expect(relativeError(normalQuantile(tail), cephes.ndtri(tail))).toBeLessThan(5e-15);
      }),
      runs,
    );
  });

  it("logGamma and digamma agree to 5e-15 of the larger of them and 1", () => {
    fc.assert(
      fc.property(positive(-6, 8), (x) => {
        const logarithm = cephes.lgam(x);
        const derivative = cephes.psi(x);
        expect(Math.abs(logGamma(x) - logarithm)).toBeLessThan(5e-15 * Math.max(1, Math.abs(logarithm)));
        expect(Math.abs(digamma(x) - derivative)).toBeLessThan(5e-15 * Math.max(1, Math.abs(derivative)));
      }),
      runs,
    );
  });

  it("gammaP, gammaQ and the χ² tail agree to 1e-11, what Cephes keeps of a power of a thousand", () => {
    fc.assert(
      fc.property(positive(0, 3), real(-3, 3), (a, deviations) => {
        const x = a * Math.max(0.01, 1 + deviations / Math.sqrt(a));
        expect(relativeError(gammaP(a, x), cephes.igam(a, x))).toBeLessThan(1e-11);
        expect(relativeError(gammaQ(a, x), cephes.igamc(a, x))).toBeLessThan(1e-11);
        expect(relativeError(chiSquareUpperTail(x, a), cephes.chdtrc(a, x))).toBeLessThan(1e-11);
      }),
      runs,
    );
  });

  it("betaI agrees to 1e-11", () => {
    fc.assert(
      fc.property(positive(-0.5, 2), positive(-0.5, 2), real(0.001, 0.999), (a, b, x) => {
        const expected = cephes.incbet(a, b, x);
        if (expected > 1e-200) expect(relativeError(betaI(a, b, x), expected)).toBeLessThan(1e-11);
      }),
      runs,
    );
  });

  it("studentTUpperTail agrees to 1e-11", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), real(-8, 8), (degrees, t) => {
        expect(relativeError(studentTUpperTail(t, degrees), cephes.stdtr(degrees, -t))).toBeLessThan(1e-11);
      }),
      runs,
    );
  });
});

describe("closed forms", () => {
  it("the incomplete gamma function is the exponential at 1 and the error function at ½", () => {
    fc.assert(
      fc.property(positive(-8, 2.5), (x) => {
        expect(relativeError(gammaP(1, x), -Math.expm1(-x))).toBeLessThan(1e-14);
        // 1e-13: exp(−x) reaches 1e-137 here, and its exponent is rounded.
        expect(relativeError(gammaQ(1, x), Math.exp(-x))).toBeLessThan(1e-13);
        expect(relativeError(gammaQ(0.5, x), erfc(Math.sqrt(x)))).toBeLessThan(1e-13);
        expect(relativeError(gammaP(0.5, x), erf(Math.sqrt(x)))).toBeLessThan(1e-14);
      }),
      runs,
    );
  });

  it("the incomplete beta function is a power, a sine and its own mirror image", () => {
    fc.assert(
      fc.property(positive(-1, 2), positive(-1, 2), real(0.001, 0.999), (a, b, x) => {
        if (x ** a > 1e-40) expect(relativeError(betaI(a, 1, x), x ** a)).toBeLessThan(3e-14);
        expect(relativeError(betaI(0.5, 0.5, x), (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(
          1e-14,
        );
        expect(Math.abs(betaI(a, b, x) + betaI(b, a, 1 - x) - 1)).toBeLessThan(1e-13);
      }),
      runs,
    );
  });

  it("Student's t is the Cauchy distribution at 1 and algebraic at 2", () => {
    fc.assert(
      fc.property(positive(-6, 6), (t) => {
        expect(relativeError(studentTUpperTail(t, 1), Math.atan(1 / t) / Math.PI)).toBeLessThan(1e-14);
        const root = Math.sqrt(2 + t * t);
        expect(relativeError(studentTUpperTail(t, 2), 1 / (root * (root + t)))).toBeLessThan(1e-14);
        expect(studentTUpperTail(-t, 2)).toBe(1 - studentTUpperTail(t, 2));
      }),
      runs,
    );
  });

  it("Student's t ends in the normal, smoothly and at infinity", () => {
    for (const t of [-3, -0.4, 0, 1.96, 6]) {
      expect(studentTUpperTail(t, Infinity)).toBe(normalCdf(-t));
      expect(relativeError(studentTUpperTail(t, 1e13), normalCdf(-t))).toBeLessThan(1e-10);
    }
    expect(studentTQuantile(0.975, Infinity)).toBe(normalQuantile(0.975));
  });

  it("has Student's tail also where its square leaves float64", () => {
    expect(relativeError(studentTUpperTail(1e200, 1), 1e-200 / Math.PI)).toBeLessThan(1e-13);
    expect(relativeError(studentTUpperTail(1.0000001e100, 1), 1 / (1.0000001e100 * Math.PI))).toBeLessThan(
      1e-13,
    );
  });

  it("Γ(n) is a factorial and satisfies the duplication formula", () => {
    let factorial = 1;
    for (let n = 2; n <= 22; n++) {
      factorial *= n - 1;
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(5e-16 * (1 + Math.log(factorial)));
    }
    expect(logGamma(1)).toBe(0);
    expect(logGamma(2)).toBe(0);
    fc.assert(
      fc.property(positive(-3, 3), (x) => {
        const doubled = (2 * x - 1) * Math.LN2 - 0.5 * Math.log(Math.PI) + logGamma(x) + logGamma(x + 0.5);
        expect(Math.abs(logGamma(2 * x) - doubled)).toBeLessThan(
          2e-15 * (1 + 2 * x + Math.abs(logGamma(2 * x))),
        );
      }),
      runs,
    );
  });

  it("digamma is the slope of logGamma, −γ at 1, and steps by 1/x", () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 14);
    fc.assert(
      fc.property(positive(-2, 3), (x) => {
        expect(Math.abs(digamma(x + 1) - digamma(x) - 1 / x)).toBeLessThan(
          2e-15 * (1 + 1 / x + Math.abs(digamma(x))),
        );
        const h = 1e-5 * x;
        const slope = (logGamma(x + h) - logGamma(x - h)) / (2 * h);
        // Central differences: h² ψ″/6, and the rounding of logGamma over h.
        expect(Math.abs(slope - digamma(x))).toBeLessThan(1e-9 * (1 + Math.abs(logGamma(x)) / x + 1 / x));
      }),
      runs,
    );
  });
});

describe("quantiles", () => {
  it("normalQuantile undoes normalCdf", () => {
    fc.assert(
      fc.property(positive(-300, -0.31), (p) => {
        // The tail's logarithm changes by x² for a relative change of x, so 1e-16 in x shows as x²·1e-16.
        const x = normalQuantile(p);
        expect(relativeError(normalCdf(x), p)).toBeLessThan(1e-15 * (2 + x * x));
        if (p > 1e-10) expect(normalQuantile(1 - p)).toBeCloseTo(-x, 4);
      }),
      runs,
    );
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
  });

  it("studentTQuantile undoes studentTUpperTail, for any degrees of freedom", () => {
    fc.assert(
      fc.property(positive(-100, -0.31), positive(0, 6), (p, degrees) => {
        const t = studentTQuantile(p, degrees);
        // As for the normal: the tail moves by up to the square of the deviation for a relative change of t.
        const deviation = Math.min(t * t, degrees * 100) + 10;
        expect(relativeError(studentTUpperTail(-t, degrees), p)).toBeLessThan(1e-14 * deviation);
      }),
      runs,
    );
    expect([0, 0.5, 1].map((p) => studentTQuantile(p, 3))).toEqual([-Infinity, 0, Infinity]);
    expect(studentTQuantile(0.975, 10)).toBeCloseTo(2.2281388519862748, 13);
    expect(studentTQuantile(0.75, 1)).toBeCloseTo(1, 14);
  });
});

describe("seams and ends", () => {
  it("have no step where one approximation hands over to the next", () => {
    for (const [f, x] of [
      [erf, 0.46875],
      [erfc, 0.46875],
      [erfc, 4],
      [normalCdf, -0.46875 * Math.SQRT2],
      [normalCdf, -4 * Math.SQRT2],
      [normalQuantile, 0.075],
      [normalQuantile, Math.exp(-25)],
      [logGamma, 0.5],
      [logGamma, 1.5],
      [logGamma, 2.5],
      [logGamma, 10],
      [digamma, 10],
    ] as const) {
      const [below, at, above] = [x * (1 - 1e-10), x, x * (1 + 1e-10)].map(f);
      // The curve is straight over this distance: its curvature shows only at 1e-17. Four roundings remain.
      expect(Math.abs(above - 2 * at + below)).toBeLessThan(4e-15 * Math.abs(at));
      expect(above).not.toBe(below);
    }
  });

  it("are 0 or 1 at the ends, and NaN stays NaN in the functions of the real line", () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([normalCdf(-Infinity), normalCdf(0), normalCdf(Infinity)]).toEqual([0, 0.5, 1]);
    expect([gammaP(2, 0), gammaP(2, Infinity), gammaQ(2, 0), gammaQ(2, Infinity)]).toEqual([0, 1, 1, 0]);
    expect([betaI(2, 3, 0), betaI(2, 3, 1), studentTUpperTail(0, 3), studentTUpperTail(Infinity, 3)]).toEqual(
      [0, 1, 0.5, 0],
    );
    expect([erf(Number.NaN), erfc(Number.NaN), normalCdf(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("refuse what they are not defined for, showing it", () => {
    for (const [call, message] of [
      [() => logGamma(0), "logGamma: expected a number > 0 and finite, got 0;"],
      [() => digamma(-1), "digamma: expected a number > 0 and finite, got -1;"],
      [() => gammaP(-1, 2), "gammaP: expected a number > 0 and finite, got -1;"],
      [() => gammaQ(1, -2), "gammaQ: expected x >= 0, got -2;"],
      [() => betaI(1, 1, 1.5), "betaI: expected x in [0, 1], got 1.5;"],
      [() => normalQuantile(-0.1), "normalQuantile: expected a probability in [0, 1], got -0.1;"],
      [() => chiSquareUpperTail(Number.NaN, 1), "chiSquareUpperTail: expected x >= 0, got NaN;"],
      [() => studentTUpperTail(1, 0), "studentTUpperTail: expected degrees of freedom > 0, got 0;"],
      [() => studentTUpperTail(Number.NaN, 1), "studentTUpperTail: expected a number, got NaN;"],
      [() => studentTQuantile(2, 3), "studentTQuantile: expected a probability in [0, 1], got 2;"],
    ] as const) {
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code: "outside-domain" }));
    }
  });
});
