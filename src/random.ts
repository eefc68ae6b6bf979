/**
 * Random numbers from named streams: the same seed and names give the same numbers, bit for bit.
 *
 * The generator is counter-based: the k-th draw of a stream is a function of the stream's key and k, and the
 * key a function of the seed and the stream's names. Drawing more in one place moves no other.
 */

import { InputError } from "./errors.ts";

/** A stream of random numbers. Drawing moves its counter, the only state it has. */
export interface Random {
  /** The independent stream of that name; it does not depend on what was drawn from this one. */
  stream(name: string): Random;
  /** Uniform in [0, 1), a multiple of 2⁻⁵³; one draw. */
  uniform(): number;
  /** Standard normal; two draws for every second one, none for those between. */
  normal(): number;
  /**
   * Fills an array with standard normals of 24 random bits each: other numbers than repeated `normal` gives, four times as
   * fast; a draw for every two, sometimes more.
   */
  fillNormals(target: Float64Array): void;
  /** Fills an array with numbers uniform in (0, 1), odd multiples of 2⁻³³; a draw for every two. */
  fillUniforms(target: Float64Array): void;
  /** Exponential with mean 1; one draw. */
  exponential(): number;
  /** Student's t with any degrees of freedom > 0, Infinity giving the normal; two draws (Infinity: as `normal`). */
  studentT(degreesOfFreedom: number): number;
  /** An integer from 0 to n − 1, all equally likely, n up to 2⁵³; one draw, seldom more. */
  integer(n: number): number;
  /** The integers from 0 to n − 1 in random order, all orders equally likely up to the generator. */
  permutation(n: number): Int32Array;
}

/**
 * The stream of random numbers that a seed begins.
 *
 * @param seed  any finite number or any text; 7 and "7" are the same seed
 * @throws InputError `bad-seed`; `bad-parameter` from the draws
 * @example createRandom(7).stream("initial weights").normal()
 * @see Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405
 */
export function createRandom(seed: number | string): Random {
  if (typeof seed === "number" && !Number.isFinite(seed)) {
    throw new InputError({
      code: "bad-seed",
      message: `createRandom: expected a finite number or a text as seed, got ${seed}; use for example 1`,
    });
  }
  return streamOf(deriveKey([0, 0], String(seed)));
}

type Words = readonly [number, number];

/**
 * Threefry-2x32 with 20 rounds: the two words that a key and a counter give, each in [0, 2³²).
 *
 * @see Salmon et al. 2011, doi:10.1145/2063384.2063405
 */
export function threefry2x32(key: Words, counter: Words): Words {
  const output = new Int32Array(2 * LANES);
  threefry(key[0] | 0, key[1] | 0, counter[0] | 0, counter[1] | 0, output);
  return [output[0] >>> 0, output[1] >>> 0];
}

/** Counters that are enciphered together. */
const LANES = 4;
const ROTATIONS = Int32Array.of(13, 15, 26, 6, 17, 29, 16, 24);

/**
 * The same on 32-bit integers, of this counter and the next three: two words each, one pair behind the other.
 *
 * Each round waits for the one before, so that four counters take little longer than one.
 */
