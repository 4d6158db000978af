/** Small tables that are wholly on the page: `<table data-sortable>`; cells may carry `data-value`. */
import { icon } from './icons.ts';
import { say } from './words.ts';

const collator = new Intl.Collator('vi', { numeric: true, sensitivity: 'base' });

export function compareCells(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y;
}

const textOf = (cell: HTMLTableCellElement | undefined): string => cell?.dataset.value ?? cell?.textContent?.trim() ?? '';

export function makeSortable(table: HTMLTableElement): void {
  if (table.dataset.sortable === 'ready') return;
  table.dataset.sortable = 'ready';
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  headings.forEach((heading, column) => {
    if (heading.hasAttribute('data-unsorted') || !heading.textContent?.trim()) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.title = say('sort');
    button.append(...heading.childNodes, icon('chevrons-up-down'));
    heading.append(button);
    button.addEventListener('click', () => {
      const up = heading.getAttribute('aria-sort') !== 'ascending';
      for (const other of headings) {
        other.removeAttribute('aria-sort');
        other.querySelector('.icon')?.replaceWith(icon('chevrons-up-down'));
      }
      heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      heading.querySelector('.icon')?.replaceWith(icon(up ? 'chevron-up' : 'chevron-down'));
      for (const body of table.tBodies) {
        const rows = [...body.rows].sort((a, b) => compareCells(textOf(a.cells[column]), textOf(b.cells[column])) * (up ? 1 : -1));
        body.append(...rows);
      }
    });
  });
}

export function startSorting(): void {
  const find = (root: ParentNode): void => root.querySelectorAll<HTMLTableElement>('table[data-sortable]').forEach(makeSortable);
  find(document);
  document.addEventListener('htmx:load', (event) => find(event.target as HTMLElement));
}
