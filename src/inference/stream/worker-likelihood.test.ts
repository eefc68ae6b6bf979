import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { simulatePairs } from "../simulate.ts";
import { answerOfLikelihood } from "../student-likelihood.ts";
import { answerLikelihood, type LikelihoodOrder, orderLikelihood } from "./worker-likelihood.node.ts";

const pairs = continuumPairs(simulatePairs({ pairs: 60 }, createRandom(1)));
const question = { pairs, level: 0.95, exponents: [0, 1, 2] };
const expected = answerOfLikelihood(question);

describe("the likelihood of a worker", () => {
  it("is that of the calling thread bit for bit, and is not computed twice", () => {
    // An estimate that only the worker's side can have given.
    const estimate = { ...expected.estimate, method: "the worker's" };
    const finish = orderLikelihood((order) => {
      answerLikelihood(order);
      expect(order.state[0]).toBe(2);
    }, question);
    expect(finish()).toEqual(expected);
    const told = orderLikelihood((order) => {
      order.port.postMessage({ ...expected, estimate });
      order.state[0] = 2;
    }, question);
    expect(told().estimate).toEqual(estimate);
  });

  it("is computed by the calling thread where no worker has begun, and a late worker leaves it", () => {
    const late: LikelihoodOrder[] = [];
    const finish = orderLikelihood((order) => late.push(order), question);
    expect(finish()).toEqual(expected);
    const [{ port, ...order }] = late;
    const untouched = { ...order, port: Object.assign(port, { postMessage: () => expect.unreachable() }) };
    answerLikelihood(untouched);
  });

  it("is computed by the calling thread where the worker failed at it", () => {
    const finish = orderLikelihood((order) => {
      const broken = { ...order, question: { ...question, pairs: { ...pairs, count: -1 } } };
      expect(() => answerLikelihood(broken)).toThrow(RangeError);
    }, question);
    expect(finish()).toEqual(expected);
  });

  it("comes with ℓ at each exponent, that of the curve to rounding", () => {
    for (const [k, exponent] of question.exponents.entries()) {
      const point = expected.estimate.profile.find((each) => each.exponent === exponent);
      // Two searches of location and scale that began elsewhere: 1e-6 of the variance, n·1e-12 of ℓ.
      expect(expected.logLikelihoods[k]).toBeCloseTo(point?.logLikelihood ?? Number.NaN, 8);
    }
  });
});
