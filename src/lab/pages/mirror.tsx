/** Mirror descent on two weights: straight in the picture of its own geometry, bent in the others. */

import { batch, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { bregmanBall, parsePotential } from "../../geometry/index.ts";
import { potentialLook } from "../../plot/index.ts";
import { twoWeightLosses, type WeightPair } from "../../task/two-weight-losses.ts";
import { Formula } from "../mathematics.tsx";
import { NumberField, SelectField, SliderField, Toggle } from "../parts/fields.tsx";
import { Ignored } from "../parts/problem.tsx";
import { Term } from "../parts/term.tsx";
import { addressState, flag, numberBetween, oneOf, someOf, wholeNumberBetween } from "../route.ts";
import { coordinatesOf, offZero, pathOf, type ShownPath, STEPS } from "./mirror-paths.ts";
import { Plane } from "./mirror-plane.tsx";

const POTENTIALS = ["negative-entropy", "1.5-norm", "2-norm", "3-norm", "hyperbolic-entropy:0.1"] as const;
type Name = (typeof POTENTIALS)[number];
const LOSSES = twoWeightLosses.map(({ name }) => name);
const [FIRST] = twoWeightLosses;
const FARTHEST = 5;
/** Places on the border of a ball. */
const DIRECTIONS = 96;
const SECONDS = 8;

const parameters = {
  loss: oneOf(FIRST.name, LOSSES),
  potentials: someOf<Name>(["negative-entropy", "2-norm", "3-norm"], POTENTIALS),
  dual: oneOf<Name>("negative-entropy", POTENTIALS),
  rate: numberBetween(FIRST.learningRate, 1e-4, 2),
  first: numberBetween(FIRST.start[0], -FARTHEST, FARTHEST),
  second: numberBetween(FIRST.start[1], -FARTHEST, FARTHEST),
  step: wholeNumberBetween(STEPS, 0, STEPS),
  balls: flag(false),
  radius: numberBetween(0.05, 0.001, 2),
};

const lossNamed = (name: string) => twoWeightLosses.find((loss) => loss.name === name) ?? FIRST;
const look = (name: string) => potentialLook(name, [...POTENTIALS]);

export default function MirrorDescent() {
  const state = useMemo(() => addressState("mirror-descent", parameters), []);
  useEffect(() => state.release, [state]);
  const { values, ignored } = state;
  const { loss: name, potentials, dual, rate, first, second, step, balls, radius } = values;
  const loss = lossNamed(name.value);
  const start = useMemo(() => offZero([first.value, second.value]), [first.value, second.value]);
  const paths = useMemo(
    () =>
      potentials.value.map((potential) => ({
        ...pathOf(loss, potential, start, rate.value),
        ...look(potential),
      })),
    [loss, potentials.value, start, rate.value],
  );
  // The view follows the quadrant of the start, not its every move.
  const quadrant = `${Math.sign(start[0])} ${Math.sign(start[1])} ${Math.min(...start.map(Math.abs)) < 0.02}`;
  const primal = useMemo(() => coordinatesOf(loss, "2-norm", start), [loss]);
  const mirrored = useMemo(() => coordinatesOf(loss, dual.value, start), [loss, dual.value, quadrant]);
  const discs = useMemo(
    () => (balls.value ? ballsOf(paths, step.value, radius.value) : []),
    [balls.value, paths, step.value, radius.value],
  );
  const move = ([toFirst, toSecond]: WeightPair) =>
    batch(() => {
      [first.value, second.value] = [rounded(toFirst), rounded(toSecond)];
    });
  const plane = { loss, paths, balls: discs, step: step.value, start, onStart: move };
  return (
    <>
      <Ignored notes={ignored.value} />
      <div class="bench">
        <form class="card stack" aria-label="What learns" onSubmit={(event) => event.preventDefault()}>
          <SelectField
            label={<Term word="loss">Loss</Term>}
            value={name}
            choices={twoWeightLosses.map(({ name }) => ({ value: name, label: name }))}
            help={loss.summary}
            onChoose={(chosen) =>
              batch(() => {
                const next = lossNamed(chosen);
                [first.value, second.value, rate.value] = [...next.start, next.learningRate];
              })
            }
          />
          <p class="help">ℓ = {loss.formula}</p>
          <Geometries chosen={potentials} />
          <SelectField
            label={
              <>
                Right picture: <Term word="dual weight">dual</Term> of
              </>
            }
            value={dual}
            choices={POTENTIALS.map((potential) => ({ value: potential, label: potential }))}
          />
          <SliderField
            label={<Term word="learning rate">Learning rate</Term>}
            value={rate}
            low={1e-3}
            high={1}
            logarithmic
          />
          <NumberField label="Start w₁" value={first} low={-FARTHEST} high={FARTHEST} />
          <NumberField label="Start w₂" value={second} low={-FARTHEST} high={FARTHEST} />
          <Toggle label={<Term word="Bregman ball">Bregman balls</Term>} value={balls} />
          {balls.value ? (
            <SliderField label="Their radius" value={radius} low={0.001} high={1} logarithmic />
          ) : null}
        </form>
        <div class="stack">
          <Player step={step} />
          <div class="planes">
            <Plane title="Weights" coordinates={primal} {...plane} />
            <Plane title={`Dual of ${dual.value}`} coordinates={mirrored} {...plane} />
          </div>
          <Places paths={paths} step={step.value} />
          <p>
            Mirror descent adds the anti-gradient to the dual weight:{" "}
            <Formula tex="\varphi'(w) \leftarrow \varphi'(w) - \eta\, \partial\ell/\partial w" />. On the loss
            “line-of-minima” the gradient points one way everywhere, so every path is straight in the dual of
            its own geometry: the 2-norm on the left, the negative entropy on the right.
          </p>
        </div>
      </div>
    </>
  );
}

/** With a true minus sign. */
const signed = (value: number, decimals: number) => value.toFixed(decimals).replace("-", "−");
const rounded = (weight: number) => Number(weight.toPrecision(4));

function ballsOf(paths: readonly (ShownPath & ReturnType<typeof look>)[], step: number, radius: number) {
  return paths.map(({ potential, weights, colour, dash }) => ({
    colour,
    dash,
    border: bregmanBall(
      parsePotential(potential),
      weights[Math.min(step, weights.length - 1)],
      radius,
      DIRECTIONS,
    ),
  }));
}

function Geometries({ chosen }: { readonly chosen: Signal<readonly Name[]> }) {
  return (
    <fieldset class="field choice">
      <legend>
        <Term word="potential">Geometries</Term>
      </legend>
      {POTENTIALS.map((potential) => (
        <label key={potential} class="check">
          <input
            type="checkbox"
            checked={chosen.value.includes(potential)}
            onChange={({ currentTarget }) => {
              chosen.value = POTENTIALS.filter((name) =>
                name === potential ? currentTarget.checked : chosen.value.includes(name),
              );
            }}
          />
          <svg width="30" height="10" aria-hidden="true">
            <line
              x1="0"
              y1="5"
              x2="30"
              y2="5"
              stroke={look(potential).colour}
              stroke-width="4"
              stroke-dasharray={look(potential).dash ?? undefined}
            />
          </svg>
          {potential}
        </label>
      ))}
    </fieldset>
  );
}

/** Play, pause, step, and a slider of the steps. */
function Player({ step }: { readonly step: Signal<number> }) {
  const playing = useSignal(false);
  useEffect(() => {
    if (!playing.value) return;
    let last = performance.now();
    let exact = step.peek();
    let frame = requestAnimationFrame(advance);
    function advance(now: number) {
      exact = Math.min(STEPS, exact + ((now - last) / (1000 * SECONDS)) * STEPS);
      last = now;
      step.value = Math.floor(exact);
      if (exact >= STEPS) playing.value = false;
      else frame = requestAnimationFrame(advance);
    }
    return () => cancelAnimationFrame(frame);
  }, [playing.value]);
  const play = () => {
    if (!playing.value && step.value >= STEPS) step.value = 0;
    playing.value = !playing.value;
  };
  const to = (next: number) => {
    playing.value = false;
    step.value = Math.min(STEPS, Math.max(0, next));
  };
  return (
    <fieldset class="player">
      <legend class="unseen">Steps of learning</legend>
      <button type="button" class="primary" onClick={play}>
        {playing.value ? "Pause" : "Play"}
      </button>
      <button type="button" onClick={() => to(step.value - 1)}>
        Step back
      </button>
      <button type="button" onClick={() => to(step.value + 1)}>
        Step
      </button>
      <button type="button" onClick={() => to(0)}>
        To the start
      </button>
      <label>
        <span>Step {step.value}</span>
        <input
          type="range"
          min={0}
          max={STEPS}
          value={step.value}
          onInput={({ currentTarget }) => to(Number(currentTarget.value))}
        />
      </label>
    </fieldset>
  );
}

/** The same in numbers. */
function Places({ paths, step }: { readonly paths: readonly ShownPath[]; readonly step: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls on a phone has to be reached by key.
    <section class="scroll" tabIndex={0} aria-label="Where the paths are">
      <table>
        <thead>
          <tr>
            <th scope="col">geometry</th>
            <th scope="col">w₁</th>
            <th scope="col">w₂</th>
            <th scope="col">loss</th>
          </tr>
        </thead>
        <tbody>
          {paths.map(({ potential, weights, losses, diverged }) => {
            const k = Math.min(step, weights.length - 1);
            return (
              <tr key={potential}>
                <th scope="row">{potential}</th>
                <td>{signed(weights[k][0], 3)}</td>
                <td>{signed(weights[k][1], 3)}</td>
                <td>
                  {diverged && k === weights.length - 1
                    ? "left the plane: lower the learning rate"
                    : signed(losses[k], 4)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
