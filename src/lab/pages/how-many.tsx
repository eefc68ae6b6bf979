/** How many synapses? Power by formula and by simulation, as `syngeo design` has it. */

import { batch, type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { InputError } from "../../errors.ts";
import { parsePotential } from "../../geometry/index.ts";
import { DEFAULT_DESIGN, type Design, type DesignSettings } from "../../inference/index.ts";
import { formatCount, formatPercent, powerCurve, svgText } from "../../plot/index.ts";
import type { Chosen } from "../chosen.ts";
import { type NumberList, numbersOfFile } from "../numbers-of-file.ts";
import { Choice, NumberField, SelectField, SliderField } from "../parts/fields.tsx";
import { FigureFrame } from "../parts/figure-frame.tsx";
import { FileDrop } from "../parts/file-drop.tsx";
import { PotentialField, potentialParameter } from "../parts/potential-field.tsx";
import { Ignored, Problem, wordsOf } from "../parts/problem.tsx";
import { Progress } from "../parts/progress.tsx";
import { Term } from "../parts/term.tsx";
import { addressState, numberBetween, oneOf, wholeNumberBetween } from "../route.ts";
import { callWorker } from "../worker-calls.ts";
import type { DesignProgress, DesignRequest } from "./how-many.worker.ts";

const { noise } = DEFAULT_DESIGN;
const LAWS = ["gaussian", "student-4"] as const;

const parameters = {
  first: potentialParameter("negative-entropy"),
  second: potentialParameter("2-norm"),
  spread: numberBetween(DEFAULT_DESIGN.logSizeDeviation, 0.05, 2),
  change: numberBetween(DEFAULT_DESIGN.change, 0.01, 2),
  tails: oneOf<(typeof LAWS)[number]>("gaussian", LAWS),
  fluctuation: numberBetween(DEFAULT_DESIGN.fluctuation, 0, 1),
  multiplicative: numberBetween(noise.multiplicative, 0, 1),
  additive: numberBetween(noise.additive, 0, 1),
  control: numberBetween(DEFAULT_DESIGN.controlRatio, 0.1, 10),
  perCluster: wholeNumberBetween(DEFAULT_DESIGN.perCluster, 1, 1000),
  correlation: numberBetween(DEFAULT_DESIGN.clusterCorrelation, 0, 1),
  power: numberBetween(DEFAULT_DESIGN.power, 0.55, 0.99),
  seed: wholeNumberBetween(1, 0, 2 ** 31),
};

type Values = ReturnType<typeof usePage>["values"];

function usePage() {
  const state = useMemo(() => addressState("how-many", parameters), []);
  useEffect(() => state.release, [state]);
  return state;
}

/** λ of a potential, which only powers have. */
function exponentOf(name: string): number {
  const { exponent } = parsePotential(name, "geometry");
  if (exponent !== null) return exponent;
  throw new InputError({
    code: "no-exponent",
    message: `geometry: expected a potential with an exponent, got "${name}"; such as negative-entropy, 2-norm or 2.5-norm`,
  });
}

function settingsOf(values: Values, sizes: Float64Array | null): Partial<DesignSettings> {
  return {
    between: [exponentOf(values.first.value), exponentOf(values.second.value)],
    logSizeDeviation: values.spread.value,
    sizes,
    change: values.change.value,
    law: values.tails.value,
    fluctuation: values.fluctuation.value,
    noise: { multiplicative: values.multiplicative.value, additive: values.additive.value },
    controlRatio: values.control.value,
    perCluster: values.perCluster.value,
    clusterCorrelation: values.correlation.value,
    power: values.power.value,
  };
}

/** The same in a terminal. */
function commandOf(values: Values, file: string | null, column: string): string {
  const sizes =
    file === null ? `--size-spread ${values.spread.value}` : `--sizes '${file}' --column '${column}'`;
  return [
    `syngeo design --between ${values.first.value} ${values.second.value} ${sizes}`,
    `--change ${values.change.value} --tails ${values.tails.value} --fluctuation ${values.fluctuation.value}`,
    `--noise-multiplicative ${values.multiplicative.value} --noise-additive ${values.additive.value}`,
    `--control-ratio ${values.control.value} --per-cluster ${values.perCluster.value}`,
    `--cluster-correlation ${values.correlation.value} --power ${values.power.value} --seed ${values.seed.value}`,
  ].join(" \\\n  ");
}

/** A change of settings waits this long for the next one, so that a slider can be dragged. */
const SETTLED_AFTER = 300;

/** The design of the settings, computed anew when they change. */
function useDesign(values: Values, sizes: Signal<Float64Array | null>) {
  const design = useSignal<Design | null>(null);
  const problem = useSignal<string | null>(null);
  const share = useSignal<number | null>(null);
  useSignalEffect(() => {
    const abort = new AbortController();
    let request: DesignRequest;
    try {
      request = { settings: settingsOf(values, sizes.value), seed: values.seed.value };
    } catch (error) {
      problem.value = wordsOf(error);
      return;
    }
    const compute = async () => {
      share.value = 0;
      try {
        const answer = await callWorker<DesignRequest, Design, DesignProgress>(createWorker, request, {
          signal: abort.signal,
          onProgress: (done) => {
            share.value = done;
          },
        });
        batch(() => {
          [design.value, problem.value, share.value] = [answer, null, null];
        });
      } catch (error) {
        if (!abort.signal.aborted) [problem.value, share.value] = [wordsOf(error), null];
      }
    };
    const timer = setTimeout(compute, SETTLED_AFTER);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });
  return { design, problem, share };
}

const createWorker = () => new Worker(new URL("./how-many.worker.ts", import.meta.url), { type: "module" });
export default function HowMany() {
  const { values, ignored } = usePage();
  const lists = useSignal<readonly NumberList[]>([]);
  const file = useSignal<string | null>(null);
  const column = useSignal("");
  const fileProblem = useSignal<string | null>(null);
  const sizes = useComputed(() => sizesIn(lists.value, column.value));
  const { design, problem, share } = useDesign(values, sizes);
  const take = async ([dropped]: readonly Chosen[]) => {
    try {
      const found = await numbersOfFile(dropped);
      const first = found.find((list) => sizesIn(found, list.name) !== null);
      if (first === undefined)
        throw new Error(
          `file "${dropped.name}": expected at least 10 sizes > 0 in a column or array, got none; give a size spread instead`,
        );
      batch(() => {
        [lists.value, column.value, file.value, fileProblem.value] = [found, first.name, dropped.name, null];
      });
    } catch (error) {
      fileProblem.value = wordsOf(error);
    }
  };
  return (
    <>
      <Ignored notes={ignored.value} />
      <Problem message={problem.value ?? fileProblem.value} />
      <div class="bench">
        <form class="card stack" aria-label="The experiment" onSubmit={(event) => event.preventDefault()}>
          <Settings values={values} hasSizes={sizes.value !== null} />
          <FileDrop
            onChosen={take}
            onProblem={(error) => {
              fileProblem.value = wordsOf(error);
            }}
          >
            Or drop a file with sizes of your own
          </FileDrop>
          {file.value === null ? null : (
            <SelectField
              label={`Sizes in ${file.value}`}
              value={column}
              choices={lists.value.map(({ name }) => ({ value: name, label: name }))}
            />
          )}
        </form>
        <div class="stack">
          <Answer design={design.value} values={values} share={share.value} />
          <section class="card stack" aria-labelledby="command">
            <h2 id="command">The same in a terminal</h2>
            <pre>{commandOf(values, file.value, column.value)}</pre>
          </section>
        </div>
      </div>
    </>
  );
}

/** Sizes over zero in the list of that name; null where there are fewer than 10. */
function sizesIn(lists: readonly NumberList[], name: string): Float64Array | null {
  const found = lists.find((list) => list.name === name)?.values ?? new Float64Array();
  const sizes = Float64Array.from(found, Math.abs).filter((size) => size > 0 && Number.isFinite(size));
  return sizes.length >= 10 ? sizes : null;
}

const percent = (share: number) => formatPercent(Math.round(100 * share) / 100);

function Settings({ values, hasSizes }: { readonly values: Values; readonly hasSizes: boolean }) {
  return (
    <>
      <h2>The experiment</h2>
      <PotentialField
        value={values.first}
        label={
          <>
            Tell this <Term word="potential">geometry</Term>
          </>
        }
      />
      <PotentialField value={values.second} label="From this one" />
      <SliderField
        label={<Term word="power">Power</Term>}
        value={values.power}
        low={0.55}
        high={0.99}
        format={percent}
      />
      <SliderField
        label={<Term word="size spread">Size spread</Term>}
        value={values.spread}
        low={0.05}
        high={2}
        disabled={hasSizes}
        help="SD of the logarithm of initial size"
      />
      <SliderField
        label="Change by learning"
        value={values.change}
        low={0.01}
        high={2}
        logarithmic
        format={percent}
        help="SD, as a share of the median size"
      />
      <Choice
        label={<>Tails of that change</>}
        value={values.tails}
        choices={[
          { value: "gaussian", label: "normal" },
          { value: "student-4", label: "heavy (t₄)" },
        ]}
      />
      <SliderField
        label="Fluctuation without learning"
        value={values.fluctuation}
        low={0}
        high={1}
        format={percent}
      />
      <SliderField
        label={
          <>
            <Term word="noise">Noise</Term> that grows with size
          </>
        }
        value={values.multiplicative}
        low={0}
        high={0.5}
        format={percent}
      />
      <SliderField label="Noise that does not" value={values.additive} low={0} high={0.5} format={percent} />
      <SliderField
        label={
          <>
            <Term word="control">Control</Term> synapses for each learning one
          </>
        }
        value={values.control}
        low={0.1}
        high={10}
        logarithmic
      />
      <NumberField
        label={
          <>
            Synapses in a <Term word="cluster" />
          </>
        }
        value={values.perCluster}
        low={1}
        high={1000}
        step={1}
      />
      <SliderField label="How alike changes in one are" value={values.correlation} low={0} high={1} />
    </>
  );
}

interface AnswerProps {
  readonly design: Design | null;
  readonly values: Values;
  readonly share: number | null;
}

function Answer({ design, values, share }: AnswerProps) {
  const names = [values.first.value, values.second.value] as const;
  const svg = useMemo(
    () => (design === null ? null : svgText(powerCurve(design, names, { document }), "power-curve")),
    // The names are those of the design, once it is there.
    [design],
  );
  return (
    <section class="stack" aria-labelledby="answer" aria-busy={share !== null}>
      <h2 id="answer">The answer</h2>
      {share === null ? null : (
        <Progress done={share} total={1} label={`Simulating experiments: ${percent(share)}`} />
      )}
      {design === null || svg === null ? null : (
        <>
          <p class="answer">
            <strong>
              {formatCount(design.simulation.learning)} learning and {formatCount(design.simulation.control)}{" "}
              control synapses
            </strong>{" "}
            tell {names[0]} from {names[1]} in {percent(design.simulation.power)} of simulated experiments;
            the formula says {formatCount(design.formula.learning)}.
          </p>
          <p>
            Learning is {percent(Math.min(...design.learningShare))} to{" "}
            {percent(Math.max(...design.learningShare))} of the variance of the change.
          </p>
          <FigureFrame svg={svg} name="power-curve" />
        </>
      )}
    </section>
  );
}
