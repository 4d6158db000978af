/** Fields that are asked only after certain answers (`data-show-if`, as `dinh.web.schema_forms` draws them) come and go at
    once. Without this script the server draws the page again with them. */

export type Condition = Record<string, unknown>;

/** The answers of a form by name; of boxes and lists all that are chosen. */
export function answers(form: HTMLFormElement): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

const word = (value: unknown): string => String(value);

/** All named fields have one of their values; a box that must not be ticked is wanted as `false`. */
export function holds(condition: Condition, prefix: string, given: Map<string, string[]>): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const held = given.get(prefix ? `${prefix}-${name}` : name) ?? [];
    const words = (Array.isArray(wanted) ? wanted : [wanted]).map(word);
    return held.some((value) => words.includes(value) || (value === 'on' && words.includes('true')));
  });
}

function apply(form: HTMLFormElement): void {
  // A field that hangs on one that just went has to go too: a few rounds settle every chain.
  for (let round = 0; round < 4; round++) {
    const given = answers(form);
    let changed = false;
    for (const part of form.querySelectorAll<HTMLElement>('[data-show-if]')) {
      const show = holds(JSON.parse(part.dataset.showIf ?? '{}') as Condition, part.dataset.prefix ?? '', given);
      if (part.hidden === show) {
        part.hidden = !show;
        changed = true;
      }
      for (const control of part.querySelectorAll<HTMLInputElement>('input, select, textarea')) control.disabled = !show;
    }
    if (!changed) break;
  }
  const shown = form.querySelector<HTMLInputElement>('input[name=_shown]');
  if (shown) shown.value = [...form.querySelectorAll<HTMLElement>('[data-part]')].filter((part) => !part.closest('[hidden]')).map((part) => part.dataset.part).join(' ');
}

export function startConditions(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form:has([data-show-if])')) {
    form.addEventListener('input', () => apply(form));
    form.addEventListener('change', () => apply(form));
    apply(form);
  }
}
