/** Pages of the map: the map itself, the device's position where it is asked for, sharing, and what is kept on the device. */
import './maps.css';
import { toast } from '@house/toasts.ts';
import { area, keep, type Way } from './parts/keeping.ts';
import { insteadOf, showKept } from './parts/offline.ts';
import type { WaysMap } from './parts/element.ts';
import { say } from './parts/words.ts';

const map = (): WaysMap | null => document.querySelector<WaysMap>('dinh-ways');
if (map()) void import('./parts/element.ts');

function told(words: string): void {
  const line = document.querySelector<HTMLElement>('[data-ways-said]');
  if (!line) return;
  line.hidden = !words;
  line.textContent = words;
}

/** Asked for by a press alone; it goes into the address that is opened then, rounded, and nowhere else. */
function position(places: number, use: (point: string) => void): void {
  told(say('asking'));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      told('');
      use(`${coords.latitude.toFixed(places)},${coords.longitude.toFixed(places)}`);
    },
    (error) => told(say(error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable')),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
}

if ('geolocation' in navigator && isSecureContext) {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ways-locate]')) {
    button.hidden = false;
    button.addEventListener('click', () =>
      // A hundred metres are enough to sort a list by distance.
      position(3, (point) => {
        const query = new URLSearchParams(new FormData(document.querySelector<HTMLFormElement>('[data-ways-search]') as HTMLFormElement) as unknown as Record<string, string>);
        query.set('near', point);
        location.assign(`?${query}`);
      }),
    );
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ways-locate-for]')) {
    button.hidden = false;
    button.addEventListener('click', () =>
      position(5, (point) => {
        const input = document.getElementById(button.dataset.waysLocateFor ?? '') as HTMLInputElement | null;
        if (!input) return;
        input.value = point;
        const form = input.form;
        if (form && [...form.querySelectorAll<HTMLInputElement>('.ways__ends .input')].every((one) => one.value)) form.requestSubmit();
      }),
    );
  }
}

document.querySelector('[data-ways-near]')?.addEventListener('change', (event) => (event.target as HTMLSelectElement).form?.requestSubmit());
for (const radio of document.querySelectorAll<HTMLInputElement>('[data-ways-mode]')) {
  radio.addEventListener('change', () => {
    if ([...(radio.form?.querySelectorAll<HTMLInputElement>('.ways__ends .input') ?? [])].every((one) => one.value)) radio.form?.requestSubmit();
  });
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ways-share]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const url = button.dataset.waysShare ?? location.href;
    if ('share' in navigator) void navigator.share({ title: button.dataset.title ?? '', url }).catch(() => undefined);
    else void (navigator as Navigator).clipboard.writeText(url).then(() => toast(say('copied')));
  });
}

function followList(): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-dot]')) {
    row.addEventListener('pointerenter', () => map()?.light?.(Number(row.dataset.dot)));
    row.addEventListener('pointerleave', () => map()?.light?.(-1));
  }
  for (const step of document.querySelectorAll<HTMLElement>('[data-step]')) {
    step.addEventListener('click', () => {
      const point = map()?.lineAt?.(Number(step.dataset.step));
      if (point) map()?.look(point);
    });
  }
}

function keepArea(): void {
  const path = document.querySelector<HTMLElement>('[data-area]')?.dataset.area;
  if (path) void area(path).then(({ fresh }) => fresh && (document.documentElement.dataset.areaKept = path));
}

followList();
keepArea();

const way = document.getElementById('ways-kept')?.textContent;
if (way) {
  const kept: Way = { ...(JSON.parse(way) as Omit<Way, 'keptAt' | 'path'>), keptAt: Date.now(), path: location.pathname + location.search };
  void keep('way', kept).then(() => (document.documentElement.dataset.wayKept = 'yes'));
}

document.addEventListener('htmx:afterSettle', (event) => {
  if ((event.target as HTMLElement).id !== 'places-found') return;
  map()?.refresh?.();
  followList();
  keepArea();
});

document.addEventListener('htmx:sendError', (event) => {
  const source = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
  const target = document.getElementById('places-found');
  if (!target || !source.matches('[data-ways-search]')) return;
  void insteadOf(target, source.querySelector<HTMLInputElement>('[name=q]')?.value ?? '');
});

const offline = document.querySelector<HTMLElement>('[data-ways-offline]');
if (offline) void showKept(offline);
