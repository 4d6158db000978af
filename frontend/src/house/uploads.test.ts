import { expect, test } from 'vitest';
import { faultOf, joined, sizeInWords } from './uploads.ts';

const file = (name: string, size = 1): File => new File(['x'.repeat(size)], name, { lastModified: 1 });

test('a size is told in the language of the page and never rounded down', () => {
  expect(sizeInWords(20 * 1024 * 1024 + 1, 'vi')).toBe('20,1 MB');
  expect(sizeInWords(20 * 1024 * 1024, 'en')).toBe('20 MB');
  expect(sizeInWords(1, 'vi')).toBe('1 KB');
  expect(sizeInWords(0, 'vi')).toBe('0 KB');
});

test('files that were chosen twice are there once, and a field for one keeps the newest', () => {
  const [a, b] = [file('a.jpg'), file('b.jpg')];
  expect(joined([a], [file('a.jpg'), b], true).map((one) => one.name)).toEqual(['a.jpg', 'b.jpg']);
  expect(joined([a], [b], false)).toEqual([b]);
});

test('what is empty or too large is told before it is sent', () => {
  expect(faultOf({ size: 0 }, 10)).toBe('uploadEmpty');
  expect(faultOf({ size: 11 }, 10)).toBe('uploadLarge');
  expect(faultOf({ size: 10 }, 10)).toBeNull();
});
