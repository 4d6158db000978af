/** How a mast is moved: by the mouse at once, by a finger after it has rested on the mast, so that a swipe still moves the map. */
import type { Map as Ground, MapMouseEvent, MapTouchEvent, Point } from 'maplibre-gl';

/** Shorter, and a slow swipe drags a mast; longer, and people lift the finger before anything happens. */
const HOLD_MS = 350;
/** A finger that rests still trembles. */
const TREMBLE = 10;
const MOUSE_SLACK = 4;
/** From the middle of a mast, in pixels: as wide as a finger. */
const MOUSE_REACH = 6;
const FINGER_REACH = 22;

export interface Place {
  longitude: number;
  latitude: number;
}

export interface Moves {
  /** Whether a press means moving at all: not while the next one places something. */
  free(): boolean;
  /** The code of the mast at a point; '' where there is none. */
  near(point: Point, reach: number): string;
  held(code: string): void;
  moved(code: string, to: Place): void;
  dropped(code: string, to: Place): void;
  /** Another finger, or the device itself, took the touch away: the mast stands where it stood. */
  givenUp(code: string, from: Place): void;
}

const placeOf = (event: MapMouseEvent | MapTouchEvent): Place => ({ longitude: event.lngLat.lng, latitude: event.lngLat.lat });
const apart = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

export function startDragging(ground: Ground, moves: Moves): void {
  byMouse(ground, moves);
  byFinger(ground, moves);
}

function byMouse(ground: Ground, moves: Moves): void {
  ground.on('mousedown', (event) => {
    const code = event.originalEvent.button || !moves.free() ? '' : moves.near(event.point, MOUSE_REACH);
    if (!code) return;
    event.preventDefault();
    let shifted = false;
    const move = (now: MapMouseEvent): void => {
      if (!shifted && apart(now.point, event.point) < MOUSE_SLACK) return;
      shifted = true;
      ground.getCanvas().style.cursor = 'grabbing';
      moves.moved(code, placeOf(now));
    };
    ground.on('mousemove', move);
    void ground.once('mouseup', (last) => {
      ground.off('mousemove', move);
      if (shifted) moves.dropped(code, placeOf(last));
    });
  });
}

function byFinger(ground: Ground, moves: Moves): void {
  let resting = 0;
  let held = '';
  let start: MapTouchEvent | null = null;
  let to: Place | null = null;
  const pans = (on: boolean): void => {
    for (const handler of [ground.dragPan, ground.touchZoomRotate]) handler[on ? 'enable' : 'disable']();
    // Enabling it brings back the turning that the desk's map does without.
    if (on) ground.touchZoomRotate.disableRotation();
  };
  const end = (): void => {
    clearTimeout(resting);
    if (held) pans(true);
    held = '';
    start = to = null;
  };
  const giveUp = (): void => {
    if (held && to && start) moves.givenUp(held, placeOf(start));
    end();
  };
  ground.on('touchstart', (event) => {
    giveUp();
    if (event.points.length !== 1 || !moves.free()) return;
    const code = moves.near(event.point, FINGER_REACH);
    if (!code) return;
    start = event;
    resting = window.setTimeout(() => {
      held = code;
      pans(false);
      navigator.vibrate?.(12);
      moves.held(code);
    }, HOLD_MS);
  });
  ground.on('touchmove', (event) => {
    if (held) {
      to = placeOf(event);
      moves.moved(held, to);
    } else if (start && apart(event.point, start.point) > TREMBLE) end();
  });
  ground.on('touchend', () => {
    const [code, last] = [held, to];
    end();
    if (code && last) moves.dropped(code, last);
  });
  ground.on('touchcancel', giveUp);
  // A long press of a browser's own opens a menu over the mast that is being moved.
  ground.getCanvas().addEventListener('contextmenu', (event) => {
    if (held) event.preventDefault();
  });
}
