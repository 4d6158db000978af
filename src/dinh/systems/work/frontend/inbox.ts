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
startFilters();
