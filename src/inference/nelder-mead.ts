/** The maximum of a function of a few numbers without derivatives. */

interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

/**
 * Nelder–Mead simplex, standard coefficients (reflection 1, expansion 2, contraction ½, shrink ½).
 *
 * @param start   first vertex; the others are `start` moved by `step` along each axis
 * @param tolerance  stops when the values of all vertices differ by less than this
 * @see Nelder & Mead 1965, doi:10.1093/comjnl/7.4.308
 */
export function maximise(
  value: (point: readonly number[]) => number,
  start: readonly number[],
  step: readonly number[],
  tolerance: number,
): Vertex {
  const size = start.length;
  const vertex = (point: readonly number[]): Vertex => ({ point, value: value(point) });
  let simplex = [
    vertex(start),
    ...start.map((_, axis) => vertex(start.map((x, i) => (i === axis ? x + step[axis] : x)))),
  ];
  for (let iteration = 0; iteration < 200 * size; iteration++) {
    simplex = simplex.toSorted((a, b) => b.value - a.value);
    const [best, worst] = [simplex[0], simplex[size]];
    if (!(best.value - worst.value > tolerance)) break;
    const centre = start.map((_, i) => simplex.slice(0, size).reduce((sum, v) => sum + v.point[i], 0) / size);
    const along = (t: number) => vertex(centre.map((x, i) => x + t * (worst.point[i] - x)));
    const reflected = along(-1);
    if (reflected.value > best.value) {
      const expanded = along(-2);
      simplex[size] = expanded.value > reflected.value ? expanded : reflected;
    } else if (reflected.value > simplex[size - 1].value) {
      simplex[size] = reflected;
    } else {
      const contracted = along(reflected.value > worst.value ? -0.5 : 0.5);
      if (contracted.value > Math.max(worst.value, reflected.value)) simplex[size] = contracted;
      else {
        simplex = simplex.map((v) =>
          v === best ? v : vertex(v.point.map((x, i) => 0.5 * (x + best.point[i]))),
        );
      }
    }
  }
  return simplex.reduce((a, b) => (b.value > a.value ? b : a));
}
