/** The look of a chart, from the page's tokens. */
import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber } from '@house/numbers.ts';
import { colour } from '@house/theme.ts';
import { clockTime, dayText } from '@house/times.ts';
import { type Data, hasBand, type Line, placeText, type Point, say } from './data.ts';

/** Vietnam is seven hours ahead all year: moved so, a UTC axis has its ticks at the country's hours. */
export const AHEAD_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/** Only time is moved. */
const ahead = (data: Data): number => (data.x ? 0 : AHEAD_MS);

export function optionOf(data: Data, element: Element): EChartsCoreOption {
  const c = (name: string): string => colour(name, element);
  const palette = ['jade', 'information', 'minor', 'major', 'critical', 'soft'].map(c);
  const words = { fontFamily: 'Be Vietnam Pro', fontSize: 12, color: c('soft') };
  const scale = scaleOf(data);
  const long = data.to - data.from > 2 * DAY_MS;
  const marks = [
    ...(data.target === null || data.thresholds.some((limit) => limit.value === data.target) ? [] : [rule(say('target'), data.target, c('soft'), data, c('panel'), 'insideEndTop')]),
    ...data.thresholds.map((limit) => rule(limit.name, limit.value, c(`${limit.severity}-text`), data, c('panel'))),
  ];
  const began = data.mark === undefined ? [] : [{ xAxis: data.mark + AHEAD_MS, label: { formatter: say('began'), color: c('soft'), position: 'end', rotate: 0, fontFamily: 'Be Vietnam Pro', fontSize: 11 }, lineStyle: { color: c('soft'), type: 'solid', width: 1 } }];
  const series = data.lines.flatMap((line, index) => [...band(line, index, palette[index % palette.length] as string, ahead(data)), main(line, ahead(data), index, palette[index % palette.length] as string, index === 0 ? [...marks, ...began] : [], index === 0 ? areas(data, c('critical')) : undefined)]);
  const usual = data.usual?.length ? usualDay(data.usual, scale, c('soft')) : [];
  const fired = data.fired?.length ? [firings(data, data.fired, c('critical'))] : [];
  // A logarithmic axis would name powers of ten alone.
  const places = data.x?.log ? { customValues: data.lines[0]?.points.map(([at]) => at) } : {};
  const named = data.lines.length > 1 || usual.length > 0 || fired.length > 0;
  return {
    animation: false,
    useUTC: true,
    textStyle: words,
    grid: { left: 8, right: 16, top: named ? 36 : data.mark ? 24 : 14, bottom: data.x ? 24 : 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    legend: {
      show: named,
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemWidth: 14,
      itemHeight: fired.length ? 9 : 3,
      textStyle: words,
      data: [
        ...(data.lines.length > 1 ? data.lines.map((line) => ({ name: line.name })) : []),
        ...(usual.length ? [{ name: say('usual'), itemStyle: { color: c('soft') } }] : []),
        ...(fired.length ? [{ name: say('fired'), icon: 'triangle', itemStyle: { color: c('critical') } }] : []),
      ],
    },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      backgroundColor: c('panel'),
      borderColor: c('line'),
      textStyle: { ...words, color: c('ink') },
      axisPointer: { type: 'line', lineStyle: { color: c('edge'), width: 1 } },
      formatter: (found: unknown) => tip(found as { axisValue: number; dataIndex: number }[], data),
    },
    xAxis: {
      type: data.x ? (data.x.log ? 'log' : 'value') : 'time',
      min: data.from + ahead(data),
      max: data.to + ahead(data),
      ...(data.x ? { name: data.x.name, nameLocation: 'middle', nameGap: 26, nameTextStyle: words } : {}),
      axisLine: { lineStyle: { color: c('line') } },
      axisTick: { lineStyle: { color: c('line') }, ...places },
      axisLabel: { ...words, hideOverlap: true, ...places, formatter: (at: number) => (data.x ? placeText(data, at) : long ? dayText(at - AHEAD_MS).replace(/[/ ]\d{4}$/, '') : clockTime(at - AHEAD_MS).slice(0, 5)) },
      splitLine: { show: false },
    },
    yAxis: { type: 'value', splitLine: { lineStyle: { color: c('line') } }, axisLabel: { ...words, formatter: (value: number) => formatNumber(value, scale.interval >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(scale.interval) - 1e-9))) }, ...scale },
    dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false }],
    series: [...usual, ...series, ...fired],
  };
}

