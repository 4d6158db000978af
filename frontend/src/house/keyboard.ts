/**
 * Work by keyboard alone. `/` searches, `?` explains, `g` and a digit opens a menu entry, `j`/`k` walk the rows of
 * `[data-rows]`, and any element with `data-key="n"` is pressed by its key and listed in the help.
 */
import { say } from './words.ts';

const ROWS = 'a[href].list__row, [data-row], tbody tr a[href]:first-of-type';

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function rowsOf(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[data-rows]')].flatMap((box) => [...box.querySelectorAll<HTMLElement>(ROWS)]);
}

function step(by: 1 | -1): void {
  const rows = rowsOf(document);
  if (!rows.length) return;
  const present = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const start = present >= 0 ? present : rows.findIndex((row) => row.matches('.list__row--on, [aria-current="true"]'));
  const next = rows[Math.min(rows.length - 1, Math.max(0, start + by))] ?? rows[0];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function explain(): void {
  const dialog = document.getElementById('help');
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  const list = dialog.querySelector('[data-shortcuts]');
  for (const old of dialog.querySelectorAll('[data-found]')) old.remove();
  const seen = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>('[data-key]')) {
    const key = element.dataset.key ?? '';
    if (seen.has(key)) continue;
    seen.add(key);
    const term = document.createElement('dt');
    const cap = document.createElement('kbd');
    cap.textContent = key;
    term.append(cap);
    const words = document.createElement('dd');
    words.textContent = element.dataset.keyLabel ?? element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    for (const added of [term, words]) {
      added.dataset.found = '';
      list?.append(added);
    }
  }
  dialog.showModal();
}

export function startKeyboard(): void {
  let going = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && typing(event.target)) (event.target as HTMLElement).blur();
    const found = document.getElementById('found');
    const inFinder = event.target instanceof HTMLElement && event.target.closest('.find');
    if (found && inFinder && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const stops = [document.querySelector<HTMLElement>('[data-find]'), ...found.querySelectorAll<HTMLElement>('a[href]')];
      const next = stops[stops.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
      return;
    }
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (going && /^[1-9]$/.test(event.key)) {
      clearTimeout(going);
      going = 0;
      document.querySelectorAll<HTMLAnchorElement>('.house .menu a')[Number(event.key) - 1]?.click();
      return;
    }
    if (event.key === '/') {
      const field = document.querySelector<HTMLInputElement>('[data-find]');
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === '?') explain();
    else if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'g') going = window.setTimeout(() => (going = 0), 1500);
    else {
      const marked = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
      if (!marked) return;
      event.preventDefault();
      if (typing(marked)) marked.focus();
      else marked.click();
    }
  });
  document.querySelectorAll<HTMLAnchorElement>('.house .menu a').forEach((entry, index) => {
    if (index < 9) entry.title = `${say('goTo', { n: index + 1 })} · g ${index + 1}`;
  });
}
