/** Shows the result: in a page of the house (checked before anything is sent), or in a file opened from a disk. */
import { checked, type Check, type Found, NotAProof } from './files.ts';
import { CHECKS, said, WORDS } from './words.ts';

const english = document.documentElement.lang.startsWith('en');
const numbers = new Intl.NumberFormat(english ? 'en' : 'vi');
const w = (name: keyof typeof WORDS, values: Record<string, string> = {}): string => said(WORDS[name] as [string, string], english, values);

function made(tag: string, text = '', attributes: Record<string, string> = {}): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function sentence(check: Check): string {
  const words = CHECKS[check.what]?.[english ? 1 : 0];
  const text = words?.[{ yes: 0, no: 1, open: 2 }[check.holds]] ?? check.what;
  return text.replace('{size}', numbers.format(check.size ?? 0));
}

function verdict(kind: 'good' | 'bad' | 'unsure', title: string, text: string): HTMLElement {
  const box = made('div', '', { class: 'verify-verdict', 'data-verdict': kind, role: 'status' });
  box.append(made('p', title), made('p', text));
  return box;
}

function list(title: string, lines: string[]): HTMLElement[] {
  const items = made('ul');
  for (const line of lines) items.append(made('li', line));
  return [made('h2', title), items];
}

function shown(found: Found): HTMLElement[] {
  const bad = found.checks.some((check) => check.holds === 'no');
  const unsure = found.checks.some((check) => check.holds === 'open' && check.what !== 'leaf_absent');
  const kind = bad ? 'bad' : unsure ? 'unsure' : 'good';
  const values = { index: numbers.format(found.index ?? 0), size: numbers.format(found.size) };
  const parts = [verdict(kind, w(kind), w(found.index === null ? 'sizes' : 'entry', values))];
  if (found.erasedAt) parts.push(verdict('unsure', w('erased', { day: new Date(found.erasedAt).toLocaleDateString(english ? 'en-GB' : 'vi-VN', { timeZone: 'Asia/Ho_Chi_Minh' }) }), ''));
  const checks = made('ul', '', { class: 'verify-list' });
  for (const check of found.checks) {
    const line = made('li');
    line.append(made('b', w(check.holds), { 'data-holds': check.holds }), made('span', sentence(check)));
    checks.append(line);
  }
  parts.push(made('h2', w('checked')), checks);
  if (found.leaf !== null && !bad) parts.push(made('h2', w('says')), made('pre', pretty(found.leaf), { class: 'verify-example', tabindex: '0' }));
  if (bad) parts.push(...list(w('whatNow'), [w('loadAgain'), w('tellThem')]));
  else parts.push(...list(w('shown'), [w('proves')]), ...list(w('notShown'), [w('notTruth'), w('notPeople'), w('notOthers')]));
  return parts;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function result(written: string, keys: string[], elsewhere: string): Promise<HTMLElement[]> {
  if (!globalThis.crypto?.subtle) return [verdict('unsure', w('unsure'), w('noCrypto'))];
  try {
    return shown(await checked(written, { keys, elsewhere }));
  } catch (fault) {
    if (!(fault instanceof NotAProof)) throw fault;
    return [verdict('bad', w('notAProof'), w('field', { field: fault.message }))];
  }
}

/** A file that holds its own proof: checked at once, and again with what the reader trusts. */
function openBundle(place: HTMLElement, written: string): void {
  const output = made('div', '', { 'aria-live': 'polite' });
  const form = made('form') as HTMLFormElement;
  const key = made('textarea', '', { id: 'verify-key', rows: '2', spellcheck: 'false' }) as HTMLTextAreaElement;
  const note = made('textarea', '', { id: 'verify-note', rows: '6', spellcheck: 'false' }) as HTMLTextAreaElement;
  const held = (JSON.parse(written) as { keys?: { key: string }[] }).keys ?? [];
  form.append(
    made('h2', w('keyTitle')), made('p', w('keyHint')), made('code', held.map((row) => row.key).join('\n')),
    made('label', w('keyLabel'), { for: 'verify-key' }), key, made('label', w('noteLabel'), { for: 'verify-note' }), note, made('p'), made('button', w('again')),
  );
  const again = async (): Promise<void> => {
    const keys = key.value.split(/\s+/).filter(Boolean);
    output.replaceChildren(...(await result(written, keys, note.value)));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void again();
  });
  place.replaceChildren(output, form);
  void again();
}

/** The form of the house: the file is read and checked here; only who asks for it sends it to the server. */
function watchForm(form: HTMLFormElement, place: HTMLElement): void {
  const keys = [...document.querySelectorAll('[data-verify-key]')].map((element) => (element.textContent ?? '').trim());
  form.addEventListener('submit', (event) => {
    if ((event.submitter as HTMLButtonElement | null)?.dataset['server'] !== undefined) return;
    const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
    const pasted = form.querySelector<HTMLTextAreaElement>('textarea[name=text]')?.value ?? '';
    if (!globalThis.crypto?.subtle) return;
    event.preventDefault();
    void (async () => {
      const written = file ? await file.text() : pasted;
      place.hidden = false;
      place.replaceChildren(...(await result(written, keys, '')));
      place.scrollIntoView({ block: 'nearest' });
    })();
  });
}

const place = document.querySelector<HTMLElement>('[data-verify-result]');
const bundle = document.getElementById('verify-bundle');
const form = document.querySelector<HTMLFormElement>('[data-verify-form]');
if (place && bundle) openBundle(place, bundle.textContent ?? '');
else if (place && form) watchForm(form, place);
