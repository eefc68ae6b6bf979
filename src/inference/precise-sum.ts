/** Sums of many terms whose last digits matter, such as log-likelihoods of which differences are taken. */

/**
 * The sum with what each addition rounds off added at the end.
 *
 * @see Neumaier 1974, doi:10.1002/zamm.19740540106
 */
export function preciseSum(values: ArrayLike<number>): number {
  let [sum, lost] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    const next = sum + values[k];
    lost += Math.abs(sum) >= Math.abs(values[k]) ? sum - next + values[k] : values[k] - next + sum;
    sum = next;
  }
  // An infinite sum leaves no rest but NaN.
  return Number.isFinite(sum) ? sum + lost : sum;
}
