/** The categories: found by word, suggested from what was written; those of danger show the numbers to call. */
import { suggested } from '../drafts/asking.ts';
import { button, find } from '../drafts/elements.ts';
import { say } from '../drafts/words.ts';

export interface Kinds {
  chosen(): string;
  name(code: string): string;
  isPrivate(code: string): boolean;
  choose(code: string): void;
}

const LATER_MS = 600;
const FEWEST = 5;

/** Without diacritics, d = đ: as people type in a hurry. */
export const fold = (text: string): string => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[đĐ]/g, 'd').toLowerCase();

export function startKinds(form: HTMLFormElement, changed: () => void): Kinds {
  const set = find('#categories');
  const kinds = [...set.querySelectorAll<HTMLElement>('[data-kind]')];
  const groups = [...set.querySelectorAll<HTMLDetailsElement>('[data-kinds-group]')];
  const danger = find('[data-danger]');
  const of = (code: string): HTMLElement | undefined => kinds.find((kind) => kind.dataset.kind === code);
  const radio = (kind: HTMLElement): HTMLInputElement => find<HTMLInputElement>('input', kind);
  const name = (code: string): string => of(code)?.querySelector('[data-kind-name]')?.textContent ?? '';
  const chosen = (): string => kinds.find((kind) => radio(kind).checked)?.dataset.kind ?? '';

  const show = (): void => {
    const code = chosen();
    danger.hidden = of(code)?.dataset.dangerous === undefined;
    for (const group of groups) if (group.contains(of(code) ?? null)) group.open = true;
    const privately = of(code)?.dataset.private !== undefined;
    find('[data-private-always]').hidden = !privately;
    find('[data-private-ask]').hidden = privately;
    showQuestions(form, code);
  };
  const choose = (code: string): void => {
    const kind = of(code);
    if (!kind) return;
    radio(kind).checked = true;
    show();
    changed();
  };
  set.addEventListener('change', () => {
    show();
    changed();
  });

  startFinding(set, kinds, groups);
  startSuggesting(form, (codes) => {
    const box = find('[data-suggested]');
    const list = find('[data-suggested-list]', box);
    const known = codes.filter((code) => of(code));
    box.hidden = !known.length;
    list.replaceChildren(
      ...known.map((code) =>
        button(name(code), 'chip chip--big', () => {
          choose(code);
          for (const chip of list.children) chip.setAttribute('aria-pressed', String(chip.textContent === name(code)));
          of(code)?.scrollIntoView({ block: 'nearest' });
        }),
      ),
    );
    for (const chip of list.children) chip.setAttribute('aria-pressed', String(chip.textContent === name(chosen())));
  });
  show();
  return { chosen, name, choose, isPrivate: (code) => of(code)?.dataset.private !== undefined };
}

/** Those of the category are asked; the others are not there, and not sent. */
function showQuestions(form: HTMLFormElement, code: string): void {
  let shown = 0;
  for (const question of form.querySelectorAll<HTMLElement>('.question')) {
    const asked = Boolean(code) && (question.dataset.asked ?? '').split(' ').includes(code);
    question.hidden = !asked;
    const field = question.querySelector('fieldset');
    if (field) field.disabled = !asked;
    shown += Number(asked);
  }
  find('[data-details-none]').hidden = shown > 0;
}

function startFinding(set: HTMLElement, kinds: HTMLElement[], groups: HTMLDetailsElement[]): void {
  const input = find<HTMLInputElement>('#kinds-find', set);
  const count = find('[data-kinds-count]', set);
  find('[data-kinds-search]', set).hidden = false;
  const open = new Map(groups.map((group) => [group, group.open]));
  input.addEventListener('input', () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const kind of kinds) {
      const text = fold(`${kind.textContent} ${kind.dataset.words}`);
      kind.hidden = !words.every((word) => text.includes(word));
      shown += Number(!kind.hidden);
    }
    for (const group of groups) {
      if (!words.length) group.open = open.get(group) ?? false;
      else group.open = [...group.querySelectorAll<HTMLElement>('[data-kind]')].some((kind) => !kind.hidden);
      group.hidden = words.length > 0 && !group.open;
    }
    count.textContent = words.length ? say('kindsFound', { n: shown }) : '';
  });
  input.addEventListener('keydown', (event) => event.key === 'Enter' && event.preventDefault());
}

function startSuggesting(form: HTMLFormElement, show: (codes: string[]) => void): void {
  const text = form.elements.namedItem('description') as HTMLTextAreaElement;
  let timer = 0;
  let asked = '';
  const ask = async (): Promise<void> => {
    const words = text.value.trim().slice(0, 400);
    if (words === asked) return;
    asked = words;
    show(words.length < FEWEST ? [] : await suggested(words));
  };
  text.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), LATER_MS);
  });
  text.addEventListener('change', () => void ask());
}
