/** Prints a row per name: the median of its samples, and its ratio to the first row. */
export function print(names: string[], samples: number[][], show: (median: number) => string): void {
  const medians = samples.map(median);
  const width = Math.max(...names.map((name) => name.length));
  names.forEach((name, index) => {
    const value = medians[index] ?? Number.NaN;
    const ratio = (value / (medians[0] ?? Number.NaN)).toFixed(2);
    console.log(`  ${name.padEnd(width)}  ${show(value).padStart(7)}  ${ratio.padStart(5)} ×`);
  });
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
