import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { afterDualChange } from "../control/dual-step.ts";
import { fitSeries, type SizeSeries } from "./series.ts";
import { exponentByMeanSize, sizeVariableTable, truthOf } from "./size-variable.ts";

const synapses = 250;
const times = [0, 4, 8, 12, 16];

/** `step` makes the next size of the last, or of the synapse's own fixed size. */
function series(step: (last: number, own: number, draw: number) => number): SizeSeries {
  const random = createRandom("series");
  const own = Float64Array.from({ length: synapses }, () => Math.exp(0.8 * random.normal()));
  const sizes = [own];
  for (let t = 1; t < times.length; t++) {
    const last = sizes[t - 1];
    sizes.push(last.map((size, i) => step(size, own[i], random.normal())));
  }
  return { source: "series", times, sizes, cluster: null };
}

const options = { random: createRandom(1) };

describe("a random walk in the dual of the negative entropy", () => {
  const fit = fitSeries(
    series((last, _, draw) => last * Math.exp(0.08 * draw - 0.0032)),
    options,
  );

  it("has a variance that grows with the lag, and λ = 0 at every lag", () => {
    expect(fit.lags.map(({ lag }) => lag)).toEqual([4, 8, 12, 16]);
    expect(fit.lags.map(({ intervals }) => intervals)).toEqual([4, 3, 2, 1]);
    expect(fit.lags[0].pairs).toBe(4 * synapses);
    // The interval of the growth is about 0.3 wide.
    expect(Math.abs((fit.growth?.exponent ?? 9) - 1)).toBeLessThan(0.25);
    for (const { byFirstSize, corrected } of fit.lags) {
      expect(Math.abs(byFirstSize.estimate ?? 9)).toBeLessThan(0.25);
      expect(Math.abs((corrected.first ?? 9) - (byFirstSize.estimate ?? 9))).toBeLessThan(0.1);
    }
  });

  it("counts no births or eliminations, and survives JSON", () => {
    expect(fit.lags.every(({ births, eliminations }) => births === 0 && eliminations === 0)).toBe(true);
    expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
  });
});

it("sizes that fluctuate about their own have a variance that does not grow", () => {
  const fit = fitSeries(
    series((_, own, draw) => own * Math.exp(0.1 * draw)),
    options,
  );
  expect(Math.abs(fit.growth?.exponent ?? 9)).toBeLessThan(0.25);
});

it("small synapses that vanish are found among the small, births where they are", () => {
  const plain = series((last, _, draw) => last * Math.exp(0.05 * draw));
  const sizes = plain.sizes.map((each, t) =>
    each.map((size, i) => (size < 0.5 && (t + i) % 4 === 0 ? 0 : size)),
  );
  const { turnover } = fitSeries({ ...plain, sizes }, options);
  expect(turnover).toHaveLength(4);
  expect(turnover[0].eliminated).toBeGreaterThan(0.12);
  expect(turnover[3].eliminated).toBe(0);
  expect(turnover[0].born).toBeGreaterThan(0.9);
});

describe("the size variable", () => {
  const random = createRandom("size variable");
  const initial = Float64Array.from({ length: 1500 }, () => Math.exp(0.8 * random.normal()));
  const final = initial.map((size) => Math.max(0.01, afterDualChange(size, 0.6 * random.normal(), 1)));

  it("mean size pulls λ = 1 towards 0 where changes are large, and the correction undoes it", () => {
    const observed = exponentByMeanSize(initial, final);
    expect(observed).toBeLessThan(0.85);
    const relative = initial.map((size, i) => Math.abs(final[i] - size) / size).sort()[750];
    const table = sizeVariableTable(initial, relative, createRandom(2));
    expect(Math.abs((truthOf(table, "mean", observed) ?? 9) - 1)).toBeLessThan(0.25);
  });

  it("has no truth for what no exponent tried would give", () => {
    const table = [
      { truth: 0, first: 0, mean: 0.1 },
      { truth: 1, first: 1, mean: 0.5 },
    ];
    expect(truthOf(table, "mean", 0.3)).toBeCloseTo(0.5, 12);
    expect(truthOf(table, "mean", 0.6)).toBeNull();
    expect(truthOf(table, "first", null)).toBeNull();
  });
});

it.each([
  [{ times: [0, 1] }, "too-few-times"],
  [{ sizes: times.map(() => new Float64Array(synapses)) }, "too-few-pairs"],
])("refuses %#", (change, code) => {
  const plain = { ...series((last) => last), ...change };
  expect(() => fitSeries(plain, options)).toThrow(expect.objectContaining({ code }));
});
