import type { FeatureCollection } from 'geojson';

/** What a page tells its map, as JSON in a `<script type="application/json">`. */
export interface Layer {
  code: string;
  name: string;
  path: string;
  geometry: 'point' | 'line' | 'fill';
}

export interface Config {
  area: string;
  bounds: [number, number, number, number] | null;
  /** URNs of the area's communes: they are named and drawn before their neighbours. */
  communes: string[];
  indicator: string;
  selected: string;
  controls: boolean;
  language: 'vi' | 'en';
  values: string;
  alerts: string;
  layers: Layer[];
  words: Record<string, string>;
  /** What the server knew when it wrote the page: the first picture needs no further request. */
  initial?: { values: Values | null; alerts: FeatureCollection | null };
}

export interface Values {
  indicator: string;
  name: string;
  unit: string;
  decimals: number;
  steps: number[];
  values: Record<string, number | null>;
  stations: number;
  simulated: boolean;
  stale: boolean;
}

/** 1 to 5, or 0 where nothing is known: which fifth between the bounds a value lies in. */
export function stepOf(value: number | null | undefined, steps: readonly number[]): number {
  if (value === null || value === undefined || steps.length < 2) return 0;
  let found = 1;
  for (let index = 1; index < steps.length - 1; index++) if (value >= (steps[index] as number)) found = index + 1;
  return found;
}
