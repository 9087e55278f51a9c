import { expect, test } from "vitest";
import { GrowingBuffer } from "./growing-buffer.ts";

test("a body of one chunk is not copied, unless more may come and the chunk is a small part of a larger buffer", () => {
  const chunk = new TextEncoder().encode("{}");
  const one = new GrowingBuffer(10);
  one.add(chunk);
  expect(one.bytes()).toBe(chunk);
  const part = new GrowingBuffer(10);
  part.add(new Uint8Array(65_536).subarray(0, 2));
  expect(part.bytes()).toEqual(new Uint8Array(2));
  expect(part.bytes().buffer.byteLength).toBeLessThanOrEqual(1024);
  const whole = new GrowingBuffer(10, 2);
  whole.add(new Uint8Array(65_536).subarray(0, 2));
  expect(whole.bytes().buffer.byteLength).toBe(65_536);
});

test("chunks are joined in a buffer of at most twice their size", () => {
  const buffer = new GrowingBuffer(100_000);
  const expected: number[] = [];
  for (let count = 0; count < 5000; count++) {
    const chunk = Uint8Array.from({ length: 1 + (count % 3) }, (_, at) => (count + at) % 256);
    expected.push(...chunk);
    expect(buffer.add(chunk)).toBe(true);
    expect(buffer.bytes().buffer.byteLength).toBeLessThanOrEqual(Math.max(1024, 2 * expected.length));
  }
  expect(buffer.bytes()).toEqual(Uint8Array.from(expected));
});

test("a body of exactly the limit is taken, and one more byte is not", () => {
  const buffer = new GrowingBuffer(5);
  expect([buffer.add(new Uint8Array(3)), buffer.add(new Uint8Array(2)), buffer.bytes().byteLength]).toEqual([
    true,
    true,
    5,
  ]);
  expect(buffer.add(new Uint8Array(1))).toBe(false);
  expect(new GrowingBuffer(5).add(new Uint8Array(6))).toBe(false);
});

test("no body is an empty one", () => {
  expect(new GrowingBuffer(5).bytes()).toEqual(new Uint8Array());
});
