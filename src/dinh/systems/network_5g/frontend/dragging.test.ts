import { beforeEach, expect, test, vi } from 'vitest';
import { type Moves, startDragging } from './desk/dragging.ts';

type Heard = (event: unknown) => void;
const done: string[] = [];
let pans = true;
let heard: Record<string, Heard[]> = {};

function touch(name: string, x = 0, y = 0, fingers = 1): void {
  const event = { point: { x, y }, points: Array(fingers).fill({}), lngLat: { lng: x, lat: y }, originalEvent: {} };
  for (const hear of heard[name] ?? []) hear(event);
}

beforeEach(() => {
  vi.useFakeTimers();
  done.length = 0;
  heard = {};
  const handler = { enable: () => (pans = true), disable: () => (pans = false), disableRotation: () => undefined };
  const ground = {
    on: (name: string, hear: Heard) => void (heard[name] ??= []).push(hear), dragPan: handler, touchZoomRotate: handler, getCanvas: () => document.createElement('canvas'),
  };
  const moves: Moves = {
    free: () => true,
    near: (point) => (point.x < 22 ? 'T1' : ''),
    held: (code) => done.push(`held ${code}`),
    moved: (code, to) => done.push(`moved ${code} ${to.longitude}`),
    dropped: (code, to) => done.push(`dropped ${code} ${to.longitude}`),
    givenUp: (code, from) => done.push(`back ${code} ${from.longitude}`),
  };
  startDragging(ground as never, moves);
});

test('a finger that rests on a mast moves it, and the map stands still meanwhile', () => {
  touch('touchstart', 5);
  touch('touchmove', 9);
  vi.advanceTimersByTime(400);
  expect(pans).toBe(false);
  touch('touchmove', 60);
  touch('touchend', 60);
  expect(done).toEqual(['held T1', 'moved T1 60', 'dropped T1 60']);
  expect(pans).toBe(true);
});

test('a swipe that begins on a mast moves the map alone', () => {
  touch('touchstart', 5);
  touch('touchmove', 40);
  vi.advanceTimersByTime(1000);
  touch('touchmove', 80);
  touch('touchend', 80);
  expect(done).toEqual([]);
  expect(pans).toBe(true);
});

test('a second finger puts the mast back where it stood', () => {
  touch('touchstart', 5);
  vi.advanceTimersByTime(400);
  touch('touchmove', 60);
  touch('touchstart', 60, 0, 2);
  touch('touchend', 60);
  expect(done).toEqual(['held T1', 'moved T1 60', 'back T1 5']);
  expect(pans).toBe(true);
});