function threefry(key0: number, key1: number, counter0: number, counter1: number, output: Int32Array): void {
  let first = key0;
  let second = key1;
  let third = 0x1bd11bda ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (x0 + 1) | 0;
  let x2 = (x0 + 2) | 0;
  let x3 = (x0 + 3) | 0;
  let y0 = (counter1 + key1) | 0;
  let y1 = y0;
  let y2 = y0;
  let y3 = y0;
  for (let injection = 1; injection <= 5; injection++) {
    const from = injection % 2 === 1 ? 0 : 4;
    for (let round = from; round < from + 4; round++) {
      const left = ROTATIONS[round];
      const right = 32 - left;
      x0 = (x0 + y0) | 0;
      x1 = (x1 + y1) | 0;
      x2 = (x2 + y2) | 0;
      x3 = (x3 + y3) | 0;
      y0 = ((y0 << left) | (y0 >>> right)) ^ x0;
      y1 = ((y1 << left) | (y1 >>> right)) ^ x1;
      y2 = ((y2 << left) | (y2 >>> right)) ^ x2;
      y3 = ((y3 << left) | (y3 >>> right)) ^ x3;
    }
    const added = (third + injection) | 0;
    x0 = (x0 + second) | 0;
    x1 = (x1 + second) | 0;
    x2 = (x2 + second) | 0;
    x3 = (x3 + second) | 0;
    y0 = (y0 + added) | 0;
    y1 = (y1 + added) | 0;
    y2 = (y2 + added) | 0;
    y3 = (y3 + added) | 0;
    const last = first;
    first = second;
    second = third;
    third = last;
  }
  output[0] = x0;
  output[1] = y0;
  output[2] = x1;
  output[3] = y1;
  output[4] = x2;
  output[5] = y2;
  output[6] = x3;
  output[7] = y3;
}

/**
 * A key for a name under a key: each UTF-16 unit is enciphered with what came before as key, the length last.
 *
 * The second counter word has its high bit set, which no draw's counter reaches.
 */
function deriveKey(parent: Words, name: string): Words {
  const words = new Int32Array(2 * LANES);
  words.set(parent);
  for (let i = 0; i < name.length; i++) {
    threefry(words[0], words[1], name.charCodeAt(i), 0x80000000 | i, words);
  }
  threefry(words[0], words[1], name.length, -1, words);
  return [words[0], words[1]];
}

/** Layers of equal area under exp(−x²/2), a power of two; the lowest ends at its edge and has the tail for the rest. */
const LAYERS = 128;
const TAIL_START = 3.442619855899;
const LAYER_AREA = 9.91256303526217e-3;

/** Where the layers end, from the lowest, whose edge is that of a box of its area, to the peak at 0. */
const EDGES = layerEdges();
const HEIGHTS = EDGES.map(bell);
/** How far apart the 2²⁴ places of a layer are. */
const PLACES = EDGES.map((edge) => edge * 2 ** -24);

function bell(x: number): number {
  return Math.exp((-x * x) / 2);
}

function layerEdges(): Float64Array {
  const edges = new Float64Array(LAYERS + 1);
  edges[0] = LAYER_AREA / bell(TAIL_START);
  edges[1] = TAIL_START;
  for (let i = 2; i < LAYERS; i++) {
    edges[i] = Math.sqrt(-2 * Math.log(LAYER_AREA / edges[i - 1] + bell(edges[i - 1])));
  }
  return edges;
}

