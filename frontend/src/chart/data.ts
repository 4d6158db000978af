/** What the server tells a chart, and the same as a table. */
import { formatNumber } from '@house/numbers.ts';
import { type Language, chooser } from '@house/words.ts';
import { momentText } from '@house/times.ts';

/** Milliseconds since 1970, or where `Data.x` is given a number on its axis; value, least and greatest within the step. */
export type Point = [number, number | null, number | null, number | null];

export interface Line {
  name: string;
  series: number | null;
  points: Point[];
}

export interface Data {
  name: string;
  code: string;
  unit: string;
  decimals: number;
  target: number | null;
  from: number;
  to: number;
  thresholds: { name: string; value: number; severity: string }[];
  lines: Line[];
  sources: string[];
  simulated: boolean;
  language: Language;
  mark?: number;
  /** Milliseconds from and until which something held; shaded. */
  spans?: [number, number][];
  /** Milliseconds at which a rule would have fired; marked. */
  fired?: number[];
  /** What is usual in the hour that begins at each point, with the least and the greatest that pass; null is no bound. */
  usual?: Point[];
  /** What stands along the chart where that is not time, such as how many times today's demand; `before` a number, such as ×. */
  x?: { name: string; before: string; decimals: number; log: boolean };
}

/** Where a point stands, in words. */
export function placeText(data: Data, at: number): string {
  return data.x ? data.x.before + formatNumber(at, Number.isInteger(at) ? 0 : data.x.decimals) : momentText(at);
}

export const say = chooser(
  {
    table: 'Xem dạng bảng',
    chart: 'Xem dạng biểu đồ',
    csv: 'Tải CSV',
    time: 'Thời điểm',
    least: 'thấp nhất',
    greatest: 'cao nhất',
    target: 'mục tiêu',
    empty: 'Chưa có số liệu trong khoảng này',
    failed: 'Không đọc được số liệu của biểu đồ. Trang sẽ tự thử lại.',
    simulated: 'dữ liệu mô phỏng',
    source: 'Nguồn: {name}',
    began: 'bắt đầu',
    usual: 'mức thường ngày',
    fired: 'quy tắc sẽ báo',
    about: '{name}, {unit}. Dùng phím mũi tên trái phải để đọc từng điểm.',
  },
  {
    table: 'As a table',
    chart: 'As a chart',
    csv: 'Download CSV',
    time: 'Time',
    least: 'least',
    greatest: 'greatest',
    target: 'target',
    empty: 'No readings in this span',
    failed: 'The figures of this chart cannot be read. The page tries again by itself.',
    simulated: 'simulated data',
    source: 'Source: {name}',
    began: 'began',
    usual: 'usual day',
    fired: 'the rule would have fired',
    about: '{name}, {unit}. Use the left and right arrow keys to read each point.',
  },
);

export function hasBand(line: Line): boolean {
  return line.points.some((point) => point[2] !== null && point[3] !== null && point[2] !== point[3]);
}

export function lastKnown(line: Line): Point | undefined {
  for (let index = line.points.length - 1; index >= 0; index--) if (line.points[index]?.[1] !== null) return line.points[index];
  return undefined;
}

/** RFC 4180, times in UTC, for machines; a byte-order mark for spreadsheets. */
export function toCsv(data: Data): string {
  const quote = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = data.lines.flatMap((line) =>
    line.points.map(([at, value, low, high]) => [data.x ? at : new Date(at).toISOString(), quote(line.name), value ?? '', low ?? '', high ?? ''].join(',')),
  );
  return `\ufeff${[`${data.x ? quote(data.x.name) : 'time'},name,value,least,greatest`, ...rows].join('\r\n')}\r\n`;
}

export function toTable(data: Data): HTMLTableElement {
  const table = document.createElement('table');
  table.className = 'table table--dense';
  const band = data.lines.some(hasBand);
  const several = data.lines.length > 1;
  const head = table.createTHead().insertRow();
  const heading = (text: string, number = false): void => {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = text;
    if (number) cell.className = 'num';
    head.append(cell);
  };
  heading(data.x?.name ?? say('time'));
  if (several) heading('');
  heading(data.unit ? `${data.name}, ${data.unit}` : data.name, true);
  if (band) {
    heading(say('least'), true);
    heading(say('greatest'), true);
  }
  const body = table.createTBody();
  for (const line of data.lines)
    for (const [at, value, low, high] of data.x ? line.points : [...line.points].reverse()) {
      const row = body.insertRow();
      row.insertCell().textContent = placeText(data, at);
      if (several) row.insertCell().textContent = line.name;
      for (const number of band ? [value, low, high] : [value]) {
        const cell = row.insertCell();
        cell.className = 'num';
        cell.textContent = formatNumber(number, data.decimals);
      }
    }
  return table;
}
