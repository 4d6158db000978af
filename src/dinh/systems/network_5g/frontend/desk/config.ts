/** What the page tells the desk, and what the server answers. */
import type { Feature, FeatureCollection, Polygon } from 'geojson';

export interface Cell {
  azimuth_deg: number | null;
  tilt_deg: number | null;
  gain_dbi: number | null;
  power_dbm: number | null;
  pci: number | null;
  bands: string[];
}

export interface Mast {
  code: string;
  name: string;
  latitude: number;
  longitude: number;
  antenna_height_m: number;
  cells: Cell[];
  standing: 'existing' | 'shared' | 'new';
  operator: string;
  backhaul: '' | 'fibre' | 'microwave';
  generated: boolean;
}

export interface State {
  position: number;
  undo: boolean;
  redo: boolean;
  masts: Mast[];
  digest: string;
  calculated: boolean;
}

export interface Layer {
  code: string;
  name: string;
  unit: string;
  scale: number;
  decimals: number;
  steps: [number | null, string][];
}

export type Box = [number, number, number, number];

export interface Config {
  path: string;
  box: Box;
  area: Box;
  communes: string[];
  language: 'vi' | 'en';
  edits: boolean;
  carriers: { code: string; mhz: number }[];
  layers: Layer[];
  words: Record<string, string>;
  state: State;
}

/** A mast's values, or null where it goes; a code, or null where it comes. */
export type Change = [string | null, Omit<Mast, 'code'> | Mast | null];

const METRES_A_DEGREE = 111_320;

/** A wedge for each cell, so long in metres; a circle for one that radiates evenly. */
export function wedges(masts: readonly Mast[], metres: number): FeatureCollection<Polygon> {
  const features: Feature<Polygon>[] = [];
  for (const mast of masts)
    mast.cells.forEach((cell, number) => {
      const even = cell.azimuth_deg === null;
      const from = even ? 0 : (cell.azimuth_deg as number) - 32;
      const turn = even ? 360 : 64;
      const size = even ? metres * 0.5 : metres;
      const ring: [number, number][] = even ? [] : [[mast.longitude, mast.latitude]];
      for (let step = 0; step <= 12; step++) ring.push(away(mast, from + (turn * step) / 12, size));
      ring.push(ring[0] as [number, number]);
      features.push({ type: 'Feature', properties: { code: mast.code, cell: number }, geometry: { type: 'Polygon', coordinates: [ring] } });
    });
  return { type: 'FeatureCollection', features };
}

export function points(masts: readonly Mast[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: masts.map((mast) => ({
      type: 'Feature',
      id: mast.code,
      properties: { code: mast.code, name: mast.name, standing: mast.standing, generated: mast.generated },
      geometry: { type: 'Point', coordinates: [mast.longitude, mast.latitude] },
    })),
  };
}

/** A place so many metres from a mast towards an azimuth. */
export function away(from: { latitude: number; longitude: number }, azimuthDeg: number, metres: number): [number, number] {
  const turn = (azimuthDeg * Math.PI) / 180;
  const north = (metres * Math.cos(turn)) / METRES_A_DEGREE;
  const east = (metres * Math.sin(turn)) / (METRES_A_DEGREE * Math.cos((from.latitude * Math.PI) / 180));
  return [from.longitude + east, from.latitude + north];
}

/** Three cells for whoever puts a mast where nothing is known yet. */
export function freshMast(longitude: number, latitude: number, name: string): Omit<Mast, 'code'> {
  const cells = [0, 120, 240].map((azimuth): Cell => ({ azimuth_deg: azimuth, tilt_deg: null, gain_dbi: null, power_dbm: null, pci: null, bands: [] }));
  return { name, latitude, longitude, antenna_height_m: 30, cells, standing: 'new', operator: '', backhaul: '', generated: false };
}
