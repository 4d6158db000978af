import { describe, expect, it } from 'vitest';
import { block } from './reporting';

describe('a block from a sheet', () => {
  it('has its rows and columns, whatever ends the lines', () => {
    expect(block('1\t2\r\n3\t4\r\n')).toEqual([['1', '2'], ['3', '4']]);
  });
  it('keeps empty cells and drops the spaces around figures', () => {
    expect(block(' 1.234,5 \t\n\t-')).toEqual([['1.234,5', ''], ['', '-']]);
  });
});
