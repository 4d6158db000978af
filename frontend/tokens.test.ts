/** Every pair of colours that a page puts together: 4.5 : 1 for text, 3 : 1 for marks. */
import { expect, test } from 'vitest';
import tokens from './tokens.json';

type Colours = Record<string, string>;

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test('black on white is 21 : 1', () => expect(contrast('#000000', '#ffffff')).toBeCloseTo(21));

for (const theme of ['light', 'dark'] as const)
  for (const [kind, least] of [['text', 4.5], ['marks', 3]] as const)
    for (const [ink, grounds] of tokens.pairs[kind] as [string, string[]][])
      for (const ground of grounds)
        test(`${theme}: ${ink} on ${ground} reaches ${least} : 1`, () => {
          const colours = tokens[theme] as Colours;
          expect(contrast(colours[ink] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(least);
        });

test('both themes have the same colours', () => expect(Object.keys(tokens.dark)).toEqual(Object.keys(tokens.light)));
