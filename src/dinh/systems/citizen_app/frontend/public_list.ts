/** The public list: filters that go off by themselves, list or map on a phone, what is near. */
import { toast } from '@house/toasts.ts';
import './app.css';
import './public_card.css';
import './public_pages.css';
import { beginFilters, beginMaps } from './public/begin.ts';

const KEPT = 'dinh:reports:view';

function beginViews(): void {
  const box = document.querySelector<HTMLElement>('[data-reports]');
  const tabs = document.querySelector<HTMLElement>('[data-views]');
  if (!box || !tabs) return;
  tabs.hidden = false;
  const show = (view: string): void => {
    box.dataset.shows = view;
    for (const button of tabs.querySelectorAll<HTMLButtonElement>('[data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
    try {
      sessionStorage.setItem(KEPT, view);
    } catch {
      // A browser that keeps nothing still shows the map.
    }
  };
  tabs.addEventListener('click', (event) => {
    const view = (event.target as Element).closest<HTMLElement>('[data-view]')?.dataset.view;
    if (view) show(view);
  });
  try {
    if (sessionStorage.getItem(KEPT) === 'map') show('map');
  } catch {
    // As above.
  }
}

function beginNear(): void {
  const button = document.querySelector<HTMLButtonElement>('[data-near]');
  if (!button || !('geolocation' in navigator)) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    button.setAttribute('aria-busy', 'true');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const query = new URLSearchParams(location.search);
        query.delete('page');
        // Some hundred metres are near enough, and tell nobody a door.
        query.set('near', `${coords.longitude.toFixed(3)},${coords.latitude.toFixed(3)}`);
        location.search = String(query);
      },
      () => {
        button.removeAttribute('aria-busy');
        const words = JSON.parse(document.getElementById('map-config')?.textContent ?? '{}') as { words?: Record<string, string> };
        toast(words.words?.no_place ?? '', 'error');
      },
      { timeout: 15_000, maximumAge: 300_000 },
    );
  });
}

/** Whoever chooses a mark on the map sees its card in the list too, where it is there. */
document.body.addEventListener('reports:chosen', (event) => {
  const number = String((event as CustomEvent).detail);
  for (const card of document.querySelectorAll('.rcard--on')) card.classList.remove('rcard--on');
  const card = document.querySelector(`.rcard[data-number="${CSS.escape(number)}"]`);
  card?.classList.add('rcard--on');
  card?.scrollIntoView({ block: 'nearest' });
});

beginFilters();
beginViews();
beginNear();
beginMaps();
