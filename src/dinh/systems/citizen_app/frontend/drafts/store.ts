/** Drafts in IndexedDB, by the page and by the worker alike; whoever changes one tells the others. */
import type { Draft } from './draft.ts';

const NAME = 'dinh-app';
const STORE = 'drafts';
const CHANNEL = 'dinh-drafts';
/** Of those that were sent, the oldest go first. */
const MOST_SENT = 100;

/** The device has no room left; what was there before is still there. */
export class Full extends Error {}
/** This browser keeps nothing, such as in a private window. */
export class NoStore extends Error {}

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    if (typeof indexedDB === 'undefined') return reject(new NoStore());
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' });
    asked.onsuccess = () => {
      // Another tab may delete it all («remove from this device»); this one then begins anew.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = null;
      };
      resolve(asked.result);
    };
    asked.onerror = () => reject(new NoStore());
    asked.onblocked = () => reject(new NoStore());
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

async function within<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await database();
  return new Promise((resolve, reject) => {
    const deal = base.transaction(STORE, mode);
    const asked = ask(deal.objectStore(STORE));
    const fails = (): void => reject(deal.error?.name === 'QuotaExceededError' || asked.error?.name === 'QuotaExceededError' ? new Full() : (deal.error ?? asked.error ?? new NoStore()));
    deal.oncomplete = () => resolve(asked.result);
    deal.onabort = fails;
    deal.onerror = fails;
  });
}

/** Newest first. */
export async function drafts(): Promise<Draft[]> {
  const found = await within<Draft[]>('readonly', (store) => store.getAll() as IDBRequest<Draft[]>);
  return found.sort((one, other) => other.begun - one.begun);
}

export async function draft(id: string): Promise<Draft | null> {
  return (await within<Draft | undefined>('readonly', (store) => store.get(id) as IDBRequest<Draft | undefined>)) ?? null;
}

/** Raises Full, NoStore. */
export async function keep(changed: Draft): Promise<void> {
  await within('readwrite', (store) => store.put(changed));
  if (changed.state === 'sent') await thin();
  tell();
}

export async function remove(id: string): Promise<void> {
  await within('readwrite', (store) => store.delete(id));
  tell();
}

export async function removeAll(): Promise<void> {
  await within('readwrite', (store) => store.clear());
  tell();
}

async function thin(): Promise<void> {
  const old = (await drafts()).filter((one) => one.state === 'sent').slice(MOST_SENT);
  for (const one of old) await within('readwrite', (store) => store.delete(one.id));
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);
const hearers = new Set<() => void>();

function tell(): void {
  channel?.postMessage('changed');
  for (const hear of hearers) hear();
}

/** Calls back whenever any draft changed, here, in another tab or in the worker. */
export function hear(changed: () => void): void {
  hearers.add(changed);
}
channel?.addEventListener('message', () => {
  for (const heard of hearers) heard();
});

/** Asks the browser not to clear what waits here when the device runs short; it decides for itself. */
export function holdOn(): void {
  void navigator.storage?.persist?.().catch(() => false);
}
