import { expect, it } from "vitest";
import { invertPositive, solvePositive, times } from "./small-matrix.ts";

const matrix = [
  [4, 2, 0.6],
  [2, 5, 1],
  [0.6, 1, 3],
];

it("solves what it multiplies back to", () => {
  const x = solvePositive(matrix, [1, -2, 0.5]) ?? [];
  for (const [i, value] of times(matrix, x).entries()) expect(value).toBeCloseTo([1, -2, 0.5][i], 12);
});

it("inverts to the identity", () => {
  const inverse = invertPositive(matrix) ?? [];
  for (let i = 0; i < 3; i++) {
    const column = times(
      matrix,
      inverse.map((row) => row[i]),
    );
    for (let j = 0; j < 3; j++) expect(column[j]).toBeCloseTo(i === j ? 1 : 0, 12);
  }
});

it("says null for a matrix that is not positive definite", () => {
  expect(
    solvePositive(
      [
        [1, 2],
        [2, 1],
      ],
      [1, 1],
    ),
  ).toBeNull();
  expect(
    invertPositive([
      [1, 1],
      [1, 1],
    ]),
  ).toBeNull();
});
