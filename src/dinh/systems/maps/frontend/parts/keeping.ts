/** The commune that was opened last and the last way, kept in IndexedDB on this device alone. */
export interface Words {
  vi: string;
  en: string;
}

export interface Place {
  id: string;
  kind: string;
  kind_name: Words;
  name: Words;
  longitude: number | null;
  latitude: number | null;
  address?: string;
  phone?: string;
  opening_hours?: string;
  /** Hours from Monday to Sunday, '' on a closed day; absent where the hours were not understood. */
  week?: string[];
  simulated?: boolean;
}

export interface Area {
  path: string;
  keptAt: number;
  commune: { urn: string; code: string; name: Words };
  places: Place[];
}

export interface Way {
  keptAt: number;
  path: string;
  from: string;
  to: string;
  mode: Words;
  length_km: number;
  time_s: number;
  line: [number, number][];
  steps: (Words & { length_km: number })[];
}

interface Kept {
  area: Area;
  way: Way;
}

const NAME = 'dinh-maps';
const STORE = 'last';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

async function within<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const database = await open();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
  } finally {
    database.close();
  }
}

/** Nothing where the device keeps nothing, or may not (a private window). */
export async function kept<Name extends keyof Kept>(name: Name): Promise<Kept[Name] | undefined> {
  return within('readonly', (store) => store.get(name) as IDBRequest<Kept[Name] | undefined>).catch(() => undefined);
}

export async function keep<Name extends keyof Kept>(name: Name, value: Kept[Name]): Promise<void> {
  await within('readwrite', (store) => store.put(value, name)).catch(() => undefined);
}

export async function forget(): Promise<void> {
  await within('readwrite', (store) => store.clear()).catch(() => undefined);
}

/** Fetches the places of a commune and keeps them; what was kept of it, and `fresh` false, where the connection fails. */
export async function area(path: string, cache: RequestCache = 'default'): Promise<{ area: Area | undefined; fresh: boolean }> {
  try {
    const answer = await fetch(path, { cache, headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = { ...((await answer.json()) as Omit<Area, 'path' | 'keptAt'>), path, keptAt: Date.now() };
    await keep('area', found);
    return { area: found, fresh: true };
  } catch {
    return { area: await kept('area'), fresh: false };
  }
}

const MARKS = /[\u0300-\u036f]/g;

/** As the server folds words: no diacritics, đ = d, small letters. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('đ', 'd').normalize('NFD').replace(MARKS, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/** Places all of whose words stand in name, kind or address; names that begin with them first. */
export function matching(places: readonly Place[], text: string): Place[] {
  const words = fold(text).split(' ').filter(Boolean);
  const whole = words.join(' ');
  return places
    .map((place) => ({ place, name: fold(`${place.name.vi} ${place.name.en}`), all: fold(`${place.name.vi} ${place.name.en} ${place.kind_name.vi} ${place.kind_name.en} ${place.address ?? ''}`) }))
    .filter(({ all }) => words.every((word) => all.includes(word)))
    .sort((one, other) => Number(other.name.startsWith(whole)) - Number(one.name.startsWith(whole)))
    .map(({ place }) => place);
}
