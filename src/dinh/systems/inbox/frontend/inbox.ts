/** The list of notices and the page of the sending: filters that need no button, and choosing all rows. */
import './inbox.css';

for (const control of document.querySelectorAll<HTMLSelectElement>('[data-submits]'))
  control.addEventListener('change', () => control.form?.requestSubmit());
for (const button of document.querySelectorAll<HTMLElement>('[data-plain]'))
  if (button.closest('form')?.querySelector('input[type=search]') === null) button.hidden = true;

const all = document.querySelector<HTMLInputElement>('[data-all]');
if (all) {
  all.hidden = false;
  const boxes = (): NodeListOf<HTMLInputElement> => document.querySelectorAll<HTMLInputElement>('input[name=message]');
  all.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  document.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== 'message') return;
    const chosen = [...boxes()].filter((box) => box.checked).length;
    all.checked = chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  });
}
