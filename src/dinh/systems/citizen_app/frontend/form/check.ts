/** Everything once more before it is sent, each part with the way back to it; and what is said after it was sent or kept. */
import { holdsShape } from './judging.ts';
import { isShown } from './pictures.ts';
import type { Draft } from '../drafts/draft.ts';
import { button, element, find, link } from '../drafts/elements.ts';
import { path, say } from '../drafts/words.ts';
import type { Step } from './steps.ts';

export { holdsShape };
let shown: string[] = [];

/** `answers` are questions and answers in words. */
export function showCheck(draft: Draft, answers: readonly [string, string][], reach: { contact: string; isPrivate: boolean }, go: (step: Step) => void): void {
  const list = find('[data-check]');
  for (const url of shown) URL.revokeObjectURL(url);
  shown = [];
  const row = (name: string, step: Step, ...value: (Node | string)[]): Node[] => {
    const change = button(say('change'), 'btn btn--small btn--quiet', () => go(step));
    change.setAttribute('aria-label', `${say('change')}: ${name}`);
    return [element('dt', '', name), element('dd', 'check__value', element('div', '', ...value), change)];
  };
  const photos = draft.photos.map((photo, index) => {
    if (!isShown(photo)) return element('span', 'badge', photo.name);
    const picture = element('img', 'check__photo');
    picture.src = URL.createObjectURL(photo.blob);
    picture.alt = say('photoOf', { n: index + 1 });
    shown.push(picture.src);
    return picture;
  });
  const where = [draft.fields.address, draft.place].filter((part, index, all) => part && all.indexOf(part) === index).join(', ');
  list.replaceChildren(
    ...row(say('steps.photo'), 'photo', ...(photos.length ? [element('div', 'check__photos', ...photos)] : [say('none')])),
    ...row(say('steps.place'), 'place', where || say('none')),
    ...row(say('steps.kind'), 'kind', element('strong', '', draft.title), ...(draft.fields.description ? [element('p', 'check__words', draft.fields.description)] : [])),
    ...answers.flatMap(([question, answer]) => row(question, 'details', answer)),
    ...row(say('contact'), 'contact', reach.contact || say('anonymous')),
    ...row(say('who'), 'contact', say(reach.isPrivate ? 'private' : 'public')),
  );
}

/** After sending: the number and the link, or that it is kept and goes by itself. */
export function showSent(draft: Draft | null, words = ''): void {
  const box = find('[data-sent]');
  const title = find('[data-sent-title]', box);
  const body = find('[data-sent-body]', box);
  const another = link(say('another'), 'btn', path('report') || location.pathname);
  const mine = link(say('mineAll'), 'btn', path('mine'));
  if (draft?.state === 'sent') {
    title.textContent = say('thanks');
    const address = new URL(draft.follow, location.href).href;
    const number = element('p', 'sent__number', draft.number);
    number.dataset.number = draft.number;
    const copy = button(say('copy'), 'btn', () => {
      void navigator.clipboard?.writeText(address).then(() => (copy.lastChild as HTMLElement).replaceChildren(say('copied')));
    });
    const follow = link(say('follow'), 'btn btn--primary', draft.follow);
    body.replaceChildren(number, element('p', '', say('keep')), element('div', 'buttons', follow, copy, another));
  } else if (draft) {
    title.textContent = say('kept');
    body.replaceChildren(element('p', '', say('keptMore')), element('div', 'buttons', mine, another));
  } else {
    title.textContent = words;
    body.replaceChildren(element('div', 'buttons', mine, another));
  }
  const first = box.hidden;
  box.hidden = false;
  if (first) {
    scrollTo({ top: 0 });
    title.focus({ preventScroll: true });
  }
}