// Long because it is one closure: counter, drawn words and spare normal are the only state, and draws allocate nothing.
function streamOf(key: Words): Random {
  const [key0, key1] = key;
  const words = new Int32Array(2 * LANES);
  /** Where the last draw lies in `words`. */
  let place = words.length - 2;
  let counter0 = 0;
  let counter1 = 0;
  let spareNormal = Number.NaN;

  function draw(): void {
    place += 2;
    if (place === words.length) refill();
  }

  function refill(): void {
    place = 0;
    threefry(key0, key1, counter0, counter1, words);
    counter0 = (counter0 + LANES) | 0;
    if (counter0 === 0) counter1 = (counter1 + 1) | 0;
  }

  /** All 53 bits that a float64 holds, as an integer. */
  function bits(): number {
    draw();
    return (words[place] >>> 5) * 0x4000000 + (words[place + 1] >>> 6);
  }

  function uniform(): number {
    return bits() * 2 ** -53;
  }

  // Box & Muller 1958, doi:10.1214/aoms/1177706645: no rejection, so that the number of draws is known.
  function normal(): number {
    if (!Number.isNaN(spareNormal)) {
      const spare = spareNormal;
      spareNormal = Number.NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * By the ziggurat: a layer, a sign and a place in the layer from one word of a draw.
   *
   * Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08; with bits of their own for layer and place, as Doornik 2005 asks for.
   */
  function fillNormals(target: Float64Array): void {
    // The place in a variable of this call, which is faster than in one of the stream.
    let at = place;
    let second = 0;
    for (let i = 0; i < target.length; i++) {
      let word = second;
      if ((i & 1) === 0) {
        at += 2;
        if (at === words.length) {
          refill();
          at = 0;
        }
        word = words[at];
        second = words[at + 1];
      }
      const layer = word & (LAYERS - 1);
      const size = ((word >>> 8) + 0.5) * PLACES[layer];
      // The sign without a branch, which would be guessed wrongly half the time.
      const sign = 1 - ((word & LAYERS) >> 6);
      if (size < EDGES[layer + 1]) {
        target[i] = sign * size;
        continue;
      }
      place = at;
      target[i] = sign * sizeBeside(layer, size);
      at = place;
    }
    place = at;
  }

  /** What becomes of a size that is not surely under the curve: kept if it is, else drawn again. */
  function sizeBeside(layer: number, size: number): number {
    for (;;) {
      if (layer === 0) return sizeInTail();
      const height = HEIGHTS[layer] + uniform() * (HEIGHTS[layer + 1] - HEIGHTS[layer]);
      if (height < bell(size)) return size;
      draw();
      layer = words[place] & (LAYERS - 1);
      size = ((words[place] >>> 8) + 0.5) * PLACES[layer];
      if (size < EDGES[layer + 1]) return size;
    }
  }

  /** Marsaglia 1964, doi:10.1080/00401706.1964.10490150 */
  function sizeInTail(): number {
    for (;;) {
      const beyond = -Math.log(1 - uniform()) / TAIL_START;
      if (-2 * Math.log(1 - uniform()) > beyond * beyond) return TAIL_START + beyond;
    }
  }

  function integer(n: number): number {
    requireCount("integer", n, 1, Number.MAX_SAFE_INTEGER + 1);
    if (n > 0x100000000) return largeInteger(bits, n);
    // Values past the last whole multiple of n are drawn again, or the low ones would come too often.
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      draw();
      const word = words[place] >>> 0;
      if (word < limit) return word % n;
    }
  }

  return {
    stream: (name) => streamOf(deriveKey(key, name)),
    uniform,
    normal,
    fillNormals,
    fillUniforms(target) {
      for (let i = 0; i < target.length; i += 2) {
        draw();
        target[i] = ((words[place] >>> 0) + 0.5) * 2 ** -32;
        if (i + 1 < target.length) target[i + 1] = ((words[place + 1] >>> 0) + 0.5) * 2 ** -32;
      }
    },
    exponential: () => -Math.log1p(-uniform()),
    studentT(degreesOfFreedom) {
      if (!(degreesOfFreedom > 0)) {
        throw new InputError({
          code: "bad-parameter",
          message: `random.studentT: expected degrees of freedom > 0, got ${degreesOfFreedom}; Infinity gives the normal`,
        });
      }
      if (degreesOfFreedom === Infinity) return normal();
      // Bailey 1994, doi:10.1090/S0025-5718-1994-1219702-8, the polar method without rejection.
      const squared = degreesOfFreedom * Math.expm1((-2 / degreesOfFreedom) * Math.log(1 - uniform()));
      return Math.sqrt(squared) * Math.cos(2 * Math.PI * uniform());
    },
    integer,
    permutation(n) {
      requireCount("permutation", n, 0, 0x7fffffff);
      const order = new Int32Array(n);
      for (let i = 1; i < n; i++) {
        const j = integer(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    },
  };
}

function largeInteger(bits: () => number, n: number): number {
  const limit = 2 ** 53 - (2 ** 53 % n);
  for (;;) {
    const drawn = bits();
    if (drawn < limit) return drawn % n;
  }
}

function requireCount(method: string, n: number, low: number, high: number): void {
  if (Number.isInteger(n) && n >= low && n <= high) return;
  throw new InputError({
    code: "bad-parameter",
    message: `random.${method}: expected a whole number from ${low} to ${high}, got ${n}; round it first`,
  });
}
