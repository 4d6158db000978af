import { describe, expect, test } from 'vitest';
import { ago, clockTime, dayText, dayWithWeekday, momentText, tickRelativeTimes, until } from './times.ts';

const NOW = Date.parse('2026-11-22T11:42:00+07:00');
const MINUTE = 60_000;

describe('a deadline is told as the server tells it', () => {
  test.each([
    [24, 'còn 24 phút', '24 min left'],
    [65, 'còn 1 giờ 05 phút', '1 h 05 min left'],
    [160, 'còn 2 giờ 40 phút', '2 h 40 min left'],
    [-12, 'quá 12 phút', '12 min over'],
    [-26 * 60, 'quá 26 giờ 00 phút', '26 h 00 min over'],
    [48 * 60, 'còn 2 ngày', '2 days left'],
    [0, 'còn 0 phút', '0 min left'],
  ])('%d minutes', (minutes, vi, en) => {
    expect(until(NOW + minutes * MINUTE, NOW, 'vi')).toBe(vi);
    expect(until(NOW + minutes * MINUTE, NOW, 'en')).toBe(en);
  });
});

describe('the past is told as the server tells it', () => {
  test.each([
    [5, 'vừa xong', 'just now'],
    [-5, 'vừa xong', 'just now'],
    [190, '3 phút trước', '3 min ago'],
    [7200, '2 giờ trước', '2 h ago'],
    [86_400 * 4, '4 ngày trước', '4 days ago'],
  ])('%d seconds', (seconds, vi, en) => {
    expect(ago(NOW - seconds * 1000, NOW, 'vi')).toBe(vi);
    expect(ago(NOW - seconds * 1000, NOW, 'en')).toBe(en);
  });
});

test('clock and day are those of Vietnam, wherever the browser is', () => {
  expect(clockTime(NOW)).toBe('11:42:00');
  expect(dayText(NOW, 'vi')).toBe('22/11/2026');
  expect(dayText(NOW, 'en')).toBe('22 Nov 2026');
  expect(dayWithWeekday(NOW, 'vi')).toBe('CN 22/11/2026');
  expect(momentText(NOW, 'vi')).toBe('11:42 22/11/2026');
  expect(momentText(NOW, 'en')).toBe('11:42, 22 Nov 2026');
});

test('a deadline that passes becomes late on the page', () => {
  document.body.innerHTML = `<time class="deadline deadline--soon" data-relative="until" datetime="2026-11-22T11:42:00+07:00"></time>`;
  tickRelativeTimes(document, NOW - 30_000);
  const element = document.querySelector('time') as HTMLElement;
  expect(element.textContent).toBe('còn 0 phút');
  expect(element.className).toBe('deadline deadline--soon');
  tickRelativeTimes(document, NOW + MINUTE);
  expect(element.textContent).toBe('quá 1 phút');
  expect(element.className).toBe('deadline deadline--late');
});
