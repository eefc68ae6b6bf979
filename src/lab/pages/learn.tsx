/** Learn: train a network in the page, watch its weights, and ask which geometry it was. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { graphicsCard } from "../../graph/graphics-card.ts";
import { formatCount, formatNumber, formatPercent } from "../../plot/index.ts";
import { Choice, NumberField, SelectField, SliderField } from "../parts/fields.tsx";
import { PotentialField } from "../parts/potential-field.tsx";
import { Ignored, Problem } from "../parts/problem.tsx";
import { Progress } from "../parts/progress.tsx";
import { Term } from "../parts/term.tsx";
import { addressState } from "../route.ts";
import type { Standpoint } from "./learn.worker.ts";
import { Figures } from "./learn-figures.tsx";
import { parameters } from "./learn-parameters.ts";
import { askWhichGeometry, goOn, isRunOf, pause, type Run, run, start } from "./learn-run.ts";
import {
  commandOf,
  completed,
  EXAMPLES,
  type LearnSettings,
  layerOf,
  PASSES,
  PROCESSORS,
  RATES,
  SCHEMES,
  TASKS,
  tasks,
} from "./learn-settings.ts";

type Values = ReturnType<typeof usePage>["values"];

function usePage() {
  const state = useMemo(() => addressState<LearnSettings>("learn", parameters), []);
  useEffect(() => state.release, [state]);
  // What suits one task or geometry does not suit the next.
  const suited = useRef<readonly string[]>([]);
  useSignalEffect(() => {
    const { task, potential, examples, passes, rate } = state.values;
    const [lastTask, lastPotential] = suited.current;
    suited.current = [task.value, potential.value];
    if (lastTask !== undefined && lastTask !== task.value)
      [examples.value, passes.value, rate.value] = [0, 0, 0];
    if (lastPotential !== undefined && lastPotential !== potential.value) rate.value = 0;
    const whole = completed(settingsOf(state.values));
    [examples.value, passes.value, rate.value] = [whole.examples, whole.passes, whole.rate];
  });
  return state;
}

function settingsOf(values: Values): LearnSettings {
  const entries = Object.entries(values).map(([name, { value }]) => [name, value]);
  // fromEntries forgets the keys.
  return Object.fromEntries(entries) as LearnSettings;
}

export default function Learn() {
  const { values, ignored } = usePage();
  useEffect(() => pause, []);
  const current = run.value;
  const isLearning = current?.state === "learning";
  const settings = settingsOf(values);
  return (
    <>
      <Ignored notes={ignored.value} />
      <Problem message={current?.message ?? null} />
      <div class="bench">
        <form
          class="card stack"
          aria-label="The run"
          onSubmit={(event) => {
            event.preventDefault();
            start(settings);
            // On a phone what moves lies below the settings.
            document.getElementById("learned")?.scrollIntoView({ block: "nearest" });
          }}
        >
          <Settings values={values} disabled={isLearning} />
          <Buttons current={current} settings={settings} />
        </form>
        <div class="stack">
          <Learned current={current} values={values} />
          <section class="card stack" aria-labelledby="command">
            <h2 id="command">The same in a terminal</h2>
            <pre>{commandOf(settings)}</pre>
            {values.task.value === "linear-regression" ? null : (
              <p>There it draws from more digits than the 2,000 that come with this page.</p>
            )}
          </section>
        </div>
      </div>
    </>
  );
}

const PROCESSOR_WORDS = { wasm: "WebAssembly", webgpu: "WebGPU" } as const;

/** Whether the browser offers a graphics card. */
function useGraphicsCard(): boolean {
  const found = useSignal(false);
  useEffect(() => {
    graphicsCard().then((card) => {
      found.value = card !== null;
    });
  }, []);
  return found.value;
}

