/** The grid of a return: Enter and arrows walk, a block from a sheet is pasted, a draft is saved while one types. */
import './reporting.css';

const SAVE_AFTER_MS = 1500;
interface Mark { name: string; level: string; says: string }
interface Saved { version: number; marks: Mark[]; saved: string }

/** The inputs of the table by row and column, notes included. */
function cellsOf(form: HTMLFormElement): HTMLInputElement[][] {
  return [...form.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll<HTMLInputElement>('input[type=text]')]);
}

function placeOf(cells: HTMLInputElement[][], input: EventTarget | null): [number, number] | null {
  for (const [line, row] of cells.entries()) {
    const column = row.findIndex((cell) => cell === input);
    if (column >= 0) return [line, column];
  }
  return null;
}

export function block(text: string): string[][] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  return lines.map((line) => line.split('\t').map((cell) => cell.trim()));
}

function walk(form: HTMLFormElement, event: KeyboardEvent): void {
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  const cells = cellsOf(form);
  const place = placeOf(cells, event.target);
  if (step === undefined || !place || event.ctrlKey || event.altKey || event.isComposing) return;
  event.preventDefault();
  const next = cells[place[0] + step]?.[place[1]];
  next?.focus();
  next?.select();
}

function paste(form: HTMLFormElement, event: ClipboardEvent): void {
  const cells = cellsOf(form);
  const place = placeOf(cells, event.target);
  const given = block(event.clipboardData?.getData('text/plain') ?? '');
  if (!place || (given.length < 2 && (given[0]?.length ?? 0) < 2)) return;
  event.preventDefault();
  for (const [down, row] of given.entries())
    for (const [right, text] of row.entries()) {
      const cell = cells[place[0] + down]?.[place[1] + right];
      if (cell) cell.value = text;
    }
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

function show(form: HTMLFormElement, marks: Mark[]): void {
  for (const cell of form.querySelectorAll('td.num')) cell.classList.remove('reporting-error', 'reporting-warning');
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  for (const input of form.querySelectorAll<HTMLInputElement>('td.num input')) input.title = '';
  for (const mark of marks) {
    const input = form.elements.namedItem(mark.name);
    if (!(input instanceof HTMLInputElement)) continue;
    input.closest('td')?.classList.add(`reporting-${mark.level}`);
    if (mark.level === 'error') input.setAttribute('aria-invalid', 'true');
    input.title = mark.says;
  }
}

function startAutosave(form: HTMLFormElement): void {
  const status = form.querySelector<HTMLElement>('[data-saved]');
  const version = form.elements.namedItem('version');
  let timer = 0;
  let saving = false;
  let stopped = false;
  let again = false;
  const save = async (): Promise<void> => {
    if (stopped) return;
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    try {
      const answer = await fetch(form.action || location.href, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
      if (answer.ok) {
        const saved = (await answer.json()) as Saved;
        for (const field of document.querySelectorAll<HTMLInputElement>('input[name=version]')) field.value = String(saved.version);
        show(form, saved.marks);
        if (status) status.textContent = saved.saved;
      } else if (answer.status === 409) {
        const { error, code } = (await answer.json()) as { error: string; code: string };
        if (status) status.textContent = error;
        stopped = code !== 'reporting.not_a_figure';
      }
    } catch {
      // No network: what was typed stays in the form, and the next change tries again.
    } finally {
      saving = false;
      if (again) {
        again = false;
        void save();
      }
    }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void save(), SAVE_AFTER_MS);
  });
  // A draft that is on its way would take the version from under a form that is sent by hand.
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      const button = event.submitter;
      const wait = window.setInterval(() => {
        if (saving) return;
        clearInterval(wait);
        stopped = true;
        form.requestSubmit(button);
      }, 50);
    } else stopped = true;
  });
  if (!(version instanceof HTMLInputElement)) stopped = true;
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-grid]')) {
  form.addEventListener('keydown', (event) => walk(form, event));
  form.addEventListener('paste', (event) => paste(form, event));
  if (form.hasAttribute('data-autosave')) startAutosave(form);
}
