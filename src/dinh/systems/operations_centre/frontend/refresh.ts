/**
 * Fragments that follow what happens: `data-on="alerts cases" data-every="500"` asks for the fragment when one of these
 * changes, at once the first time, then at most every so often, and once more when the last change came in between.
 * The address's query goes along, so that a fragment shows what the page shows.
 */
import { htmx } from '@house/fragments.ts';

interface Pace {
  last: number;
  timer: number;
}

const paces = new WeakMap<HTMLElement, Pace>();

function ask(element: HTMLElement): void {
  // A closed dialog has nobody to read it.
  if (element.closest('dialog:not([open])') || document.hidden) {
    element.dataset.behind = '';
    return;
  }
  delete element.dataset.behind;
  htmx.trigger(element, 'refresh', null);
}

function soon(element: HTMLElement): void {
  const every = Number(element.dataset.every ?? 1000);
  const pace = paces.get(element) ?? { last: 0, timer: 0 };
  paces.set(element, pace);
  if (pace.timer) return;
  const wait = Math.max(0, pace.last + every - performance.now());
  pace.timer = window.setTimeout(() => {
    pace.timer = 0;
    pace.last = performance.now();
    ask(element);
  }, wait);
}

export function refreshOnChanges(): void {
  const followers = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-on]')];
  for (const what of ['alerts', 'cases', 'figures'])
    document.body.addEventListener(`dinh:${what}`, () => {
      for (const element of followers()) if (element.dataset.on?.split(' ').includes(what)) soon(element);
    });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) for (const element of followers()) if ('behind' in element.dataset) soon(element);
  });
  document.addEventListener('htmx:configRequest', (event) => {
    const { elt, parameters } = (event as CustomEvent<{ elt: HTMLElement; parameters: Record<string, string | string[]> }>).detail;
    if (!elt.dataset.fragment) return;
    const query = new URLSearchParams(location.search);
    for (const name of new Set(query.keys())) parameters[name] = query.getAll(name);
  });
  // What failed is marked as old and asked for again with the next change, or after a while without one.
  const failed = (event: Event): void => {
    const element = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
    if (!element.dataset.fragment) return;
    element.classList.add('part--old');
    window.setTimeout(() => soon(element), 10_000);
  };
  document.addEventListener('htmx:responseError', failed);
  document.addEventListener('htmx:sendError', failed);
  document.addEventListener('htmx:afterSwap', (event) => (event.target as HTMLElement).classList.remove('part--old'));
}
