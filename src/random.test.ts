import { describe, expect, it } from "vitest";
import { createRandom, type Random, threefry2x32 } from "./random.ts";

const draws = 100_000;
// Dvoretzky–Kiefer–Wolfowitz: a right generator goes beyond this with probability below 1e-7; the seed is fixed.
const largestDistance = Math.sqrt(Math.log(2e7) / (2 * draws));

/** Kolmogorov–Smirnov distance of `draws` draws from a distribution function. */
function distance(draw: () => number, cdf: (x: number) => number): number {
  const sorted = Float64Array.from({ length: draws }, draw).sort();
  let largest = 0;
  for (let i = 0; i < draws; i++) {
    const expected = cdf(sorted[i]);
    largest = Math.max(largest, expected - i / draws, (i + 1) / draws - expected);
  }
  return largest;
}

/** Φ(x) by the series of Abramowitz & Stegun 26.2.11, independent of the project's own. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

function firstDraws(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uniform());
}

describe("threefry2x32", () => {
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)("gives the published answer for key %j and counter %j", (key, counter, answer) => {
    expect(threefry2x32(key, counter)).toEqual(answer);
  });

  it("gives the draws of a stream, whose counters are enciphered four at a time", () => {
    // The key of the seed 1, as `deriveKey` makes it of one letter and the length.
    const key = threefry2x32(threefry2x32([0, 0], ["1".charCodeAt(0), 0x80000000]), [1, 0xffffffff]);
    const uniforms = new Float64Array(18);
    createRandom(1).fillUniforms(uniforms);
    const words = Array.from({ length: 9 }, (_, counter) => threefry2x32(key, [counter, 0])).flat();
    expect([...uniforms]).toEqual(words.map((word) => (word + 0.5) * 2 ** -32));
  });
});

describe("streams", () => {
  it("stay what they were: stored results depend on them", () => {
    const random = createRandom(1);
    expect(random.uniform()).toBe(0.008977705134815883);
    expect(random.stream("task").uniform()).toBe(0.033975750833441065);
    expect(createRandom("noise").stream("a").stream("b").normal()).toBe(0.8822677576764509);
    expect([...createRandom(1).permutation(8)]).toEqual([6, 4, 1, 7, 3, 2, 0, 5]);
    const filled = createRandom(1);
    const values = new Float64Array(4096);
    filled.fillNormals(values);
    // What comes after depends on how many of them were drawn again.
    expect([values[0], values[4095], filled.uniform()]).toEqual([
      -0.009394882339747602, -0.662611760132612, 0.1059904791368611,
    ]);
  });

  it("are the same for the number and the text of a seed, and differ between seeds", () => {
    expect(firstDraws(createRandom(7), 10)).toEqual(firstDraws(createRandom("7"), 10));
    expect(firstDraws(createRandom(7), 10)).not.toEqual(firstDraws(createRandom(8), 10));
  });

  it("do not move when more is drawn elsewhere", () => {
    const expected = firstDraws(createRandom(3).stream("noise"), 20);
    const random = createRandom(3);
    firstDraws(random, 1000);
    firstDraws(random.stream("task"), 17);
    const noise = random.stream("noise");
    const drawn = Array.from({ length: 20 }, () => {
      random.normal();
      return noise.uniform();
    });
    expect(drawn).toEqual(expected);
  });

  it("have keys of their own for every name and path", () => {
    const root = createRandom(0);
    const paths = ["", "a", "b", "ab", "ba", "\u0000", "a\u0000", "A", "ä", "𝜆"].map((name) =>
      root.stream(name),
    );
    paths.push(root, root.stream("a").stream("b"), root.stream("b").stream("a"), root.stream("").stream(""));
    for (let i = 0; i < 10_000; i++) paths.push(root.stream(`synapse ${i}`));
    const first = new Set(paths.map((random) => random.uniform()));
    // Two of 1e4 numbers of 53 bits agree by chance with probability 6e-9.
    expect(first.size).toBe(paths.length);
  });

  it("are uncorrelated under neighbouring names and seeds", () => {
    const pairs = [
      [createRandom(1), createRandom(2)],
      [createRandom(1).stream("a"), createRandom(1).stream("b")],
      [createRandom(1), createRandom(1).stream("a")],
    ];
    for (const [a, b] of pairs) {
      let sum = 0;
      for (let i = 0; i < draws; i++) sum += 12 * (a.uniform() - 0.5) * (b.uniform() - 0.5);
      // The sum has variance `draws`; six standard deviations happen by chance twice in 1e9.
      expect(Math.abs(sum) / Math.sqrt(draws)).toBeLessThan(6);
    }
  });

  it("refuse seeds that are not finite numbers", () => {
    expect(() => createRandom(Number.NaN)).toThrow(
      expect.objectContaining({
        code: "bad-seed",
        message: "createRandom: expected a finite number or a text as seed, got NaN; use for example 1",
      }),
    );
  });
});

describe("distributions", () => {
  it("uniform is uniform in [0, 1), to the last of its 53 bits", () => {
    const random = createRandom("uniform");
    const values: number[] = [];
    const measured = distance(
      () => {
        values.push(random.uniform());
        return values[values.length - 1];
      },
      (x) => x,
    );
    expect(measured).toBeLessThan(largestDistance);
    expect(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53))).toBe(true);
    const odd = values.filter((value) => (value * 2 ** 53) % 2 === 1).length;
    // Six standard deviations of a fair coin: 2 in 1e9.
    expect(Math.abs(odd - draws / 2)).toBeLessThan(3 * Math.sqrt(draws));
  });

  it("normal, exponential and Student's t have their distribution functions", () => {
    const random = createRandom("shapes");
    expect(distance(() => random.normal(), normalCdf)).toBeLessThan(largestDistance);
    expect(
      distance(
        () => random.exponential(),
        (x) => -Math.expm1(-x),
      ),
    ).toBeLessThan(largestDistance);
    const cauchy = (x: number) => 0.5 + Math.atan(x) / Math.PI;
    expect(distance(() => random.studentT(1), cauchy)).toBeLessThan(largestDistance);
    const twoDegrees = (x: number) => 0.5 + x / (2 * Math.sqrt(2 + x * x));
    expect(distance(() => random.studentT(2), twoDegrees)).toBeLessThan(largestDistance);
    expect(distance(() => random.studentT(Infinity), normalCdf)).toBeLessThan(largestDistance);
    expect(distance(() => random.studentT(1e9), normalCdf)).toBeLessThan(largestDistance);
  });

  it("normal has the moments 0, 1, 0, 3, and pairs of them are uncorrelated", () => {
    const random = createRandom("moments");
    const values = new Float64Array(draws);
    random.fillNormals(values);
    const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / draws;
    // Six standard errors; the k-th power has variance E z²ᵏ − (E zᵏ)²: 1, 2, 15, 96.
    for (const [k, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      expect(Math.abs(moment(k) - expected)).toBeLessThan(6 * Math.sqrt(variance / draws));
    }
    let product = 0;
    for (let i = 1; i < draws; i++) product += values[i] * values[i - 1];
    expect(Math.abs(product)).toBeLessThan(6 * Math.sqrt(draws));
  });

  it("fillNormals and fillUniforms give independent numbers of their laws", () => {
    const random = createRandom("filled");
    const [normals, uniforms] = [new Float64Array(draws), new Float64Array(draws)];
    random.fillNormals(normals);
    random.fillUniforms(uniforms);
    const inTurn = (values: Float64Array) => {
      let next = 0;
      return () => values[next++];
    };
    expect(distance(inTurn(normals), normalCdf)).toBeLessThan(largestDistance);
    expect(distance(inTurn(uniforms), (x) => x)).toBeLessThan(largestDistance);
    for (const values of [normals, uniforms.map((u) => Math.sqrt(12) * (u - 0.5))]) {
      let product = 0;
      for (let i = 1; i < draws; i++) product += values[i] * values[i - 1];
      expect(Math.abs(product)).toBeLessThan(6 * Math.sqrt(draws)); // six standard errors
    }
  });

  it("fillNormals has the normal's tails on both sides", () => {
    const values = new Float64Array(2_000_000);
    createRandom("tails").fillNormals(values);
    for (const edge of [2, 3, 3.442619855899, 4]) {
      const expected = values.length * (1 - normalCdf(edge));
      for (const side of [1, -1]) {
        const beyond = values.reduce((sum, value) => sum + (side * value > edge ? 1 : 0), 0);
        // A Poisson number of 63 to 46 000: six standard deviations.
        expect(Math.abs(beyond - expected)).toBeLessThan(6 * Math.sqrt(expected));
      }
    }
  });

  it("fillNormals begins anew with the stream, at any length", () => {
    const filled = (length: number) => {
      const target = new Float64Array(length);
      createRandom(4).fillNormals(target);
      return [...target];
    };
    // Some of a thousand are drawn again, on both places of a draw.
    expect(filled(999)).toEqual(filled(1000).slice(0, 999));
  });

  it("integer takes each value equally often", () => {
    const random = createRandom("integers");
    const counts = new Float64Array(7);
    for (let i = 0; i < draws; i++) counts[random.integer(7)]++;
    const expected = draws / 7;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // χ² with 6 degrees of freedom passes 43.8 once in 1e7.
    expect(chiSquare).toBeLessThan(43.8);
    expect(random.integer(1)).toBe(0);
  });

  it.each([3 * 2 ** 30, 3 * 2 ** 51])(
    "integer has no bias to low values for %d, where the remainder alone would",
    (n) => {
      const random = createRandom("bias");
      let low = 0;
      let outside = 0;
      for (let i = 0; i < draws; i++) {
        const value = random.integer(n);
        if (value < n / 3) low++;
        if (!(value >= 0 && value < n && Number.isInteger(value))) outside++;
      }
      expect(outside).toBe(0);
      // The remainder of a uniform word would put half of the draws here; six standard deviations of a third.
      expect(Math.abs(low - draws / 3)).toBeLessThan(6 * Math.sqrt((draws * 2) / 9));
    },
  );

  it("permutation gives every order of four equally often", () => {
    const random = createRandom("orders");
    const counts = new Map<string, number>();
    const times = 24_000;
    for (let i = 0; i < times; i++) {
      const order = random.permutation(4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - 1000) ** 2 / 1000;
    // χ² with 23 degrees of freedom passes 77.3 once in 1e7.
    expect(chiSquare).toBeLessThan(77.3);
    expect(random.permutation(0)).toEqual(new Int32Array(0));
  });

  it("refuse sizes and degrees of freedom that make no sense", () => {
    const random = createRandom(1);
    for (const bad of [0, -1, 2.5, Number.NaN, 2 ** 54]) {
      expect(() => random.integer(bad)).toThrow(`random.integer: expected a whole number from 1 to`);
    }
    expect(() => random.permutation(-1)).toThrow("got -1");
    expect(() => random.studentT(0)).toThrow(expect.objectContaining({ code: "bad-parameter" }));
    expect(() => random.studentT(Number.NaN)).toThrow("got NaN");
  });
});
