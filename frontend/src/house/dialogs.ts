/**
 * Native dialogs: `[data-dialog="id"]` opens one, `[data-close]`, a click beside it or Escape closes it;
 * `<dialog data-open>` that arrives in a fragment opens by itself. `<form data-confirm="…">` asks first.
 */
import { say } from './words.ts';

export function startDialogs(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>('[data-dialog]');
    if (opener) {
      opener.closest('details')?.removeAttribute('open');
      const dialog = document.getElementById(opener.dataset.dialog ?? '');
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    }
    if (target.closest('[data-close]')) target.closest('dialog')?.close();
    if (target instanceof HTMLDialogElement && beside(target, event)) target.close();
    for (const box of document.querySelectorAll<HTMLDetailsElement>('details[data-menu-box][open]'))
      if (!box.contains(target)) box.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const box of document.querySelectorAll<HTMLDetailsElement>('details[data-menu-box][open]')) {
      box.open = false;
      box.querySelector('summary')?.focus();
    }
  });
  document.addEventListener('htmx:load', (event) => {
    const root = event.target as Element;
    const fresh = root instanceof HTMLDialogElement && root.hasAttribute('data-open') ? root : root.querySelector<HTMLDialogElement>('dialog[data-open]');
    if (fresh && !fresh.open) fresh.showModal();
  });
  document.addEventListener('htmx:confirm', (event) => {
    const { elt, issueRequest } = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>).detail;
    if (!elt.dataset.confirm) return;
    event.preventDefault();
    void ask(elt.dataset.confirm).then((yes) => yes && issueRequest(true));
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.confirm || form.hasAttribute('hx-post') || form.dataset.confirmed) return;
    event.preventDefault();
    const { submitter } = event;
    void ask(form.dataset.confirm).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = 'yes';
      form.requestSubmit(submitter as HTMLElement | null);
    });
  });
}

function beside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** A question with two answers, in the house's look. */
export function ask(question: string): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', question);
  const body = document.createElement('div');
  body.className = 'dialog__body';
  const words = document.createElement('p');
  words.textContent = question;
  body.append(words);
  const form = document.createElement('form');
  form.method = 'dialog';
  form.className = 'dialog__foot';
  for (const [value, label, look] of [['', say('cancel'), 'btn'], ['yes', say('confirm'), 'btn btn--primary']] as const) {
    const button = document.createElement('button');
    button.value = value;
    button.className = look;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(body, form);
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector<HTMLButtonElement>('.btn--primary')?.focus();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    }),
  );
}
