/** What a visitor takes away: report, numbers, pairs, and the same command for a terminal. */

import { type Signal, useSignal } from "@preact/signals";
import { type DrawnFigure, figures, reportHtml } from "../../plot/index.ts";
import { Problem } from "../parts/problem.tsx";
import { saveBlob, saveText } from "../save.ts";
import { version } from "../version.ts";
import { callWorker } from "../worker-calls.ts";
import type { InferAnswer, InferProgress, InferRequest } from "./infer.worker.ts";
import { commandOf, type Question } from "./infer-choice.ts";
import { type GivenFiles, hasTwins } from "./infer-files.ts";
import { createInferWorker } from "./infer-worker.ts";

interface DownloadsProps {
  readonly answer: InferAnswer;
  readonly files: GivenFiles;
  readonly question: Question;
  readonly drawn: Signal<readonly DrawnFigure[]>;
}

export function Downloads({ answer, files, question, drawn }: DownloadsProps) {
  const problem = useSignal<string | null>(null);
  const { fit, leftOut, streamed } = answer;
  const given = files.ends.map(({ name }) => name);
  const command = commandOf(given, question);
  const name = files.ends[0].chosen.name.replace(/^.*\//, "").replace(/\.[^.]*$/, "");
  const isComplete = drawn.value.length === figures.filter(({ applies }) => applies(fit)).length;
  const saveReport = () =>
    saveText(
      `${name}-report.html`,
      reportHtml(fit, drawn.value, {
        command,
        version,
        files: answer.files,
        leftOut,
        date: new Date().toISOString().slice(0, 10),
      }),
      "text/html",
    );
  const savePairs = async () => {
    try {
      const request = { kind: "pairs", files, question } as const;
      saveBlob(
        `${name}-pairs.csv`,
        await callWorker<InferRequest, Blob, InferProgress>(createInferWorker, request),
      );
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <section class="card stack" aria-labelledby="take">
      <h2 id="take">Take it away</h2>
      <div class="row">
        <button type="button" class="primary" disabled={!isComplete} onClick={saveReport}>
          Report (HTML)
        </button>
        <button
          type="button"
          onClick={() =>
            saveText(`${name}.json`, `${JSON.stringify({ ...fit, leftOut })}\n`, "application/json")
          }
        >
          All numbers (JSON)
        </button>
        <button type="button" disabled={streamed} onClick={savePairs}>
          Pairs with dual changes (CSV)
        </button>
      </div>
      {streamed ? <p class="help">So many pairs are not written as a table.</p> : null}
      <Problem message={problem.value} />
      <Command command={command} />
      {hasTwins(files) ? (
        <p class="help">Files of one name: put each into the folder that the command has for it.</p>
      ) : null}
    </section>
  );
}

function Command({ command }: { readonly command: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    copied.value = true;
  };
  return (
    <>
      <h3>The same in a terminal</h3>
      <pre>{command}</pre>
      <div class="row">
        <button type="button" onClick={copy}>
          Copy
        </button>
        <span role="status">{copied.value ? "Copied." : ""}</span>
      </div>
    </>
  );
}
