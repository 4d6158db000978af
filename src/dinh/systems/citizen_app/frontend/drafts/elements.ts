/** Small pieces of page, made of text only: nothing that a person typed is ever read as markup. */
import { icon } from '@house/icons.ts';

type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, look = '', ...children: Child[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (look) made.className = look;
  made.append(...children);
  return made;
}

export function button(label: string, look: string, press: () => void, sign = ''): HTMLButtonElement {
  const made = element('button', look);
  made.type = 'button';
  if (sign) made.append(icon(sign));
  made.append(element('span', '', label));
  made.addEventListener('click', press);
  return made;
}

export function link(label: string, look: string, to: string): HTMLAnchorElement {
  const made = element('a', look, element('span', '', label));
  made.href = to;
  return made;
}

export function find<E extends HTMLElement>(selector: string, within: ParentNode = document): E {
  const found = within.querySelector<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
