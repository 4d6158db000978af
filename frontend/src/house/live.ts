/**
 * The one live connection of a page. The server says `changed` (what to fetch anew) and `values` (new readings of the
 * series that the page watches); here they become DOM events on <body>: dinh:alerts, dinh:cases, dinh:figures, dinh:notices, dinh:values.
 * `data-live` on <html> is `on`, `stale` (connected but silent) or `off`; the connection comes back by itself.
 */

export type LiveState = 'wait' | 'on' | 'stale' | 'off';
export type Values = Record<string, [number, number | null]>;

export interface Source {
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface Surroundings {
  open(path: string): Source;
  later(run: () => void, ms: number): number;
  cancel(timer: number): void;
  now(): number;
  random(): number;
  show(state: LiveState): void;
  dispatch(name: string, detail: unknown): void;
  hello(message: { now: number; version: string }): void;
}

/** The server beats every 10 s; two missed beats and a half make the page stale. */
export const STALE_AFTER_MS = 25_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A connection counts as held once it lasted this long: only then does the back-off begin anew. */
const HELD_AFTER_MS = 5_000;
const EVERYTHING = ['alerts', 'cases', 'figures', 'notices'];

export class Live {
  private source: Source | null = null;
  private state: LiveState = 'wait';
  private failures = 0;
  private openedAt = 0;
  private last = '';
  private retry = 0;
  private silence = 0;
  private wasLost = false;
  private readonly series = new Map<string, number>();
  private reopening = 0;

  constructor(private readonly around: Surroundings) {}

  start(): void {
    this.around.cancel(this.retry);
    this.source?.close();
    const query = new URLSearchParams();
    if (this.series.size) query.set('series', [...this.series.keys()].join(','));
    if (this.last) query.set('last', this.last);
    const source = this.around.open(`/live${query.size ? `?${query}` : ''}`);
    this.source = source;
    this.openedAt = this.around.now();
    const on = (name: string, hear: (data: unknown) => void): void =>
      source.addEventListener(name, (event) => {
        if (source !== this.source) return;
        if (event.lastEventId) this.last = event.lastEventId;
        this.alive();
        hear(event.data ? JSON.parse(event.data) : null);
      });
    on('hello', (data) => {
      this.around.hello(data as { now: number; version: string });
      if (this.wasLost && !this.last) this.changed(EVERYTHING);
      this.wasLost = false;
    });
    on('beat', () => {
      if (this.around.now() - this.openedAt > HELD_AFTER_MS) this.failures = 0;
    });
    on('changed', (data) => this.changed((data as { what: string[] }).what));
    on('values', (data) => this.around.dispatch('dinh:values', (data as { series: Values }).series));
    source.addEventListener('error', () => {
      if (source === this.source) this.lost();
    });
    this.listenForSilence();
  }

  stop(): void {
    this.around.cancel(this.retry);
    this.around.cancel(this.silence);
    this.source?.close();
    this.source = null;
  }

  /** Asks for values of these series; returns how to stop. Several watches within a moment make one reconnection. */
  watch(ids: readonly (string | number)[]): () => void {
    const names = ids.map(String);
    let fresh = false;
    for (const id of names) {
      const count = this.series.get(id) ?? 0;
      fresh ||= count === 0;
      this.series.set(id, count + 1);
    }
    if (fresh) this.reopen();
    return () => {
      for (const id of names) {
        const count = (this.series.get(id) ?? 1) - 1;
        if (count > 0) this.series.set(id, count);
        else this.series.delete(id);
      }
    };
  }

  /** Tries at once: the device says it is online again, or the page came to the front. */
  hurry(): void {
    if (this.state === 'off' || this.state === 'stale') this.start();
  }

  lost(): void {
    const held = this.around.now() - this.openedAt > HELD_AFTER_MS && this.state !== 'off';
    this.failures = held ? 1 : this.failures + 1;
    this.wasLost = true;
    this.source?.close();
    this.source = null;
    this.around.cancel(this.silence);
    this.become('off');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.failures - 1));
    this.around.cancel(this.retry);
    this.retry = this.around.later(() => this.start(), wait * (0.5 + this.around.random() / 2));
  }

  private reopen(): void {
    if (!this.source) return;
    this.around.cancel(this.reopening);
    this.reopening = this.around.later(() => this.start(), 50);
  }

  private changed(what: readonly string[]): void {
    for (const name of what) this.around.dispatch(`dinh:${name}`, null);
  }

  private alive(): void {
    this.become('on');
    this.listenForSilence();
  }

  private listenForSilence(): void {
    this.around.cancel(this.silence);
    this.silence = this.around.later(() => {
      if (this.state === 'stale') this.lost();
      else {
        this.become('stale');
        this.listenForSilence();
      }
    }, STALE_AFTER_MS);
  }

  private become(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.around.show(state);
  }
}

let version = '';

export const live = new Live({
  open: (path) => new EventSource(path) as unknown as Source,
  later: (run, ms) => window.setTimeout(run, ms),
  cancel: (timer) => window.clearTimeout(timer),
  now: () => performance.now(),
  random: () => Math.random(),
  show: (state) => {
    document.documentElement.dataset.live = state;
    document.body.dispatchEvent(new CustomEvent('dinh:live', { detail: state }));
  },
  dispatch: (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail })),
  hello: (message) => {
    document.body.dispatchEvent(new CustomEvent('dinh:hello', { detail: message }));
    // A wall has nobody to reload it when a new release is served.
    if (version && version !== message.version && 'wall' in document.documentElement.dataset) location.reload();
    version = message.version;
  },
});

export const watch = (ids: readonly (string | number)[]): (() => void) => live.watch(ids);
