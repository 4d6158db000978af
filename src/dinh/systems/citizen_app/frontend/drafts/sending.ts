/**
 * Sends what waits: each report once. The UUID is the draft's own, so that the server knows it when the answer was lost on the
 * way; a lock keeps two tabs, or a tab and the worker, from sending the same one at the same time.
 */
import { type Draft, pause, sentAs } from './draft.ts';
import { draft as one, drafts, keep } from './store.ts';

export const SEND_PATH = '/app/report/send';
const LONGEST_MS = 5 * 60_000;

export interface Around {
  fetch(path: string, body: FormData): Promise<Response>;
  now(): number;
  random(): number;
}

export const around: Around = {
  fetch: (path, body) =>
    fetch(path, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'error', signal: typeof AbortSignal.timeout === 'function' ? AbortSignal.timeout(LONGEST_MS) : null }),
  now: () => Date.now(),
  random: () => Math.random(),
};

export function formOf(draft: Draft): FormData {
  const form = new FormData();
  form.set('id', draft.id);
  form.set('language', draft.language);
  for (const [name, value] of Object.entries(draft.fields)) if (value) form.set(name, value);
  for (const [name, value] of Object.entries(draft.answers)) if (value) form.set(`answer.${name}`, value);
  for (const photo of draft.photos) form.append('photo', photo.blob, photo.name);
  return form;
}

interface Answer {
  number?: string;
  follow?: string;
  message?: string;
  fields?: Record<string, string>;
}

/** What became of a draft by an answer; a page that is none of ours (a hotel's sign-in) counts as no answer. */
export async function after(draft: Draft, answer: Response | null, at: { now: number; spread: number }): Promise<Draft> {
  const said = (answer && (await answer.json().catch(() => null))) as Answer | null;
  if (answer?.ok && said?.number && said.follow) return sentAs(draft, { number: said.number, follow: said.follow }, at.now);
  const final = answer && [400, 413, 415, 422].includes(answer.status);
  if (final && said?.message) return { ...draft, state: 'refused', fault: said.message, faults: said.fields ?? {}, changed: at.now };
  const attempts = draft.attempts + 1;
  return { ...draft, state: 'waiting', attempts, next: at.now + pause(attempts, at.spread), changed: at.now };
}

/** Sends one that waits; null where it waits no more, or somebody else sends it now. */
export async function send(id: string, world: Around = around): Promise<Draft | null> {
  return locked(`dinh-send-${id}`, async () => {
    const found = await one(id);
    if (!found || (found.state !== 'waiting' && found.state !== 'sending')) return null;
    await keep({ ...found, state: 'sending' });
    const answer = await world.fetch(SEND_PATH, formOf(found)).catch(() => null);
    const became = await after(found, answer, { now: world.now(), spread: world.random() });
    await keep(became);
    return became;
  });
}

/** All that are due; returns when the next one is, or null where nothing waits. `hurry` does not wait for the pauses. */
export async function sendDue(hurry = false, world: Around = around): Promise<number | null> {
  const waiting = (await drafts()).filter((found) => found.state === 'waiting' || found.state === 'sending').reverse();
  for (const found of waiting) if (hurry || found.next <= world.now()) await send(found.id, world);
  const left = (await drafts()).filter((found) => found.state === 'waiting' || found.state === 'sending');
  return left.length ? Math.min(...left.map((found) => found.next)) : null;
}

async function locked<T>(name: string, run: () => Promise<T>): Promise<T | null> {
  if (!navigator.locks) return run();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? run() : null));
}
