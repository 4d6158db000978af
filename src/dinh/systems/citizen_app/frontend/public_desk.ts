/** The desk by keyboard: `x` marks the report one stands on, `j` and `k` walk, the keys of the buttons do the rest. */
import './public_card.css';
import './public_pages.css';

const form = document.getElementById('desk');
const boxes = (): HTMLInputElement[] => [...(form?.querySelectorAll<HTMLInputElement>('[data-mark]') ?? [])];

function tell(): void {
  const said = form?.querySelector<HTMLElement>('[data-marked]');
  const count = boxes().filter((box) => box.checked).length;
  if (said && count) said.textContent = `${said.dataset.marked ?? ''} ${count}`;
  for (const box of boxes()) box.closest('[data-entry]')?.classList.toggle('dentry--on', box.checked);
}

form?.addEventListener('change', tell);
document.addEventListener(
  'keydown',
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !form) return;
    const here = document.activeElement;
    const box = here?.closest('[data-entry]')?.querySelector<HTMLInputElement>('[data-mark]');
    // A checkbox holds the house's keys back like a field to type in; here they go on from its report.
    if (here === box && box && /^[jkspbd]$/.test(event.key)) box.closest('[data-entry]')?.querySelector<HTMLElement>('[data-row]')?.focus();
    if (event.key !== 'x' || (here instanceof HTMLElement && here !== box && /^(INPUT|TEXTAREA|SELECT)$/.test(here.tagName))) return;
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    tell();
  },
  { capture: true },
);
tell();
