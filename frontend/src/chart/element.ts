/** `<dinh-chart src height? bare?>`: a chart that is read by eye, by key, as a table, and as a file; it grows as readings come. */
import { LineChart } from 'echarts/charts';
import { DataZoomInsideComponent, GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { formatNumber } from '@house/numbers.ts';
import { watch, type Values } from '@house/live.ts';
import './chart.css';
import { type Data, lastKnown, placeText, type Point, say, toCsv, toTable } from './data.ts';
import { optionOf } from './option.ts';

use([LineChart, GridComponent, TooltipComponent, MarkAreaComponent, MarkLineComponent, LegendPlainComponent, DataZoomInsideComponent, CanvasRenderer]);

const RETRY_MS = 15_000;

export class DinhChart extends HTMLElement {
  static observedAttributes = ['src'];
  private chart: EChartsType | null = null;
  private data: Data | null = null;
  private box!: HTMLElement;
  private table!: HTMLElement;
  private words!: HTMLElement;
  private spoken!: HTMLElement;
  private unwatch: () => void = () => undefined;
  private listeners = new AbortController();
  private size = new ResizeObserver(() => this.chart?.resize());
  private at = -1;
  private redrawing = 0;

  connectedCallback(): void {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.build();
    document.body.addEventListener('dinh:theme', () => this.draw(), { signal });
    document.body.addEventListener('dinh:values', (event) => this.grow((event as CustomEvent<Values>).detail), { signal });
    this.size.observe(this.box);
    void this.load();
  }

  disconnectedCallback(): void {
    this.listeners.abort();
    this.size.disconnect();
    this.unwatch();
    this.chart?.dispose();
    this.chart = null;
  }

  attributeChangedCallback(_: string, before: string | null): void {
    if (before !== null && this.isConnected) void this.load();
  }

  private build(): void {
    this.box = document.createElement('div');
    this.box.className = 'chart__box';
    this.box.tabIndex = 0;
    this.box.setAttribute('role', 'img');
    this.box.addEventListener('keydown', (event) => this.read(event));
    this.table = document.createElement('div');
    this.table.className = 'chart__table table-box';
    this.table.tabIndex = 0;
    this.table.hidden = true;
    this.words = document.createElement('p');
    this.words.className = 'chart__words';
    this.spoken = document.createElement('div');
    this.spoken.className = 'visually-hidden';
    this.spoken.setAttribute('aria-live', 'polite');
    const tools = document.createElement('div');
    tools.className = 'chart__tools';
    const swap = this.tool(say('table'), () => {
      this.table.hidden = !this.table.hidden;
      this.box.hidden = !this.table.hidden;
      swap.textContent = say(this.table.hidden ? 'table' : 'chart');
      if (!this.table.hidden && this.data) this.table.replaceChildren(toTable(this.data));
      else this.chart?.resize();
    });
    tools.append(this.words, swap, this.tool(say('csv'), () => this.save()));
    this.replaceChildren(this.box, this.table, tools, this.spoken);
  }

  private tool(label: string, press: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn--quiet btn--small';
    button.textContent = label;
    button.addEventListener('click', press);
    return button;
  }

  private async load(): Promise<void> {
    this.dataset.chart = 'loading';
    try {
      const answer = await fetch(this.getAttribute('src') ?? '', { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.data = (await answer.json()) as Data;
    } catch {
      this.dataset.chart = 'failed';
      this.say(say('failed'));
      if (this.isConnected) setTimeout(() => this.isConnected && void this.load(), RETRY_MS);
      return;
    }
    this.unwatch();
    const ids = this.data.lines.map((line) => line.series).filter((id): id is number => id !== null);
    if (ids.length && !this.hasAttribute('still')) this.unwatch = watch(ids);
    this.draw();
  }

  private draw(): void {
    const { data } = this;
    if (!data) return;
    const empty = !data.lines.some((line) => lastKnown(line));
    this.dataset.chart = empty ? 'empty' : 'ready';
    this.box.setAttribute('aria-label', say('about', { name: data.name, unit: data.unit }));
    const source = data.sources.length ? say('source', { name: data.sources.join(', ') }) : '';
    this.say(empty ? say('empty') : [source, data.simulated ? say('simulated') : ''].filter(Boolean).join(' · '));
    if (empty) {
      this.chart?.clear();
      return;
    }
    this.chart ??= init(this.box, undefined, { renderer: 'canvas' });
    this.chart.setOption(optionOf(data, this), { notMerge: true });
    if (!this.table.hidden) this.table.replaceChildren(toTable(data));
  }

  private say(text: string): void {
    this.words.textContent = text;
  }

  /** New readings of the series shown; the span moves on with them. */
  private grow(values: Values): void {
    const { data } = this;
    if (!data || this.hasAttribute('still')) return;
    let grown = false;
    for (const line of data.lines) {
      const fresh = line.series === null ? undefined : values[String(line.series)];
      if (!fresh) continue;
      const [at, value] = fresh;
      const last = line.points.at(-1);
      if (last && at <= last[0]) continue;
      line.points.push([at, value, value, value] satisfies Point);
      const span = data.to - data.from;
      data.to = Math.max(data.to, at);
      data.from = data.to - span;
      while (line.points.length && (line.points[0] as Point)[0] < data.from) line.points.shift();
      grown = true;
    }
    if (!grown || this.redrawing) return;
    this.redrawing = window.setTimeout(() => {
      this.redrawing = 0;
      this.draw();
    }, 250);
  }

  /** Arrow keys walk the points; each is shown and told. */
  private read(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const line = this.data?.lines[0];
    if (!step || !line?.points.length || !this.data) return;
    event.preventDefault();
    this.at = this.at < 0 ? line.points.length - 1 : Math.min(line.points.length - 1, Math.max(0, this.at + step));
    const point = line.points[this.at] as Point;
    this.chart?.dispatchAction({ type: 'showTip', seriesIndex: this.data.lines.length && line.points.length ? this.mainIndex() : 0, dataIndex: this.at });
    this.spoken.textContent = `${placeText(this.data, point[0])}: ${formatNumber(point[1], this.data.decimals)} ${this.data.unit}`;
  }

  /** The bands come before the line of values. */
  private mainIndex(): number {
    const option = this.chart?.getOption() as { series: { id: string }[] } | undefined;
    return Math.max(0, option?.series.findIndex((one) => one.id === 'line-0') ?? 0);
  }

  private save(): void {
    if (!this.data) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([toCsv(this.data)], { type: 'text/csv;charset=utf-8' }));
    link.download = `${this.data.code}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

customElements.define('dinh-chart', DinhChart);
