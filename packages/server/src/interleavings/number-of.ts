const numbers = new Map<string, number>();

/** Numbers texts in the order in which they first come, for keys that are short. There are some hundreds of them. */
export function numberOf(text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  if (numbers.size === 4096) throw new RangeError("Cannot number more than 4096 texts");
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}
