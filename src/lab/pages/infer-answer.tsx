/** The answer of the page Infer: verdict, numbers, linked figures, and all of it to take away. */

import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { GeometryFit, GeometryPicture, PotentialScore } from "../../inference/index.ts";
import {
  continuumExponentAt,
  type DrawnFigure,
  drawFigure,
  dualChangeHistogram,
  figures,
  formatCount,
  formatEstimate,
  formatNumber,
  STATUS_WORDS,
  svgText,
} from "../../plot/index.ts";
import { FigureFrame } from "../parts/figure-frame.tsx";
import { Term } from "../parts/term.tsx";
import type { InferAnswer } from "./infer.worker.ts";
import type { Question } from "./infer-choice.ts";
import { Downloads } from "./infer-downloads.tsx";
import type { GivenFiles } from "./infer-files.ts";

interface AnswerProps {
  readonly answer: InferAnswer;
  readonly files: GivenFiles;
  readonly question: Question;
}

export function Answer({ answer, files, question }: AnswerProps) {
  const { fit, picture, leftOut } = answer;
  const drawn = useDrawnFigures(fit, picture);
  const pointed = useSignal(nearest(fit, fit.exponent.estimate ?? 0));
  useEffect(() => {
    pointed.value = fit.verdict.potential ?? nearest(fit, fit.exponent.estimate ?? 0);
  }, [fit]);
  return (
    <>
      <Verdict fit={fit} />
      <Downloads answer={answer} files={files} question={question} drawn={drawn} />
      <section class="card stack" aria-labelledby="geometries">
        <h2 id="geometries">The named geometries</h2>
        <p class="help">Point at one, or move along the curve, to see its dual changes.</p>
        <Scores potentials={fit.potentials} pointed={pointed} />
      </section>
      <Linked fit={fit} picture={picture} pointed={pointed} drawn={drawn} />
      <section class="stack" aria-labelledby="figures">
        <h2 id="figures">Figures</h2>
        <div class="figures">
          {drawn.value
            .filter(({ name }) => !LINKED.includes(name))
            .map(({ name, caption, svg }) => (
              <FigureFrame key={name} svg={svg} name={name} caption={caption} />
            ))}
        </div>
      </section>
      {leftOut.length === 0 ? null : (
        <section class="card stack" aria-labelledby="left-out">
          <h2 id="left-out">Left out</h2>
          <ul>
            {leftOut.map(({ name, reason }) => (
              <li key={name}>
                {name}: {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Shown by themselves, following the pointer. */
const LINKED: readonly string[] = ["dual-change-histograms", "delta-cdf-continuum"];

/** One after the other, so that the page answers in between. */
function useDrawnFigures(fit: GeometryFit, picture: GeometryPicture): Signal<readonly DrawnFigure[]> {
  const drawn = useSignal<readonly DrawnFigure[]>([]);
  useEffect(() => {
    drawn.value = [];
    let stopped = false;
    const drawAll = async () => {
      for (const figure of figures.filter(({ applies }) => applies(fit))) {
        await new Promise((resolve) => setTimeout(resolve));
        if (stopped) return;
        drawn.value = [...drawn.value, drawFigure(figure, fit, picture, { document })];
      }
    };
    drawAll();
    return () => {
      stopped = true;
    };
  }, [fit]);
  return drawn;
}

/** The named potential next to an exponent. */
function nearest({ potentials }: GeometryFit, exponent: number): string {
  const distance = (score: PotentialScore) =>
    Math.abs((score.exponent ?? Number.POSITIVE_INFINITY) - exponent);
  return potentials.reduce((best, score) => (distance(score) < distance(best) ? score : best)).name;
}

function Verdict({ fit }: { readonly fit: GeometryFit }) {
  const { verdict, exponent, likelihood, pairs, noise, control } = fit;
  const second = control === null && noise.method === null ? likelihood : null;
  return (
    <section class={`card stack verdict ${verdict.status}`} aria-labelledby="verdict">
      <h2 id="verdict">{STATUS_WORDS[verdict.status]}</h2>
      <p class="answer" role="status">
        {verdict.statement}
      </p>
      {verdict.advice === "" ? null : <p>{verdict.advice}</p>}
      <dl class="facts">
        <div>
          <dt>
            <Term word="exponent">λ</Term>
            {control === null ? "" : " of learning"}
          </dt>
          <dd>{formatEstimate(exponent)}</dd>
        </div>
        {second === null ? null : (
          <div>
            <dt>
              λ by <Term word="likelihood" />
            </dt>
            <dd>{formatEstimate(second)}</dd>
          </div>
        )}
        <div>
          <dt>
            <Term word="pair">Pairs</Term> used
          </dt>
          <dd>
            {formatCount(pairs.used)} of {formatCount(pairs.total)}
          </dd>
        </div>
        {noise.source === "none" ? null : (
          <div>
            <dt>
              <Term word="noise">Noise</Term> ({noise.source})
            </dt>
            <dd>
              {formatNumber(noise.multiplicative)} of size, {formatNumber(noise.additive)} in all
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

interface ScoresProps {
  readonly potentials: readonly PotentialScore[];
  readonly pointed: Signal<string>;
}

function Scores({ potentials, pointed }: ScoresProps) {
  const point = (name: string) => () => {
    pointed.value = name;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key.
    <section class="scroll" tabIndex={0} aria-label="Scores of the named geometries">
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">
              <Term word="potential" />
            </th>
            <th scope="col">λ</th>
            <th scope="col">
              <Term word="interval">inside</Term>
            </th>
            <th scope="col">
              <Term word="ΔCDF" />
            </th>
            <th scope="col">centred</th>
            <th scope="col">
              <Term word="floor" />
            </th>
            <th scope="col">
              <Term word="likelihood">weight</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          {potentials.map((score) => (
            <tr
              key={score.name}
              class={score.name === pointed.value ? "pointed" : ""}
              onMouseEnter={point(score.name)}
            >
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={score.name === pointed.value}
                  onFocus={point(score.name)}
                  onClick={point(score.name)}
                >
                  {score.name}
                </button>
              </th>
              <td>{formatNumber(score.exponent)}</td>
              <td>{score.inside ? "yes" : "no"}</td>
              <td>{formatNumber(score.deltaCdf)}</td>
              <td>{formatNumber(score.deltaCdfCentred)}</td>
              <td>{formatNumber(score.deltaCdfFloor)}</td>
              <td>{score.weight === null ? "–" : score.weight.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface LinkedProps {
  readonly fit: GeometryFit;
  readonly picture: GeometryPicture;
  readonly pointed: Signal<string>;
  readonly drawn: Signal<readonly DrawnFigure[]>;
}

/** The dual changes of the potential that is pointed at, beside the curve along which it lies. */
function Linked({ fit, picture, pointed, drawn }: LinkedProps) {
  const name = pointed.value;
  const histogram = useMemo(
    () => svgText(dualChangeHistogram(fit, picture, name, { document }), "dual-change-histogram"),
    [fit, name],
  );
  const curve = useComputed(() => drawn.value.find((figure) => figure.name === "delta-cdf-continuum")).value;
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    if (!(currentTarget instanceof HTMLElement)) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    const exponent = continuumExponentAt(picture, (clientX - left) / width);
    if (exponent !== null) pointed.value = nearest(fit, exponent);
  };
  return (
    <div class="figures">
      <FigureFrame svg={histogram} name="dual-change-histogram" />
      {curve === undefined ? null : (
        <div onPointerMove={follow}>
          <FigureFrame svg={curve.svg} name={curve.name} caption={curve.caption} />
        </div>
      )}
    </div>
  );
}
