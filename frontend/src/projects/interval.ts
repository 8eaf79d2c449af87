/** Wilson's score interval of a share (doi:10.1080/01621459.1927.10502953). */

export interface Interval {
  low: number;
  high: number;
}

/** 95 % interval of `right` out of `n`; the whole range when nothing was counted. */
export function wilson(right: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const share = right / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
