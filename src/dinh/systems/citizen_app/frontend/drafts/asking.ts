/** Questions to the server that a page can do without: no answer is an answer too. */
import { path } from './words.ts';

export interface Near {
  number: string;
  category: string;
  state: string;
  words: string;
  address: string;
  metres: number;
  at: string;
  photo: string;
  path: string;
}

export interface Around {
  unit: { urn: string; name: string } | null;
  within: boolean;
  count: number;
  requests: Near[];
}

export interface Place {
  urn: string;
  name: string;
  note: string;
  longitude: number;
  latitude: number;
  unit: string;
  exact: boolean;
}

const PATIENCE_MS = 10_000;

async function get<T>(name: string, values: Record<string, string>): Promise<T | null> {
  try {
    const answer = await fetch(`${path(name)}?${new URLSearchParams(values)}`, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}

/** Six decimals are 11 cm: more says nothing of a street, only of the person. */
const degrees = (value: number): string => value.toFixed(6);

export const around = (longitude: number, latitude: number, category = ''): Promise<Around | null> =>
  get<Around>('around', { longitude: degrees(longitude), latitude: degrees(latitude), ...(category ? { category } : {}) });

export const places = async (q: string): Promise<Place[] | null> => (await get<{ places: Place[] }>('places', { q }))?.places ?? null;

export const suggested = async (text: string): Promise<string[]> => (await get<{ categories: string[] }>('suggest', { text }))?.categories ?? [];
