import { describe, expect, it } from 'vitest';
import { takenAt } from './taken.ts';

/** A TIFF header with one pointer to a GPS block, as cameras write it. */
function exif(latitude: [number, number, number], longitude: [number, number, number], refs: [string, string] = ['N', 'E']): Uint8Array {
  const view = new DataView(new ArrayBuffer(200));
  const word = (at: number, value: number): void => view.setUint16(at, value, true);
  const long = (at: number, value: number): void => view.setUint32(at, value, true);
  word(0, 0x4949);
  word(2, 42);
  long(4, 8);
  word(8, 1);
  word(10, 0x8825);
  word(12, 4);
  long(14, 1);
  long(18, 26);
  word(26, 4);
  const entry = (index: number, tag: number, kind: number, count: number, value: number): void => {
    const at = 28 + 12 * index;
    word(at, tag);
    word(at + 2, kind);
    long(at + 4, count);
    long(at + 8, value);
  };
  entry(0, 1, 2, 2, refs[0].charCodeAt(0));
  entry(1, 2, 5, 3, 100);
  entry(2, 3, 2, 2, refs[1].charCodeAt(0));
  entry(3, 4, 5, 3, 124);
  [...latitude, ...longitude].forEach((value, index) => {
    long(100 + 8 * index, Math.round(value * 100));
    long(104 + 8 * index, 100);
  });
  const head = [0xff, 0xd8, 0xff, 0xe1, 0, 0, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return new Uint8Array([...head, ...new Uint8Array(view.buffer)]);
}

describe('where a photo was taken', () => {
  it('is read from what the camera wrote', () => {
    const point = takenAt(exif([9, 30, 36], [106, 12, 0]));
    expect(point?.[0]).toBeCloseTo(106.2, 4);
    expect(point?.[1]).toBeCloseTo(9.51, 4);
  });

  it('lies south and west where the camera says so', () => {
    const point = takenAt(exif([1, 0, 0], [2, 0, 0], ['S', 'W']));
    expect(point).toEqual([-2, -1]);
  });

  it('is nothing for a camera without a fix, a file cut off, or one that says nothing', () => {
    expect(takenAt(exif([0, 0, 0], [0, 0, 0]))).toBeNull();
    expect(takenAt(exif([9, 0, 0], [106, 0, 0]).subarray(0, 60))).toBeNull();
    expect(takenAt(new Uint8Array([1, 2, 3]))).toBeNull();
  });
});
