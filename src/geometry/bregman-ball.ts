import { isInside } from "./domain.ts";
import type { Potential } from "./potential.ts";

const HALVINGS = 40;
const FURTHEST = 1e6;

/**
 * The border of the Bregman ball { u : D(u ‖ centre) ≤ radius } of two weights, as places in equally many directions.
 *
 * D grows along every ray from the centre, so each place is found by bisection, to 10⁻¹² of its distance. Where no place of a
 * ray is as far, as beyond a domain's end, it is the last one inside.
 *
 * @param centre      two weights inside the potential's domain
 * @param radius      in units of φ, > 0
 * @param directions  how many places
 * @see Bregman 1967, doi:10.1016/0041-5553(67)90040-7
 */
export function bregmanBall(
  { domain, divergence }: Potential,
  centre: readonly [number, number],
  radius: number,
  directions: number,
): readonly (readonly [number, number])[] {
  const distance = (weights: readonly [number, number]) =>
    weights.reduce(
      (sum, weight, k) => sum + (isInside(domain, weight) ? divergence(weight, centre[k]) : Infinity),
      0,
    );
  return Array.from({ length: directions }, (_, k) => {
    const angle = (2 * Math.PI * k) / directions;
    const at = (length: number) =>
      [centre[0] + length * Math.cos(angle), centre[1] + length * Math.sin(angle)] as const;
    let [inside, outside] = [0, 1];
    while (distance(at(outside)) < radius && outside < FURTHEST) outside *= 2;
    for (let half = 0; half < HALVINGS; half++) {
      const middle = (inside + outside) / 2;
      if (distance(at(middle)) < radius) inside = middle;
      else outside = middle;
    }
    return at(inside);
  });
}
