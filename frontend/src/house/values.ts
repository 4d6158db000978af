/** Figures that move in place: `<span data-live-value="<series id>" data-places="1">`. */
import { live, type Values } from './live.ts';
import { formatNumber } from './numbers.ts';

export function watchValues(root: ParentNode = document): void {
  const ids = [...root.querySelectorAll<HTMLElement>('[data-live-value]')].map((element) => element.dataset.liveValue ?? '');
  if (ids.length) live.watch([...new Set(ids.filter(Boolean))]);
}

export function startValues(): void {
  watchValues();
  document.addEventListener('htmx:load', (event) => watchValues(event.target as HTMLElement));
  document.body.addEventListener('dinh:values', (event) => {
    for (const [id, [, value]] of Object.entries((event as CustomEvent<Values>).detail))
      for (const element of document.querySelectorAll<HTMLElement>(`[data-live-value="${CSS.escape(id)}"]`)) {
        const text = formatNumber(value, Number(element.dataset.places ?? 1));
        if (element.textContent !== text) {
          element.textContent = text;
          highlight(element);
        }
      }
  });
}

/** A short, quiet mark that something changed. */
export function highlight(element: Element): void {
  element.classList.remove('changed');
  requestAnimationFrame(() => element.classList.add('changed'));
}
