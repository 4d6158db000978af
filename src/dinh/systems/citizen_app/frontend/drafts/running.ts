/** Sends what waits while a page is open: at once, when the network is back, when the page comes to the front, after each pause. */
import { drafts, hear } from './store.ts';
import { sendDue } from './sending.ts';

const SOONEST_MS = 1_000;
let timer = 0;
let busy = false;
let again = false;

async function run(hurry = false): Promise<void> {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  clearTimeout(timer);
  try {
    const next = navigator.onLine ? await sendDue(hurry) : null;
    if (next !== null) timer = window.setTimeout(() => void run(), Math.max(SOONEST_MS, next - Date.now()));
  } catch {
    // A browser that keeps nothing has nothing to send later.
  } finally {
    busy = false;
  }
  if (again) {
    again = false;
    await run();
  }
}

/** Tries everything now, whatever the pauses say. */
export const hurry = (): Promise<void> => run(true);

/** The worker sends too where the browser can wake it: also when every page is closed. */
export async function askWorker(): Promise<void> {
  const kept = (await navigator.serviceWorker?.ready.catch(() => null)) as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | null | undefined;
  await kept?.sync?.register('dinh-drafts').catch(() => undefined);
}

export function startSending(): void {
  addEventListener('online', () => void run(true));
  document.addEventListener('visibilitychange', () => document.hidden || void run());
  hear(() => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void run(), SOONEST_MS);
  });
  void drafts()
    .then((found) => {
      if (found.some((one) => one.state === 'waiting' || one.state === 'sending')) return run(true);
      return undefined;
    })
    .catch(() => undefined);
}
