/** Short messages at the edge of the page. The server sends one by the header HX-Trigger: {"dinh:toast": "…"}. */
import { icon } from './icons.ts';
import { say } from './words.ts';

export type Tone = 'info' | 'success' | 'error';
const STAYS_MS = 6_000;

export function toast(text: string, tone: Tone = 'info'): void {
  const box = document.getElementById('toasts');
  if (!box || !text) return;
  for (const old of box.querySelectorAll('p')) if (old.textContent === text) old.parentElement?.remove();
  const element = document.createElement('div');
  element.className = `toast toast--${tone}`;
  const words = document.createElement('p');
  words.textContent = text;
  const close = document.createElement('button');
  close.type = 'button';
  close.setAttribute('aria-label', say('close'));
  close.append(icon('x'));
  close.addEventListener('click', () => element.remove());
  element.append(icon(tone === 'error' ? 'circle-alert' : tone === 'success' ? 'circle-check' : 'info'), words, close);
  box.append(element);
  // What went wrong stays until it is read.
  if (tone !== 'error') setTimeout(() => element.remove(), STAYS_MS);
}

/** Takes away a message that holds no longer. */
export function dismiss(text: string): void {
  for (const words of document.querySelectorAll('#toasts p')) if (words.textContent === text) words.parentElement?.remove();
}

export function startToasts(): void {
  document.body.addEventListener('dinh:toast', (event) => {
    const detail = (event as CustomEvent<{ value?: string; text?: string; tone?: Tone } | string>).detail;
    if (typeof detail === 'string') toast(detail);
    else toast(detail.text ?? detail.value ?? '', detail.tone ?? 'success');
  });
  document.body.addEventListener('dinh:live', (event) => {
    if ((event as CustomEvent<string>).detail === 'on') dismiss(say('noAnswer'));
  });
}
