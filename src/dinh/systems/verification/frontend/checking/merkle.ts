/** RFC 9162, sections 2.1.3.2 and 2.1.4.2. Sizes are whole numbers up to 2^53, so no bit operators. */
import { type Bytes, joined, same, sha256, utf8 } from './bytes.ts';

export type Head = { size: number; root: Bytes };

const half = (value: number): number => Math.floor(value / 2);
const odd = (value: number): boolean => value % 2 === 1;
const nodes = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(joined(Uint8Array.of(1), left, right));

export const leafHash = (text: string): Promise<Bytes> => sha256(joined(Uint8Array.of(0), utf8(text)));

/** True if the path leads from the leaf to the root. */
export async function included(leaf: Bytes, index: number, head: Head, path: Bytes[]): Promise<boolean> {
  if (index < 0 || index >= head.size) return false;
  let [number, last, node] = [index, head.size - 1, leaf];
  for (const step of path) {
    if (last === 0) return false;
    if (odd(number) || number === last) {
      node = await nodes(step, node);
      while (!odd(number) && number > 0) [number, last] = [half(number), half(last)];
    } else node = await nodes(node, step);
    [number, last] = [half(number), half(last)];
  }
  return last === 0 && same(node, head.root);
}

/** True if the first tree is a beginning of the second. */
export async function consistent(first: Head, second: Head, path: Bytes[]): Promise<boolean> {
  if (first.size > second.size) return false;
  if (first.size === 0) return path.length === 0 && same(first.root, await sha256(new Uint8Array()));
  if (first.size === second.size) return path.length === 0 && same(first.root, second.root);
  const steps = [...path];
  if (Number.isInteger(Math.log2(first.size)) && 2 ** Math.round(Math.log2(first.size)) === first.size) steps.unshift(first.root);
  const start = steps.shift();
  if (start === undefined) return false;
  let [number, last] = [first.size - 1, second.size - 1];
  while (odd(number)) [number, last] = [half(number), half(last)];
  let [then, now] = [start, start];
  for (const step of steps) {
    if (last === 0) return false;
    if (odd(number) || number === last) {
      [then, now] = [await nodes(step, then), await nodes(step, now)];
      while (!odd(number) && number > 0) [number, last] = [half(number), half(last)];
    } else now = await nodes(now, step);
    [number, last] = [half(number), half(last)];
  }
  return last === 0 && same(then, first.root) && same(now, second.root);
}