/** The usual of each hour and the room around it in which nothing fires; a side without a bound runs to the axis. */
function usualDay(points: Data['usual'] & object, scale: { min: number; max: number }, tone: string): object[] {
  const shared = { type: 'line', step: 'end', showSymbol: false, silent: true, emphasis: { disabled: true }, tooltip: { show: false } };
  const room = { ...shared, stack: 'usual', stackStrategy: 'all', lineStyle: { opacity: 0 } };
  const low = (point: Point): number => point[2] ?? scale.min;
  return [
    { ...room, id: 'usual-low', data: points.map((point) => [point[0] + AHEAD_MS, low(point)]) },
    { ...room, id: 'usual-room', areaStyle: { color: tone, opacity: 0.16 }, data: points.map((point) => [point[0] + AHEAD_MS, (point[3] ?? scale.max) - low(point)]) },
    { ...shared, id: 'usual', name: say('usual'), lineStyle: { color: tone, width: 1, type: [3, 3] }, itemStyle: { color: tone }, data: points.map(([at, value]) => [at + AHEAD_MS, value]) },
  ];
}

/** A triangle on the line at each moment at which the rule would have fired. */
function firings(data: Data, moments: number[], tone: string): object {
  const line = data.lines[0];
  const on = (at: number): number | null => (line && nearest(line, at)?.[1]) ?? null;
  return {
    id: 'fired',
    name: say('fired'),
    type: 'line',
    showSymbol: true,
    symbol: 'triangle',
    symbolSize: 11,
    silent: true,
    z: 5,
    lineStyle: { opacity: 0 },
    itemStyle: { color: tone },
    emphasis: { disabled: true },
    tooltip: { show: false },
    data: moments.map((at) => [at + AHEAD_MS, on(at)]),
  };
}

/** Lines drawn across take part in the scale when they lie near the readings. */
function limits(range: { min: number; max: number }, data: Data): [number, number] {
  const spread = range.max - range.min || Math.abs(range.max) * 0.05 || 1;
  const near = [data.target, ...data.thresholds.map((limit) => limit.value)].filter((value): value is number => value !== null && value > range.min - 2 * spread && value < range.max + 2 * spread);
  const low = Math.min(range.min, ...near);
  const high = Math.max(range.max, ...near);
  const air = (high - low || spread) * 0.08;
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
}

/** Round bounds and a round step between them: 1, 2 or 5 times a power of ten, four or five to the axis. */
export function scaleOf(data: Data): { min: number; max: number; interval: number } {
  const drawn = [...data.lines.flatMap((line) => line.points), ...(data.usual ?? [])];
  const known = drawn.flatMap((point) => point.slice(1) as (number | null)[]).filter((value): value is number => value !== null);
  if (!known.length) return { min: 0, max: 1, interval: 1 };
  const [low, high] = limits({ min: known.reduce((a, b) => Math.min(a, b)), max: known.reduce((a, b) => Math.max(a, b)) }, data);
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const exact = (value: number): number => Number((Math.round(value / interval) * interval).toPrecision(12));
  const top = exact(Math.ceil(high / interval) * interval);
  // Air above the line promises more than all: where nothing drawn is above 100 %, the axis ends there.
  const whole = data.unit === '%' && ![...known, data.target, ...data.thresholds.map((limit) => limit.value)].some((value) => value !== null && value > 100);
  return { min: exact(Math.floor(low / interval) * interval), max: whole ? Math.min(top, 100) : top, interval };
}

