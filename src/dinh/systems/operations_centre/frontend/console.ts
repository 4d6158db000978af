/**
 * The console. Its whole state is in the address: links marked `data-view` change the address without leaving the page,
 * fragments and map follow. Rows are walked with j and k, and what is selected is acted on with o, t and a.
 */
import './centre.css';
import { htmx } from '@house/fragments.ts';
import { momentText } from '@house/times.ts';
import { toast } from '@house/toasts.ts';
import { say as house } from '@house/words.ts';
import { startMaps } from '@/map/index.ts';
import { startFinder } from './finder.ts';
import { refreshOnChanges } from './refresh.ts';
import { startTimeBar } from './time_bar.ts';

interface MapElement extends HTMLElement {
  select?(urn: string): void;
  picture?(): Promise<Blob | null>;
}

const SELECT_AFTER_MS = 120;
const ACTIONS = new Set(['a', 'o', 't']);

const desk = document.querySelector<HTMLElement>('[data-desk]') as HTMLElement;
const map = document.querySelector<MapElement>('dinh-map');
const card = document.getElementById('card') as HTMLElement;
let shown = location.search;
let selecting = 0;
let waitingKey = '';

/** Goes to another view of this page; `quietly` without a step to go back to. */
export function go(query: string, quietly = false): void {
  if (query === location.search || (query === '?' && !location.search)) return;
  history[quietly ? 'replaceState' : 'pushState'](history.state, '', `/${query === '?' ? '' : query}${location.hash}`);
  follow();
}

function follow(): void {
  shown = location.search;
  const query = new URLSearchParams(location.search);
  const at = query.get('at');
  desk.dataset.tab = query.get('tab') ?? 'list';
  desk.classList.toggle('desk--past', at !== null);
  const past = document.getElementById('past') as HTMLElement;
  past.hidden = at === null;
  if (at) (past.querySelector('[data-past-at]') as HTMLElement).textContent = momentText(Date.parse(at));
  for (const tab of document.querySelectorAll<HTMLElement>('[data-tab-to]')) tab.toggleAttribute('aria-current', tab.dataset.tabTo === desk.dataset.tab);
  for (const picker of document.querySelectorAll<HTMLDetailsElement>('.legend__pick[open]')) picker.open = false;
  for (const choice of document.querySelectorAll<HTMLElement>('[data-indicator]')) choice.toggleAttribute('aria-current', choice.dataset.indicator === query.get('indicator'));
  markRow(query.get('alert') ?? '');
  map?.select?.(query.get('place') ?? '');
  // Links and exports of the page carry the view on.
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.legend__choices a[data-view], .desk__tabs a')) carry(link);
  document.body.dispatchEvent(new CustomEvent('dinh:view'));
}

/** Keeps what such a link changes and takes the rest from the present view. */
function carry(link: HTMLAnchorElement): void {
  const query = new URLSearchParams(location.search);
  const own = new URL(link.href).searchParams;
  const name = link.dataset.indicator ? 'indicator' : 'tab';
  const value = own.get(name);
  if (value) query.set(name, value);
  else query.delete(name);
  link.href = `?${query}`;
}

function markRow(alert: string): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-item]')) row.classList.toggle('list__row--on', alert !== '' && row.dataset.alert === alert);
}

/** Selects what the keyboard stands on: the card follows after a moment, and until then nothing can be done by mistake. */
function select(row: HTMLElement): void {
  const { alert } = row.dataset;
  const query = new URLSearchParams(location.search);
  if (!alert || query.get('alert') === alert) return;
  query.set('alert', alert);
  query.delete('place');
  history.replaceState(history.state, '', `/?${query}${location.hash}`);
  shown = location.search;
  markRow(alert);
  for (const button of card.querySelectorAll<HTMLButtonElement>('button')) button.disabled = true;
  card.dataset.waiting = '';
  clearTimeout(selecting);
  selecting = window.setTimeout(() => htmx.trigger(card, 'refresh', null), SELECT_AFTER_MS);
}

document.addEventListener('focusin', (event) => {
  const row = (event.target as Element).closest<HTMLElement>('[data-item]');
  if (row && (event.target as Element).matches(':focus-visible')) select(row);
});