function Settings({ values, disabled }: { readonly values: Values; readonly disabled: boolean }) {
  const { words } = tasks[values.task.value];
  const isRegression = values.task.value === "linear-regression";
  const hasGraphicsCard = useGraphicsCard();
  return (
    <>
      <h2>The run</h2>
      <Choice
        label="What is learned"
        value={values.task}
        choices={TASKS.map((task) => ({ value: task, label: tasks[task].label }))}
        help={words}
        disabled={disabled}
      />
      <PotentialField
        value={values.potential}
        label={
          <>
            In the geometry of this <Term word="potential" />
          </>
        }
        disabled={disabled}
      />
      <SelectField
        label={<Term word="initialisation">Initialisation</Term>}
        value={values.initialisation}
        choices={SCHEMES.map((scheme) => ({ value: scheme, label: scheme }))}
        disabled={disabled}
      />
      <SliderField
        label={<Term word="learning rate">Learning rate</Term>}
        value={values.rate}
        {...RATES}
        logarithmic
        help="set anew for each geometry"
        disabled={disabled}
      />
      <SliderField
        label={<Term word="momentum">Momentum</Term>}
        value={values.momentum}
        low={0}
        high={0.99}
        disabled={disabled}
      />
      <NumberField
        label={isRegression ? "Examples to learn" : "Digits to learn"}
        value={values.examples}
        {...EXAMPLES}
        step={1}
        disabled={disabled}
      />
      <NumberField label="Passes over them" value={values.passes} {...PASSES} step={1} disabled={disabled} />
      <NumberField label="Seed" value={values.seed} low={0} high={2 ** 31} step={1} disabled={disabled} />
      {hasGraphicsCard || values.processor.value === "webgpu" ? (
        <Choice
          label="Computed by"
          value={values.processor}
          choices={PROCESSORS.map((processor) => ({ value: processor, label: PROCESSOR_WORDS[processor] }))}
          help="WebGPU uses the graphics card, which pays for larger networks than these"
          disabled={disabled}
        />
      ) : null}
    </>
  );
}

interface ButtonsProps {
  readonly current: Run | null;
  readonly settings: LearnSettings;
}

function Buttons({ current, settings }: ButtonsProps) {
  if (current?.state === "learning") {
    return (
      <button type="button" onClick={pause}>
        Pause
      </button>
    );
  }
  const canGoOn = current?.state === "paused" && isRunOf(current, settings);
  return (
    <div class="row">
      {canGoOn ? (
        <button type="button" class="primary" onClick={goOn}>
          Go on
        </button>
      ) : null}
      <button type="submit" class={canGoOn ? "" : "primary"}>
        {current === null ? "Start learning" : "Start anew"}
      </button>
    </div>
  );
}

function Learned({ current, values }: { readonly current: Run | null; readonly values: Values }) {
  if (current === null) {
    return (
      <section class="card stack" aria-labelledby="learned">
        <h2 id="learned">What will be seen</h2>
        <p>
          The network learns in this page. Its <Term word="loss" />, its weights and their{" "}
          <Term word="dual change">dual changes</Term> are drawn as they move. Then Infer says which geometry
          it was, from the weights alone.
        </p>
      </section>
    );
  }
  const { standpoint, settings, state } = current;
  const layer = layerOf({ task: settings.task, layer: values.layer.value });
  const done = standpoint?.passes.length ?? 0;
  return (
    <section class="stack" aria-labelledby="learned" aria-busy={state === "learning"}>
      <h2 id="learned">{state === "learning" ? "Learning" : "Learned"}</h2>
      {state === "learning" ? (
        <Progress
          done={done}
          total={standpoint === null ? 0 : settings.passes}
          label={
            standpoint === null ? "Preparing examples and the runtime" : `Learning ${settings.passes} passes`
          }
        />
      ) : null}
      {standpoint === null ? null : (
        <>
          <Facts standpoint={standpoint} />
          <div class="row">
            {tasks[settings.task].layers.length === 1 ? null : (
              <SelectField label="Weights shown" value={values.layer} choices={tasks[settings.task].layers} />
            )}
            {done === 0 || state === "diverged" ? null : (
              <button
                type="button"
                class="primary"
                onClick={() => {
                  pause();
                  askWhichGeometry(current, values.layer.value);
                }}
              >
                Which geometry was it?
              </button>
            )}
          </div>
          <Figures standpoint={standpoint} layer={layer} potential={settings.potential} />
        </>
      )}
    </section>
  );
}

/** The last pass in numbers. */
function Facts({ standpoint: { passes } }: { readonly standpoint: Standpoint }) {
  const last = passes.at(-1);
  if (last === undefined) return null;
  const facts = [
    ["Pass", formatCount(last.pass + 1)],
    ["Steps", formatCount(last.steps)],
    ["Loss", formatNumber(last.loss)],
    ...(last.accuracy === null ? [] : [["Accuracy", formatPercent(last.accuracy)]]),
    ...(last.heldOutAccuracy === null ? [] : [["Held-out accuracy", formatPercent(last.heldOutAccuracy)]]),
  ];
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
