/** One picture of the plane of two weights: levels of the loss, paths, balls, and the start that can be dragged. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { LEVEL_MARGINS, levelSets } from "../../plot/index.ts";
import type { TwoWeightLoss, WeightPair } from "../../task/two-weight-losses.ts";
import { type Coordinates, placeOf, type ShownPath, weightsAt } from "./mirror-paths.ts";

export interface Drawn {
  readonly colour: string;
  readonly dash: string | null;
}

interface PlaneProps {
  readonly title: string;
  readonly loss: TwoWeightLoss;
  readonly coordinates: Coordinates;
  readonly paths: readonly (ShownPath & Drawn)[];
  readonly balls: readonly (Drawn & { readonly border: readonly WeightPair[] })[];
  /** The last step that is shown. */
  readonly step: number;
  readonly start: WeightPair;
  readonly onStart: (start: WeightPair) => void;
}

const [WIDTH, HEIGHT] = [480, 420];
const { left, right, top, bottom } = LEVEL_MARGINS;
/** By an arrow key, as a share of the picture. */
const KEY_MOVE = 0.02;
const ARROWS: Readonly<Record<string, WeightPair>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
};

export function Plane({ title, loss, coordinates, paths, balls, step, start, onStart }: PlaneProps) {
  const { x, y, labels } = coordinates;
  const levels = useRef<SVGGElement>(null);
  const picture = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const value = (first: number, second: number) => loss.value(weightsAt(coordinates, [first, second]));
    const drawn = levelSets({ document, width: WIDTH, height: HEIGHT, x, y, labels, value });
    for (const part of drawn.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    levels.current?.replaceChildren(drawn);
  }, [loss, coordinates]);
  const pixelX = (place: number) => left + ((place - x.low) / (x.high - x.low)) * (WIDTH - left - right);
  const pixelY = (place: number) =>
    HEIGHT - bottom - ((place - y.low) / (y.high - y.low)) * (HEIGHT - top - bottom);
  const pixels = (weights: WeightPair) => {
    const place = placeOf(coordinates, weights);
    return place === null ? null : ([pixelX(place[0]), pixelY(place[1])] as const);
  };
  const lineOf = (weights: readonly WeightPair[]) => {
    const places = weights.map(pixels);
    // A path that leaves the quadrant is drawn as far as it stays in it.
    const end = places.indexOf(null);
    const shown = end < 0 ? places : places.slice(0, end);
    return shown
      .map((place) => (place === null ? "" : `${place[0].toFixed(1)},${place[1].toFixed(1)}`))
      .join(" ");
  };
  const startAt = (place: WeightPair) => {
    const inside = (value: number, { low, high }: typeof x) =>
      Math.min(high - 0.01 * (high - low), Math.max(low + 0.01 * (high - low), value));
    onStart(weightsAt(coordinates, [inside(place[0], x), inside(place[1], y)]));
  };
  const drag = ({ clientX, clientY, pointerId, buttons }: PointerEvent) => {
    const svg = picture.current;
    if (svg === null || buttons === 0) return;
    if (!svg.hasPointerCapture(pointerId)) svg.setPointerCapture(pointerId);
    const box = svg.getBoundingClientRect();
    const across = ((clientX - box.left) / box.width) * WIDTH;
    const down = ((clientY - box.top) / box.height) * HEIGHT;
    startAt([
      x.low + ((across - left) / (WIDTH - left - right)) * (x.high - x.low),
      y.low + ((HEIGHT - bottom - down) / (HEIGHT - top - bottom)) * (y.high - y.low),
    ]);
  };
  const move = (event: KeyboardEvent) => {
    const place = placeOf(coordinates, start);
    if (place === null || !Object.hasOwn(ARROWS, event.key)) return;
    event.preventDefault();
    const [across, up] = ARROWS[event.key];
    startAt([place[0] + KEY_MOVE * across * (x.high - x.low), place[1] + KEY_MOVE * up * (y.high - y.low)]);
  };
  const handle = pixels(start);
  const description = useMemo(() => describe(paths, step), [paths, step]);
  return (
    <figure class="figure plane">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: no fieldset can be drawn on. */}
      <svg
        ref={picture}
        class="paper"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="group"
        aria-label={`${title}. ${description}`}
        onPointerDown={drag}
        onPointerMove={drag}
      >
        <g ref={levels} font-size={12} />
        <g fill="none" stroke-width={2.5} stroke-linejoin="round">
          {balls.map(({ border, colour }) => (
            <polygon
              key={colour}
              points={lineOf(border)}
              fill={colour}
              fill-opacity={0.15}
              stroke={colour}
              stroke-width={1}
            />
          ))}
          {paths.map(({ potential, weights, colour, dash }) => (
            <polyline
              key={potential}
              data-potential={potential}
              points={lineOf(weights.slice(0, step + 1))}
              stroke={colour}
              stroke-dasharray={dash ?? undefined}
            />
          ))}
        </g>
        {paths.map(({ potential, weights, colour }) => {
          const place = pixels(weights[Math.min(step, weights.length - 1)]);
          return place === null ? null : (
            <circle key={potential} cx={place[0]} cy={place[1]} r={5} fill={colour} />
          );
        })}
        {handle === null ? null : (
          <circle
            class="handle"
            cx={handle[0]}
            cy={handle[1]}
            r={9}
            tabindex={0}
            role="slider"
            aria-label="Start: drag, or move by the arrow keys"
            aria-valuenow={start[0]}
            aria-valuetext={`w₁ ${start[0].toFixed(2)}, w₂ ${start[1].toFixed(2)}`}
            onKeyDown={move}
          />
        )}
      </svg>
    </figure>
  );
}

function describe(paths: readonly ShownPath[], step: number): string {
  return paths
    .map(({ potential, weights, losses }) => {
      const k = Math.min(step, weights.length - 1);
      return `${potential} at (${weights[k].map((weight) => weight.toFixed(2)).join(", ")}), loss ${losses[k].toFixed(3)}`;
    })
    .join("; ");
}
