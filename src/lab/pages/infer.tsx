/** Infer: drop weights from before and after learning, and see in which geometry they changed. */

import { batch, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Chosen } from "../chosen.ts";
import { handedOver } from "../hand-over.ts";
import { Ignored, Problem, wordsOf } from "../parts/problem.tsx";
import { Progress } from "../parts/progress.tsx";
import { addressState } from "../route.ts";
import { callWorker } from "../worker-calls.ts";
import type { InferAnswer, InferProgress, InferRequest } from "./infer.worker.ts";
import { Answer } from "./infer-answer.tsx";
import { type Choice, type Example, parameters, type Question, questionOf } from "./infer-choice.ts";
import type { Values } from "./infer-control.tsx";
import { ExampleButtons, exampleFile } from "./infer-examples.tsx";
import { type GivenFiles, givenFiles } from "./infer-files.ts";
import { guessOf, stillFits } from "./infer-guess.ts";
import type { Offer } from "./infer-offer.ts";
import { Settings } from "./infer-settings.tsx";
import { Source } from "./infer-source.tsx";
import { createInferWorker } from "./infer-worker.ts";

function usePage() {
  const state = useMemo(() => addressState<Choice>("infer", parameters), []);
  useEffect(() => state.release, [state]);
  return state;
}

/** Files, and what they offer; null before there are any. */
interface Loaded {
  readonly chosen: readonly Chosen[];
  readonly offer: Offer;
  /** Of a workbook; "" for its first. */
  readonly sheet: string;
}

/** Takes files: what they offer, then choices guessed by their names unless those of the address still fit. */
function useFiles(values: Values) {
  const loaded = useSignal<Loaded | null>(null);
  const control = useSignal<readonly Chosen[]>([]);
  const problem = useSignal<string | null>(null);
  const taken = useRef<Example | "">("");
  const take = async (chosen: readonly Chosen[], example: Example | "", sheet = "") => {
    const before = loaded.peek()?.offer.kind;
    batch(() => {
      [loaded.value, problem.value, control.value] = [null, null, []];
    });
    try {
      const request = { kind: "offer", files: givenFiles(chosen, []), sheet } as const;
      const offer = await callWorker<InferRequest, Offer, InferProgress>(createInferWorker, request);
      batch(() => {
        const isOther = before !== undefined && before !== offer.kind;
        if (isOther || !stillFits(choiceOf(values), offer)) setChoice(values, guessOf(offer));
        values.example.value = example;
        values.sheet.value = sheet;
        loaded.value = { chosen, offer, sheet };
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
  useSignalEffect(() => {
    const sheet = values.sheet.value;
    const now = loaded.peek();
    if (now !== null && sheet !== now.sheet) take(now.chosen, values.example.peek(), sheet);
  });
  const drop = (chosen: readonly Chosen[]) => {
    taken.current = "";
    take(chosen, "");
  };
  return { loaded, problem, control, drop };
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
  readonly files: GivenFiles;
  readonly question: Question;
}

/** The answer to the question that is set, computed anew when it changes. */
function useAnswer(values: Values, loaded: Signal<Loaded | null>, control: Signal<readonly Chosen[]>) {
  const result = useSignal<Result | null>(null);
  const problem = useSignal<string | null>(null);
  const progress = useSignal<InferProgress | null>(null);
  const abort = useSignal<AbortController | null>(null);
  const stopped = useSignal(false);
  /** Another one asks the same question again. */
  const turn = useSignal(0);
  useSignalEffect(() => {
    turn.value;
    stopped.value = false;
    const now = loaded.value;
    const files = givenFiles(now?.chosen ?? [], control.value);
    const question = now === null ? null : questionOf(choiceOf(values), now.offer, files);
    problem.value = null;
    if (question === null) {
      result.value = null;
      return;
    }
    const own = new AbortController();
    abort.value = own;
    const compute = async () => {
      progress.value = { done: 0, total: 0, label: "reading" };
      try {
        const request = { kind: "infer", files, question } as const;
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
          result.value = { answer, files, question };
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
      [progress.value, stopped.value] = [null, true];
    });
  };
  const restart = () => {
    turn.value++;
  };
  return { result, problem, progress, stopped, cancel, restart };
}

export default function Infer() {
  // On a phone the answer comes first.
  const isWide = useMemo(() => window.matchMedia("(min-width: 60rem)").matches, []);
  const { values, ignored } = usePage();
  const { loaded, problem, control, drop } = useFiles(values);
  const { result, problem: fault, progress, stopped, cancel, restart } = useAnswer(values, loaded, control);
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
          <Source
            chosen={loaded.value?.chosen ?? []}
            onChosen={drop}
            onProblem={(error) => {
              problem.value = wordsOf(error);
            }}
          />
          <ExampleButtons chosen={values.example} />
          {loaded.value === null ? null : (
            <details class="card" open={isWide}>
              <summary>What to compare</summary>
              <form class="stack" aria-label="What to compare" onSubmit={(event) => event.preventDefault()}>
                <Settings offer={loaded.value.offer} values={values} control={control} />
              </form>
            </details>
          )}
        </div>
        <div class="stack" aria-busy={progress.value !== null}>
          {progress.value === null ? null : <Progress {...progress.value} onCancel={cancel} />}
          {stopped.value ? (
            <div class="row" role="status">
              Stopped before the answer.
              <button type="button" onClick={restart}>
                Start again
              </button>
            </div>
          ) : null}
          {result.value === null ? null : <Answer {...result.value} />}
        </div>
      </div>
    </>
  );
}
