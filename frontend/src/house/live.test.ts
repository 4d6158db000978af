import { beforeEach, expect, test } from 'vitest';
import { Live, type LiveState, STALE_AFTER_MS, type Source, type Surroundings } from './live.ts';

class FakeSource implements Source {
  closed = false;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(readonly path: string) {}
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(name, listener);
  }
  close(): void {
    this.closed = true;
  }
  say(name: string, data: unknown = null, lastEventId = ''): void {
    this.listeners.get(name)?.(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }
}

class World implements Surroundings {
  time = 0;
  sources: FakeSource[] = [];
  states: LiveState[] = [];
  heard: [string, unknown][] = [];
  private timers = new Map<number, { at: number; run: () => void }>();
  private serial = 0;
  open = (path: string): Source => {
    const source = new FakeSource(path);
    this.sources.push(source);
    return source;
  };
  later = (run: () => void, ms: number): number => {
    this.timers.set(++this.serial, { at: this.time + ms, run });
    return this.serial;
  };
  cancel = (timer: number): void => void this.timers.delete(timer);
  now = (): number => this.time;
  random = (): number => 1;
  show = (state: LiveState): void => void this.states.push(state);
  dispatch = (name: string, detail: unknown): void => void this.heard.push([name, detail]);
  hello = (): void => {};

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      this.timers.delete(next[0]);
      this.time = next[1].at;
      next[1].run();
    }
    this.time = end;
  }
  get newest(): FakeSource {
    return this.sources.at(-1) as FakeSource;
  }
}

let world: World;
let live: Live;
beforeEach(() => {
  world = new World();
  live = new Live(world);
});

test('the first word of the server makes the page live', () => {
  live.start();
  expect(world.states).toEqual([]);
  world.newest.say('hello', { now: 1, version: 'a' }, 'x-0');
  expect(world.states).toEqual(['on']);
});

test('what changed and new values become events of the page', () => {
  live.start();
  world.newest.say('hello', { now: 1, version: 'a' }, 'x-0');
  world.newest.say('changed', { what: ['alerts', 'cases'] }, 'x-1');
  world.newest.say('values', { series: { 7: [1000, 4.2] } });
  expect(world.heard).toEqual([
    ['dinh:alerts', null],
    ['dinh:cases', null],
    ['dinh:values', { 7: [1000, 4.2] }],
  ]);
});

test('silence makes the page stale, a beat makes it live again, long silence drops the connection', () => {
  live.start();
  world.newest.say('hello', { now: 1, version: 'a' });
  world.pass(STALE_AFTER_MS);
  expect(world.states).toEqual(['on', 'stale']);
  world.newest.say('beat', { now: 2 });
  expect(world.states.at(-1)).toBe('on');
  world.pass(2 * STALE_AFTER_MS);
  expect(world.states.slice(-2)).toEqual(['stale', 'off']);
});

test('a connection that never answers becomes stale too', () => {
  live.start();
  world.pass(STALE_AFTER_MS);
  expect(world.states).toEqual(['stale']);
});

test('failures are retried after 1, 2, 4 … and at most 30 seconds', () => {
  live.start();
  const waits: number[] = [];
  for (let round = 0; round < 7; round++) {
    const opened = world.sources.length;
    const failed = world.time;
    world.newest.say('error');
    while (world.sources.length === opened) world.pass(100);
    waits.push(Math.round((world.time - failed) / 1000));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  expect(world.states).toEqual(['off']);
});

test('after a connection that held, the back-off begins anew', () => {
  live.start();
  for (let round = 0; round < 4; round++) {
    world.newest.say('error');
    world.pass(31_000);
  }
  world.newest.say('hello', { now: 1, version: 'a' });
  world.pass(6_000);
  world.newest.say('beat', { now: 2 });
  const opened = world.sources.length;
  world.newest.say('error');
  world.pass(1_000);
  expect(world.sources.length).toBe(opened + 1);
});

test('a page that returns says what it heard last, so that the server tells what it missed', () => {
  live.start();
  world.newest.say('hello', { now: 1, version: 'a' }, 'x-4');
  world.newest.say('error');
  world.pass(1_000);
  expect(world.newest.path).toBe('/live?last=x-4');
});

test('an old connection is not listened to any more', () => {
  live.start();
  const old = world.newest;
  old.say('error');
  world.pass(1_000);
  old.say('changed', { what: ['alerts'] });
  old.say('error');
  expect(world.heard).toEqual([]);
  expect(world.sources.length).toBe(2);
});

test('series asked for within a moment are asked of the server once', () => {
  live.start();
  const drop = live.watch([1, 2]);
  live.watch([2, 3]);
  world.pass(50);
  expect(world.sources.map((source) => source.path)).toEqual(['/live', '/live?series=1%2C2%2C3']);
  drop();
  live.watch([4]);
  world.pass(50);
  expect(world.newest.path).toBe('/live?series=2%2C3%2C4');
});

test('back online, the page does not wait for its turn', () => {
  live.start();
  live.lost();
  live.hurry();
  expect(world.sources.length).toBe(2);
  world.pass(60_000);
  expect(world.states[0]).toBe('off');
});
