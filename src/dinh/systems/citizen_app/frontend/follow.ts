/** A report that stays open in the browser: it is drawn anew when something happened, and never while somebody is writing. */
import './public_card.css';
import './report.css';
import { path } from './drafts/words.ts';
import { remove } from './drafts/store.ts';

const EVERY_MS = 15_000;
const SOON_MS = 2_000;
/** So often it looks soon again; an office that takes longer takes its time. */
const SOON_TIMES = 30;
const now = document.querySelector<HTMLElement>('[data-follow]');
const asked = now?.dataset.nowPath ?? path('now');

const isWriting = (): boolean => [...document.querySelectorAll<HTMLTextAreaElement>('textarea')].some((one) => one.value !== one.defaultValue) || document.querySelector('.stars input:checked') !== null;

async function look(): Promise<void> {
  if (!now || document.hidden || !navigator.onLine) return;
  const answer = await fetch(asked, { headers: { Accept: 'application/json' } }).catch(() => null);
  const stamp = ((await answer?.json().catch(() => null)) as { stamp?: string } | null)?.stamp;
  if (!stamp || stamp === now.dataset.follow) return;
  if (!isWriting()) return location.replace(location.pathname + (now.dataset.follow === 'waiting' ? location.search : ''));
  const changed = document.querySelector<HTMLElement>('[data-follow-changed]');
  if (changed) changed.hidden = false;
}

if (now && asked) {
  let times = 0;
  const again = (): void => {
    times += 1;
    setTimeout(() => void look().finally(again), now.dataset.follow === 'waiting' && times < SOON_TIMES ? SOON_MS : EVERY_MS);
  };
  again();
  document.addEventListener('visibilitychange', () => void look());
}

/** What was deleted on the server is not kept on the device either. */
const forgotten = document.querySelector<HTMLElement>('[data-forgotten]')?.dataset.forgotten;
if (forgotten) void remove(forgotten).catch(() => undefined);
