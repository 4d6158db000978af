/** A fault beside its field, bound to it for those who hear the page. */
import { element, find } from '../drafts/elements.ts';
import { icon } from '@house/icons.ts';

function placeOf(form: HTMLFormElement, name: string): { field: HTMLElement; after: HTMLElement } {
  if (name === 'place') return { field: find('#id_address', form), after: find('[data-where-says]', form) };
  if (name === 'category') return { field: find('#categories', form), after: find('#categories > legend', form) };
  if (name === 'photo') return { field: find('[data-photo-choose]', form), after: find('[data-photos-list]', form) };
  if (name.startsWith('answers.')) {
    const set = form.querySelector<HTMLElement>(`.question:not([hidden])[data-name="${CSS.escape(name.slice(8))}"] fieldset`);
    if (set) return { field: set.querySelector<HTMLElement>('input') ?? set, after: set.firstElementChild as HTMLElement };
  }
  const field = form.querySelector<HTMLElement>(`#id_${CSS.escape(name)}`) ?? find('[data-check]', form);
  return { field, after: field };
}

export function clear(form: HTMLFormElement): void {
  for (const fault of form.querySelectorAll('[data-fault]')) fault.remove();
  for (const field of form.querySelectorAll('[data-faulty]')) {
    field.removeAttribute('aria-invalid');
    field.removeAttribute('data-faulty');
    const described = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && !id.startsWith('fault-'));
    if (described.length) field.setAttribute('aria-describedby', described.join(' '));
    else field.removeAttribute('aria-describedby');
  }
}

/** Shows each, and leads to the first. */
export function show(form: HTMLFormElement, faults: readonly [string, string][]): void {
  clear(form);
  faults.forEach(([name, words], index) => {
    const { field, after } = placeOf(form, name);
    const told = element('p', 'field__error', icon('circle-alert'), element('span', '', words));
    told.id = `fault-${index}`;
    told.dataset.fault = name;
    told.setAttribute('role', 'alert');
    after.after(told);
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('data-faulty', '');
    field.setAttribute('aria-describedby', `${field.getAttribute('aria-describedby') ?? ''} ${told.id}`.trim());
    if (index === 0) {
      field.focus({ preventScroll: true });
      told.scrollIntoView({ block: 'center' });
    }
  });
}
