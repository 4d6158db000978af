// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { type Data, placeText, toCsv, toTable } from './data.ts';
import { optionOf, scaleOf } from './option.ts';

const data: Data = {
  name: 'Full cells', code: 'growth', unit: '%', decimals: 0, target: null, from: 1, to: 10, thresholds: [], sources: [], simulated: true, language: 'en',
  x: { name: 'Times today', before: '×', decimals: 1, log: true },
  lines: [{ name: 'n41', series: null, points: [[1, 0, null, null], [1.5, 2, null, null]] }],
};

test('a chart over something other than time says where a point stands in its own unit', () => {
  expect(placeText(data, 1)).toBe('×1');
  expect(placeText(data, 1.5)).toMatch(/^×1[.,]5$/);
  expect(toCsv(data).slice(1)).toBe('Times today,name,value,least,greatest\r\n1,n41,0,,\r\n1.5,n41,2,,\r\n');
  const rows = [...toTable(data).rows].map((row) => row.cells[0]?.textContent);
  expect(rows.slice(0, 2)).toEqual(['Times today', '×1']);
});

test('its axis is not moved as time is', () => {
  const option = optionOf(data, document.body) as { xAxis: { type: string; min: number }; series: { data: number[][] }[] };
  expect(option.xAxis).toMatchObject({ type: 'log', min: 1 });
  expect(option.series[0]?.data).toEqual([[1, 0], [1.5, 2]]);
  const overTime = optionOf({ ...data, x: undefined } as Data, document.body) as { xAxis: { type: string; min: number } };
  expect(overTime.xAxis).toMatchObject({ type: 'time', min: 1 + 7 * 3_600_000 });
});

test('an axis of percents ends at 100 unless something is beyond', () => {
  const shares = (value: number): Data => ({ ...data, unit: '%', target: null, thresholds: [], lines: [{ ...data.lines[0]!, points: [[1, 2, null, null], [2, value, null, null]] }] });
  expect(scaleOf(shares(100)).max).toBe(100);
  expect(scaleOf(shares(96)).max).toBe(100);
  expect(scaleOf(shares(145)).max).toBeGreaterThan(145);
  expect(scaleOf({ ...shares(96), target: 110 }).max).toBeGreaterThan(110);
});

test('a logarithmic axis names the places that were calculated', () => {
  const option = optionOf({ ...data, x: { name: 'times', before: '×', decimals: 1, log: true } }, document.body) as { xAxis: { axisLabel: { customValues: number[] } } };
  expect(option.xAxis.axisLabel.customValues).toEqual(data.lines[0]!.points.map(([at]) => at));
});
