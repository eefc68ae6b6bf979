/** Symmetric positive definite matrices of a few rows. */

export type Matrix = readonly (readonly number[])[];

export function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}

/** x of A x = b by Cholesky's factors; null where A is not positive definite to rounding. */
export function solvePositive(matrix: Matrix, right: readonly number[]): number[] | null {
  const size = right.length;
  const lower = zeros(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
      if (i !== j) lower[i][j] = sum / lower[j][j];
      else if (sum > 1e-13 * matrix[i][i]) lower[i][i] = Math.sqrt(sum);
      else return null;
    }
  }
  const x = [...right];
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k];
    x[i] /= lower[i][i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= lower[k][i] * x[k];
    x[i] /= lower[i][i];
  }
  return x;
}

/** A⁻¹, or null where A is not positive definite to rounding. */
export function invertPositive(matrix: Matrix): number[][] | null {
  const columns = matrix.map((_, i) =>
    solvePositive(
      matrix,
      matrix.map((_, j) => (i === j ? 1 : 0)),
    ),
  );
  const found = columns.filter((column) => column !== null);
  return found.length === matrix.length ? found : null;
}

export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, k) => sum + value * vector[k], 0));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k], 0);
}