document.addEventListener('click', (event) => {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>('a[data-view]');
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    // Enter on a row opens its page; the pointer selects it.
    if (event.detail === 0 && link.dataset.page) location.assign(link.dataset.page);
    else go(new URL(link.href).search || '?');
    return;
  }
  const file = target.closest<HTMLAnchorElement>('a[data-with-view]');
  if (file) file.search = location.search;
  if (target.closest('[data-focus-map]')) {
    if (getComputedStyle(map as Element).visibility === 'hidden' || !map?.offsetParent) go(withQuery('tab', 'map'));
    map?.focus();
  }
  if (target.closest('[data-copy-link]')) void copyLink();
  if (target.closest('[data-map-picture]')) void savePicture();
  if (target.closest('[data-queue]')) document.querySelector('#queue [hx-get]')?.dispatchEvent(new CustomEvent('refresh'));
});

document.addEventListener('dblclick', (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-page]');
  if (link?.dataset.page) location.assign(link.dataset.page);
});

document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches('[data-view-form]')) return;
  event.preventDefault();
  const query = new URLSearchParams(location.search);
  for (const name of ['severity', 'domain', 'within', 'state']) query.delete(name);
  for (const [name, value] of new FormData(form)) if (value) query.append(name, String(value));
  form.closest('dialog')?.close();
  go(`?${query}`);
});

document.addEventListener('keydown', (event) => {
  if (!ACTIONS.has(event.key) || !('waiting' in card.dataset) || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((event.target as Element).matches('input, textarea, select')) return;
  waitingKey = event.key;
});

addEventListener('popstate', () => {
  if (location.search !== shown) follow();
});

document.addEventListener('dinh:place', (event) => {
  const { urn } = (event as CustomEvent<{ urn: string }>).detail;
  go(withQuery('place', urn, 'alert'));
});
document.addEventListener('dinh:alert', (event) => {
  const { urn } = (event as CustomEvent<{ urn: string }>).detail;
  go(withQuery('alert', urn, 'place'));
});

function withQuery(name: string, value: string, without = ''): string {
  const query = new URLSearchParams(location.search);
  query.set(name, value);
  if (without) query.delete(without);
  return `?${query}`;
}

async function copyLink(): Promise<void> {
  await navigator.clipboard?.writeText(location.href);
  toast(house('copied'), 'success');
}

async function savePicture(): Promise<void> {
  const blob = await map?.picture?.();
  if (!blob) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'dinh-map.png';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/* --- what a fresh fragment must keep: where it was scrolled, what was focused, what is new ---------------- */

const scrolled = new WeakMap<Element, number>();
let known = new Set([...document.querySelectorAll<HTMLElement>('[data-item]')].map((row) => row.dataset.item));

document.addEventListener('htmx:beforeSwap', (event) => {
  const target = event.target as Element;
  const box = target.querySelector('.desk__scroll');
  if (box) scrolled.set(target, box.scrollTop);
});

document.addEventListener('htmx:afterSwap', (event) => {
  const target = event.target as HTMLElement;
  const box = target.querySelector('.desk__scroll');
  if (box && scrolled.has(target)) box.scrollTop = scrolled.get(target) ?? 0;
  if (target.id === 'attention') afterList(target);
  if (target === card) afterCard();
});

function afterList(list: HTMLElement): void {
  const rows = [...list.querySelectorAll<HTMLElement>('[data-item]')];
  for (const row of rows) if (!known.has(row.dataset.item)) row.classList.add('changed');
  known = new Set(rows.map((row) => row.dataset.item));
  markRow(new URLSearchParams(location.search).get('alert') ?? '');
  const unowned = Number(list.querySelector<HTMLElement>('[data-unowned]')?.dataset.unowned ?? 0);
  document.title = `${unowned ? `(${unowned}) ` : ''}${document.title.replace(/^\(\d+\) /, '')}`;
}

function afterCard(): void {
  delete card.dataset.waiting;
  const key = waitingKey;
  waitingKey = '';
  if (key) card.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
  if (document.activeElement === document.body) document.querySelector<HTMLElement>('.list__row--on [data-row]')?.focus();
}

startFinder();
startTimeBar(go);
refreshOnChanges();
startMaps();
