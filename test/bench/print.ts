/** A row each, and its ratio to the first. */
export function print(names: string[], samples: number[][], show: (median: number) => string): void {
  const medians = samples.map(median);
  const width = Math.max(...names.map((name) => name.length));
  names.forEach((name, index) => {
    const value = medians[index] ?? Number.NaN;
    console.log(`  ${name.padEnd(width)}  ${show(value).padStart(7)}  ${(value / (medians[0] ?? Number.NaN)).toFixed(2).padStart(5)} ×`);
  });
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
