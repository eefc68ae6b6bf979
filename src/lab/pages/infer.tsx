/** Infer: drop weights from before and after learning, and see in which geometry they changed. */

import { batch, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { handedOver } from "../hand-over.ts";
import { FileDrop } from "../parts/file-drop.tsx";
import { Ignored, Problem } from "../parts/problem.tsx";
import { Progress } from "../parts/progress.tsx";
import { addressState } from "../route.ts";
import { callWorker } from "../worker-calls.ts";
import type { InferAnswer, InferProgress, InferRequest } from "./infer.worker.ts";
import { Answer } from "./infer-answer.tsx";
import { type Choice, type Example, parameters, type Question, questionOf } from "./infer-choice.ts";
import { ExampleButtons, exampleFile } from "./infer-examples.tsx";
import { guessOf, stillFits } from "./infer-guess.ts";
import type { Offer } from "./infer-offer.ts";
import { Settings, type Values } from "./infer-settings.tsx";
import { createInferWorker } from "./infer-worker.ts";

function usePage() {
  const state = useMemo(() => addressState<Choice>("infer", parameters), []);
  useEffect(() => state.release, [state]);
  return state;
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Files, and what they offer; null before there are any. */
interface Loaded {
  readonly files: readonly File[];
  readonly offer: Offer;
}

/** Takes files: what they offer, then choices guessed by their names unless those of the address still fit. */
function useFiles(values: Values) {
  const loaded = useSignal<Loaded | null>(null);
  const problem = useSignal<string | null>(null);
  const taken = useRef<Example | "">("");
  const take = async (files: readonly File[], example: Example | "") => {
    batch(() => {
      [loaded.value, problem.value] = [null, null];
    });
    try {
      const request = { kind: "offer", files } as const;
      const offer = await callWorker<InferRequest, Offer, InferProgress>(createInferWorker, request);
      batch(() => {
        if (!stillFits(choiceOf(values), offer)) setChoice(values, guessOf(offer));
        values.example.value = example;
        loaded.value = { files, offer };
      });
    } catch (error) {
      problem.value = wordsOf(error);
    }
  };
  const takeExample = async (example: Example) => {
    taken.current = example;
    try {
      await take([await exampleFile(example)], example);
    } catch (error) {
      problem.value = wordsOf(error);
    }
  };
  useSignalEffect(() => {
    const example = values.example.value;
    if (example !== "" && example !== taken.current) takeExample(example);
  });
  const drop = (files: readonly File[]) => {
    taken.current = "";
    take(files, "");
  };
  return { loaded, problem, drop };
}

function choiceOf(values: Values): Choice {
  const entries = Object.entries(values).map(([name, { value }]) => [name, value]);
  // fromEntries forgets the keys.
  return Object.fromEntries(entries) as Choice;
}

/** All as at first, but for what is guessed and what does not depend on the file. */
function setChoice(values: Values, guess: Partial<Choice>): void {
  const kept = ["potentials", "level", "seed", "sensitivity", "example"];
  for (const [name, { initial }] of Object.entries(parameters)) {
    if (kept.includes(name)) continue;
    // A guess has the types of the parameters, whose keys these are.
    const value = guess[name as keyof Choice] ?? initial;
    (values[name as keyof Choice] as Signal<unknown>).value = value;
  }
}

/** A change of settings waits this long for the next one. */
const SETTLED_AFTER = 250;

interface Result {
  readonly answer: InferAnswer;
  readonly files: readonly File[];
  readonly question: Question;
}

/** The answer to the question that is set, computed anew when it changes. */
function useAnswer(values: Values, loaded: Signal<Loaded | null>) {
  const result = useSignal<Result | null>(null);
  const problem = useSignal<string | null>(null);
  const progress = useSignal<InferProgress | null>(null);
  const abort = useSignal<AbortController | null>(null);
  useSignalEffect(() => {
    const now = loaded.value;
    const question = now === null ? null : questionOf(choiceOf(values), now.offer);
    problem.value = null;
    if (now === null || question === null) {
      result.value = null;
      return;
    }
    const own = new AbortController();
    abort.value = own;
    const compute = async () => {
      progress.value = { done: 0, total: 0, label: "reading" };
      try {
        const request = { kind: "infer", files: now.files, question } as const;
        const answer = await callWorker<InferRequest, InferAnswer, InferProgress>(
          createInferWorker,
          request,
          {
            signal: own.signal,
            onProgress: (event) => {
              progress.value = event;
            },
          },
        );
        batch(() => {
          result.value = { answer, files: now.files, question };
          progress.value = null;
        });
      } catch (error) {
        if (own.signal.aborted) return;
        batch(() => {
          [problem.value, result.value, progress.value] = [wordsOf(error), null, null];
        });
      }
    };
    const timer = setTimeout(compute, SETTLED_AFTER);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  });
  const cancel = () => {
    abort.peek()?.abort();
    batch(() => {
      progress.value = null;
      problem.value =
        "infer: expected an answer, got a cancelled computation; change a setting to start it again";
    });
  };
  return { result, problem, progress, cancel };
}

export default function Infer() {
  // On a phone the answer comes first.
  const isWide = useMemo(() => window.matchMedia("(min-width: 60rem)").matches, []);
  const { values, ignored } = usePage();
  const { loaded, problem, drop } = useFiles(values);
  const { result, problem: fault, progress, cancel } = useAnswer(values, loaded);
  useSignalEffect(() => {
    const files = handedOver.value;
    if (files === null) return;
    handedOver.value = null;
    drop(files);
  });
  return (
    <>
      <Ignored notes={ignored.value} />
      <Problem message={problem.value ?? fault.value} />
      <div class={loaded.value === null ? "stack" : "bench"}>
        <div class="stack">
          <Source loaded={loaded.value} onFiles={drop} />
          <ExampleButtons chosen={values.example} />
          {loaded.value === null ? null : (
            <details class="card" open={isWide}>
              <summary>What to compare</summary>
              <form class="stack" aria-label="What to compare" onSubmit={(event) => event.preventDefault()}>
                <Settings offer={loaded.value.offer} values={values} />
              </form>
            </details>
          )}
        </div>
        <div class="stack" aria-busy={progress.value !== null}>
          {progress.value === null ? null : <Progress {...progress.value} onCancel={cancel} />}
          {result.value === null ? null : <Answer {...result.value} />}
        </div>
      </div>
    </>
  );
}

interface SourceProps {
  readonly loaded: Loaded | null;
  readonly onFiles: (files: readonly File[]) => void;
}

function Source({ loaded, onFiles }: SourceProps) {
  const files = loaded?.files ?? [];
  return (
    <>
      <FileDrop multiple onFiles={(dropped) => onFiles(inOrder(dropped))}>
        {loaded === null
          ? "Drop one table, or two files of weights: before and after learning"
          : "Drop other files"}
      </FileDrop>
      {files.length === 0 ? null : (
        <div class="card stack">
          <dl class="facts narrow">
            {files.map(({ name }, k) => (
              <div key={name}>
                <dt>{files.length === 1 ? "File" : k === 0 ? "Initial" : "Final"}</dt>
                <dd>{name}</dd>
              </div>
            ))}
          </dl>
          {files.length === 2 ? (
            <button type="button" onClick={() => onFiles(files.toReversed())}>
              Swap initial and final
            </button>
          ) : null}
        </div>
      )}
    </>
  );
}

const LATER = /final|after|post|last|end/i;

/** A file that is called final comes second, in whatever order they were dropped. */
function inOrder(files: readonly File[]): readonly File[] {
  const isTurned = files.length === 2 && LATER.test(files[0].name) && !LATER.test(files[1].name);
  return isTurned ? files.toReversed() : files;
}
