/** The wall: fragments as things change, deadlines that count, and a fresh start when nothing has come for long. */
import './centre.css';
import './wall.css';
import { serverNow } from '@house/times.ts';
import { say } from '@house/words.ts';
import { startMaps } from '@/map/index.ts';
import { refreshOnChanges } from './refresh.ts';

/** Nobody stands by a wall: after so long without a connection it loads anew, if the server answers. */
const RELOAD_AFTER_MS = 90_000;
const CHECK_MS = 15_000;

startMaps();
refreshOnChanges();

function clock(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const hours = Math.floor(minutes / 60);
  const text = hours >= 48 ? `${Math.floor(hours / 24)} ${document.documentElement.lang.startsWith('en') ? 'd' : 'ngày'}` : `${hours}:${String(minutes % 60).padStart(2, '0')}`;
  return text;
}

function small(words: string): HTMLElement | '' {
  if (!words) return '';
  const element = document.createElement('small');
  element.textContent = words;
  return element;
}

function count(): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-count]')) {
    const left = Date.parse(element.dateTime) - serverNow();
    // «còn» or «quá» small beside the time.
    const [before = '', after = ''] = say(left < 0 ? 'over' : 'left', { time: '|' }).split('|');
    element.replaceChildren(...[small(before), clock(left), small(after)].filter((part) => part !== ''));
    element.classList.toggle('late', left < 0);
    element.classList.toggle('soon', left >= 0 && left < 3_600_000);
  }
}

let offSince = 0;
async function recover(): Promise<void> {
  const state = document.documentElement.dataset.live;
  if (state === 'on') {
    offSince = 0;
    return;
  }
  offSince ||= Date.now();
  if (Date.now() - offSince < RELOAD_AFTER_MS) return;
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
  if (answer?.ok) location.reload();
}

count();
setInterval(count, 1000);
setInterval(() => void recover(), CHECK_MS);
document.addEventListener('htmx:load', count);
