/** What every page of the app has: its styles, the word that there is no network, the worker, and the sending of what waits. */
import './app.css';
import { startInstalling } from './drafts/installing.ts';
import { startSending } from './drafts/running.ts';

const off = document.querySelector<HTMLElement>('[data-app-off]');
const show = (): void => {
  if (off) off.hidden = navigator.onLine;
};
addEventListener('online', show);
addEventListener('offline', show);
show();
document.documentElement.dataset.app = 'ready';

startSending();
startInstalling();

/** After the page is there: what a slow line brings first is what people read. */
async function keepTheApp(): Promise<void> {
  const kept = await navigator.serviceWorker.register('/app/sw.js');
  await navigator.serviceWorker.ready;
  kept.active?.postMessage({ language: document.documentElement.lang });
}
if ('serviceWorker' in navigator) {
  if (document.readyState === 'complete') void keepTheApp();
  else addEventListener('load', () => setTimeout(() => void keepTheApp(), 500), { once: true });
}
