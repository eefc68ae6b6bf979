/** Figures of papers from new runs, with the distance to the published numbers: a folder of `syngeo figure`, or those that came along. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { FigureComparison } from "../../experiment/figure-definition.ts";
import { SelectField } from "../parts/fields.tsx";
import { FigureFrame } from "../parts/figure-frame.tsx";
import { Ignored, Problem, wordsOf } from "../parts/problem.tsx";
import { addressState, textThat } from "../route.ts";

const parameters = {
  figure: textThat("", (text) => {
    if (!/^[\w.-]*$/.test(text)) throw new Error("no name of a figure");
  }),
};

interface Shown {
  readonly name: string;
  readonly svg: string;
  readonly comparison: FigureComparison;
}

const placeOf = (name: string, file: string) => `./figures/${name}/${file}`;

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (response.ok) return response;
  throw new Error(
    `figures: expected the file ${path}, got ${response.status}; make figures with syngeo figure, then syngeo lab --figures figures/`,
  );
}

/** The answers were written by `syngeo figure`. */
async function read(name: string): Promise<Shown> {
  const [svg, comparison] = await Promise.all([
    fetched(placeOf(name, "figure.svg")).then((response) => response.text()),
    fetched(placeOf(name, "comparison.json")).then((response) => response.json()),
  ]);
  return { name, svg, comparison };
}

export default function Figures() {
  const state = useMemo(() => addressState("figures", parameters), []);
  useEffect(() => state.release, [state]);
  const { figure } = state.values;
  const names = useSignal<readonly string[]>([]);
  const shown = useSignal<Shown | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    fetched("./figures/index.json")
      .then((response) => response.json())
      .then(
        (found: readonly string[]) => {
          names.value = found;
          if (found.length > 0 && !found.includes(figure.peek())) figure.value = found[0];
        },
        (error: unknown) => {
          problem.value = wordsOf(error);
        },
      );
  }, []);
  useSignalEffect(() => {
    const name = figure.value;
    if (name === "" || !names.value.includes(name)) return;
    read(name).then(
      (answer) => {
        if (figure.peek() === name) [shown.value, problem.value] = [answer, null];
      },
      (error: unknown) => {
        problem.value = wordsOf(error);
      },
    );
  });
  return (
    <>
      <Ignored notes={state.ignored.value} />
      <Problem message={problem.value} />
      <form class="card stack" aria-label="Which figure" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label="Figure"
          value={figure}
          choices={names.value.map((name) => ({ value: name, label: name }))}
          help="Made by syngeo figure; syngeo lab --figures FOLDER shows yours."
        />
      </form>
      {shown.value === null ? null : <FigureWithNumbers {...shown.value} />}
    </>
  );
}

function FigureWithNumbers({ name, svg, comparison }: Shown) {
  const { comparisons, leftOut, runs, scale, figure } = comparison;
  const judged = comparisons.filter(({ inside }) => inside !== null);
  const inside = judged.filter((one) => one.inside).length;
  return (
    <div class="stack shown-figure">
      <FigureFrame svg={svg} name={name} />
      <section class="stack" aria-labelledby="numbers">
        <h2 id="numbers">Reference numbers beside ours</h2>
        <p>
          {inside} of {judged.length} inside their tolerance, from {runs.complete} of {runs.planned} runs.{" "}
          {leftOut === "" ? null : `“quick” leaves out ${leftOut}.`} The command:{" "}
          <code>
            syngeo figure {figure} --scale {scale}
          </code>
        </p>
        <p class="row">
          <a class="button" href={placeOf(name, "data.csv")} download={`${name}.csv`}>
            Data as CSV
          </a>
          <a class="button" href={placeOf(name, "comparison.json")} download={`${name}-comparison.json`}>
            Comparison as JSON
          </a>
        </p>
        <Numbers comparisons={comparisons} />
      </section>
    </div>
  );
}

/** Three digits, with a true minus sign. */
const short = (value: number) => String(Number(value.toPrecision(3))).replace("-", "−");

function Numbers({ comparisons }: Pick<FigureComparison, "comparisons">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key.
    <section class="scroll numbers" tabIndex={0} aria-label="Table of numbers">
      <table>
        <thead>
          <tr>
            <th scope="col">number</th>
            <th scope="col">reference</th>
            <th scope="col">ours</th>
            <th scope="col">difference</th>
            <th scope="col">tolerance</th>
            <th scope="col">inside</th>
          </tr>
        </thead>
        <tbody>
          {comparisons.map(({ what, source, expected, found, difference, tolerance, inside, note }) => (
            <tr key={what}>
              <th scope="row">
                {what}
                <small>{note === "" ? source : `${source}; ${note}`}</small>
              </th>
              <td>{short(expected)}</td>
              <td>{short(found)}</td>
              <td>{short(difference)}</td>
              <td>{tolerance === null ? "–" : short(tolerance)}</td>
              <td>{inside === null ? "–" : inside ? "yes" : <strong>no</strong>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
