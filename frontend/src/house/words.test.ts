import { expect, test } from 'vitest';
import { compareCells, makeSortable } from './sorting.ts';
import { formatNumber, formatShare } from './numbers.ts';
import { rowsOf } from './keyboard.ts';
import { faultIn } from './faults.ts';

test('numbers are written as the server writes them', () => {
  expect(formatNumber(1234.5, 1, 'vi')).toBe('1.234,5');
  expect(formatNumber(1234.5, 1, 'en')).toBe('1,234.5');
  expect(formatNumber(-3, 0, 'vi')).toBe('−3');
  expect(formatNumber(-0.04, 1, 'vi')).toBe('0,0');
  expect(formatNumber(null)).toBe('–');
  expect(formatShare(0.974, 0, 'vi')).toBe('97\u202f%');
});

test('cells are sorted as numbers, else by the Vietnamese alphabet, empty ones last', () => {
  expect(['10', '9', '', '4.2'].sort(compareCells)).toEqual(['4.2', '9', '10', '']);
  expect(['Đại Ngãi', 'An Lạc', 'Dù Tho', 'Ô Môn', 'Ba Xuyên'].sort(compareCells)).toEqual(['An Lạc', 'Ba Xuyên', 'Dù Tho', 'Đại Ngãi', 'Ô Môn']);
});

test('a heading sorts the table and says which way', () => {
  document.body.innerHTML = `<table data-sortable><thead><tr><th>Trạm</th><th>g/l</th></tr></thead>
    <tbody><tr><td>B</td><td data-value="4.2">4,2</td></tr><tr><td>A</td><td data-value="1.1">1,1</td></tr></tbody></table>`;
  const table = document.querySelector('table') as HTMLTableElement;
  makeSortable(table);
  const column = (): string[] => [...table.tBodies[0]!.rows].map((row) => row.cells[0]!.textContent ?? '');
  const heading = table.tHead!.rows[0]!.cells[1]!;
  heading.querySelector('button')!.click();
  expect(column()).toEqual(['A', 'B']);
  expect(heading.getAttribute('aria-sort')).toBe('ascending');
  heading.querySelector('button')!.click();
  expect(column()).toEqual(['B', 'A']);
  expect(heading.getAttribute('aria-sort')).toBe('descending');
});

test('rows of every marked list are walked in order', () => {
  document.body.innerHTML = `<div data-rows><a class="list__row" href="#1"></a><div data-row tabindex="0"></div></div><a class="list__row" href="#x"></a>`;
  expect(rowsOf(document).length).toBe(2);
});

test('a fault is told in its own words, from an API or from a page', () => {
  expect(faultIn('{"code":"a","message":"ngưỡng sai"}')).toBe('ngưỡng sai');
  expect(faultIn('<!DOCTYPE html><h1>Không có quyền</h1><div class="notice"><p>cần quyền cases.act</p></div>')).toBe('cần quyền cases.act');
  expect(faultIn('<h1>Không có quyền</h1>')).toBe('Không có quyền');
});
