/** The inbox by keyboard: `/` goes to its own search, `t` takes the case of the row that has the focus. */
import './work.css';

function startFilters(): void {
  for (const control of document.querySelectorAll<HTMLSelectElement>('[data-submits]'))
    control.addEventListener('change', () => control.form?.requestSubmit());
  // What is empty need not stand in the address.
  document.querySelector<HTMLFormElement>('.work-filters')?.addEventListener('submit', (event) => {
    for (const control of (event.currentTarget as HTMLFormElement).querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]'))
      if (!control.value || (control.name === 'states' && control.value === 'open') || (control.name === 'order' && control.value === 'due_at')) control.disabled = true;
  });
}

/** The key `t` belongs to one button only: that of the row one stands on. */
function markRow(target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest('tr')?.querySelector<HTMLElement>('[data-take]') : null;
  for (const other of document.querySelectorAll<HTMLElement>('[data-take][data-key]')) delete other.dataset.key;
  if (button) button.dataset.key = 't';
}

document.addEventListener('focusin', (event) => markRow(event.target));
document.addEventListener(
  'keydown',
  (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const field = document.getElementById('q');
    if (!(field instanceof HTMLInputElement)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
    field.select();
  },
  { capture: true },
);

/** How many are marked is said beside the buttons; marks outlive a refresh of the list. */
function startMarks(): void {
  const marked = new Set<string>();
  const tell = () => {
    const said = document.querySelector<HTMLElement>('[data-marked]');
    if (said && marked.size) said.textContent = String(marked.size);
  };
  document.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !('mark' in box.dataset)) return;
    if (box.checked) marked.add(box.value);
    else marked.delete(box.value);
    tell();
  });
  document.body.addEventListener('htmx:afterSwap', () => {
    for (const box of document.querySelectorAll<HTMLInputElement>('[data-mark]')) box.checked = marked.has(box.value);
    tell();
  });
}

/** Of the fields of an act on many cases only those of the chosen act are shown. */
function startBulk(): void {
  const form = document.getElementById('bulk-act');
  if (!form) return;
  const show = () => {
    const act = form.querySelector<HTMLInputElement>('input[name=act]:checked')?.value ?? '';
    for (const part of form.querySelectorAll<HTMLElement>('[data-for]')) part.hidden = !(part.dataset.for ?? '').split(' ').includes(act);
  };
  form.addEventListener('change', show);
  show();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
startMarks();
startBulk();
startFilters();