function rule(name: string, value: number, tone: string, data: Data, ground: string, position = 'insideStartTop'): object {
  return {
    yAxis: value,
    lineStyle: { color: tone, type: [4, 4], width: 1 },
    label: { formatter: `${name} ${formatNumber(value, data.decimals)}`, position, color: tone, fontSize: 11, fontFamily: 'Be Vietnam Pro', textBorderColor: ground, textBorderWidth: 2 },
  };
}

/** Where something held, shaded; too narrow ones are widened so that they are seen. */
function areas(data: Data, tone: string): object | undefined {
  if (!data.spans?.length) return undefined;
  const least = (data.to - data.from) / 400;
  return { silent: true, itemStyle: { color: tone, opacity: 0.22 }, data: data.spans.map(([from, to]) => [{ xAxis: from + AHEAD_MS }, { xAxis: Math.max(to, from + least) + AHEAD_MS }]) };
}

function main(line: Line, moved: number, index: number, tone: string, marks: object[], markArea?: object): object {
  const alone = line.points.length < 3;
  return {
    id: `line-${index}`,
    name: line.name,
    type: 'line',
    showSymbol: alone,
    symbol: 'circle',
    symbolSize: 5,
    connectNulls: false,
    lineStyle: { color: tone, width: 1.75 },
    itemStyle: { color: tone },
    emphasis: { disabled: true },
    data: line.points.map(([at, value]) => [at + moved, value]),
    markLine: marks.length ? { silent: true, symbol: 'none', data: marks } : undefined,
    markArea,
  };
}

/** Least and greatest within each step, as a tint behind the line. */
function band(line: Line, index: number, tone: string, moved: number): object[] {
  if (!hasBand(line)) return [];
  const both = { type: 'line', showSymbol: false, stack: `band-${index}`, stackStrategy: 'all', silent: true, lineStyle: { opacity: 0 }, emphasis: { disabled: true }, tooltip: { show: false } };
  return [
    { ...both, id: `low-${index}`, data: line.points.map(([at, , low]) => [at + moved, low]) },
    { ...both, id: `high-${index}`, areaStyle: { color: tone, opacity: 0.16 }, data: line.points.map(([at, , low, high]) => [at + moved, low === null || high === null ? null : high - low]) },
  ];
}

function tip(found: { axisValue: number; dataIndex: number }[], data: Data): string {
  const at = found[0]?.axisValue;
  if (at === undefined) return '';
  const rows = data.lines.map((line) => {
    const point = nearest(line, at - ahead(data));
    if (!point) return '';
    const [, value, low, high] = point;
    const name = data.lines.length > 1 ? `${line.name}: ` : '';
    const range = low !== null && high !== null && low !== high ? ` (${formatNumber(low, data.decimals)} – ${formatNumber(high, data.decimals)})` : '';
    return `${name}${formatNumber(value, data.decimals)} ${data.unit}${range}`;
  });
  const hour = data.usual?.findLast((point) => point[0] <= at - AHEAD_MS);
  if (hour) rows.push(`${say('usual')}: ${formatNumber(hour[1], data.decimals)} ${data.unit}${around(hour, data.decimals)}`);
  return [placeText(data, at - ahead(data)), ...rows.filter(Boolean)].join('\n');
}

function around([, , low, high]: Point, decimals: number): string {
  if (low === null && high === null) return '';
  if (low === null) return ` (≤ ${formatNumber(high, decimals)})`;
  return high === null ? ` (≥ ${formatNumber(low, decimals)})` : ` (${formatNumber(low, decimals)} – ${formatNumber(high, decimals)})`;
}

export function nearest(line: Line, at: number): Line['points'][number] | undefined {
  let best: Line['points'][number] | undefined;
  for (const point of line.points) if (!best || Math.abs(point[0] - at) <= Math.abs(best[0] - at)) best = point;
  return best;
}
