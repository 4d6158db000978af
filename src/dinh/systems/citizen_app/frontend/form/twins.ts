/** What was reported near there already: offered once before sending, to be followed instead of reported again. */
import { around, type Near } from '../drafts/asking.ts';
import { button, element, find, link } from '../drafts/elements.ts';
import { path, say } from '../drafts/words.ts';
import type { Point } from './place.ts';

/** True where something is shown now that was not shown for this point and category before. */
export type Twins = (point: Point | null, category: string) => Promise<boolean>;

export function startTwins(account: () => string, followed: (words: string) => void): Twins {
  const box = find('[data-twins]');
  const list = find('[data-twins-list]', box);
  let offered = '';
  return async (point, category) => {
    const key = point ? `${point.longitude.toFixed(4)} ${point.latitude.toFixed(4)} ${category}` : '';
    if (!point || !category || !navigator.onLine || key === offered) return false;
    offered = key;
    const found = (await around(point.longitude, point.latitude, category))?.requests ?? [];
    list.replaceChildren(...found.map((near) => row(near, account, followed)));
    box.hidden = !found.length;
    return found.length > 0;
  };
}

function row(near: Near, account: () => string, followed: (words: string) => void): HTMLLIElement {
  const item = element('li', 'twin');
  if (near.photo) {
    const picture = element('img', 'twin__picture');
    picture.src = near.photo;
    picture.alt = '';
    item.append(picture);
  }
  const words = element('div', 'twin__words', element('strong', '', near.words || near.category));
  words.append(element('span', 'muted', [near.address, say('metres', { n: near.metres }), near.state].filter(Boolean).join(' · ')));
  if (near.path) {
    const more = link(near.number, 'small num', near.path);
    more.target = '_blank';
    words.append(more);
  }
  const says = element('p', 'field__error');
  says.setAttribute('role', 'alert');
  says.hidden = true;
  const follow = async (address: string): Promise<void> => {
    const body = new URLSearchParams({ number: near.number, address, account: account() });
    const answer = await fetch(path('same'), { method: 'POST', body, headers: { Accept: 'application/json' } }).catch(() => null);
    const told = ((await answer?.json().catch(() => null)) ?? {}) as { message?: string };
    if (answer?.ok) return followed(told.message ?? '');
    says.textContent = told.message ?? say('mapFails');
    says.hidden = false;
  };
  const ask = button(say('same'), 'btn', () => {
    if (account()) return void follow('');
    ask.replaceWith(addressField(near.number, follow));
    item.querySelector('input')?.focus();
  });
  item.append(words, ask, says);
  return item;
}

function addressField(number: string, follow: (address: string) => Promise<void>): HTMLElement {
  const input = element('input', 'input');
  input.id = `same-${number}`;
  input.autocomplete = 'email';
  input.maxLength = 220;
  const label = element('label', '', say('sameAddress'));
  label.htmlFor = input.id;
  const send = (): void => void (input.value.trim() && follow(input.value.trim()));
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    send();
  });
  return element('div', 'twin__follow', label, input, button(say('sameSend'), 'btn btn--primary', send));
}
