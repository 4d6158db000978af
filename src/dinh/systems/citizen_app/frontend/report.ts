/** The report as steps: kept on the device from the first word, sent once, at once or when there is a network. */
import './public_card.css';
import './report.css';
import { fresh, type Draft, isEmpty, mayChange, newId } from './drafts/draft.ts';
import { find } from './drafts/elements.ts';
import { askWorker } from './drafts/running.ts';
import { send } from './drafts/sending.ts';
import { draft as kept, Full, hear, holdOn, keep, remove } from './drafts/store.ts';
import { path, say, told } from './drafts/words.ts';
import { showCheck, showSent } from './form/check.ts';
import { clear, show as showFaults } from './form/faults.ts';
import { faultsOf, stepOf } from './form/judging.ts';
import { startKinds } from './form/kinds.ts';
import { startPhotos } from './form/photos.ts';
import { startPlace } from './form/place.ts';
import { startSteps, STEPS, type Step } from './form/steps.ts';
import { startTwins } from './form/twins.ts';

const NAMES = ['category', 'description', 'address', 'unit', 'longitude', 'latitude', 'name', 'phone', 'email', 'account'] as const;
const LATER_MS = 400;

const form = find<HTMLFormElement>('[data-report]');
const saved = find('[data-steps-saved]');
const field = (name: string): HTMLInputElement | null => form.elements.namedItem(name) as HTMLInputElement | null;
const account = (): string => field('account')?.value ?? '';

let draft: Draft = fresh(newId(), path('language'), Date.now());
let timer = 0;
let stopped = false;

/** From the page into the draft. */
function gather(): void {
  for (const name of NAMES) draft.fields[name] = name === 'category' ? kinds.chosen() : (field(name)?.value ?? '').trim();
  draft.fields.private = (field('private') as HTMLInputElement).checked ? '1' : '';
  draft.answers = {};
  for (const question of form.querySelectorAll<HTMLElement>('.question:not([hidden])')) {
    const input = question.querySelector<HTMLInputElement>('input:checked, input:not([type=radio])');
    if (input?.value) draft.answers[question.dataset.name ?? ''] = input.value.trim();
  }
  draft.title = kinds.name(draft.fields.category ?? '');
  draft.changed = Date.now();
}

/** From the draft into the page. */
function fill(): void {
  for (const name of NAMES) {
    const input = field(name);
    if (name === 'category') kinds.choose(draft.fields.category ?? '');
    else if (input && name !== 'account') input.value = draft.fields[name] ?? '';
  }
  (field('private') as HTMLInputElement).checked = draft.fields.private === '1';
  for (const [name, value] of Object.entries(draft.answers))
    for (const input of form.querySelectorAll<HTMLInputElement>(`.question:not([hidden])[data-name="${CSS.escape(name)}"] input`)) {
      if (input.type === 'radio') input.checked = input.value === value;
      else input.value = value;
    }
}

async function save(): Promise<boolean> {
  clearTimeout(timer);
  if (stopped || draft.state === 'sent') return false;
  gather();
  if (isEmpty(draft)) return true;
  try {
    await keep(draft);
    remember();
    saved.textContent = say('saved');
    saved.classList.remove('late');
    return true;
  } catch (error) {
    saved.textContent = say(error instanceof Full ? 'full' : 'noStore');
    saved.classList.add('late');
    return false;
  }
}

/** Behind the address, where no server reads it: a page that is loaded again, or in the other language, goes on with this draft. */
function remember(): void {
  if (location.hash === `#${draft.id}`) return;
  history.replaceState(history.state, '', `#${draft.id}`);
  for (const next of document.querySelectorAll<HTMLInputElement>('input[name=next]')) next.value = `${next.value.split('#')[0]}#${draft.id}`;
}

function later(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void save(), LATER_MS);
}

const photos = startPhotos(
  () => draft.photos,
  (changed) => {
    draft.photos = changed;
    photos.show(changed);
    where.offer(changed.find((photo) => photo.taken)?.taken ?? null);
    nextWords(steps.now());
    void save();
  },
);
const where = startPlace(form, (said) => {
  draft.place = said;
  if (said) clear(form);
  later();
});
const kinds = startKinds(form, () => {
  clear(form);
  later();
});
const twins = startTwins(account, (words) => {
  stopped = true;
  void remove(draft.id).catch(() => undefined);
  steps.close();
  showSent(null, words);
});

const needed = (): string[] => [...form.querySelectorAll<HTMLElement>('.question[data-needed]:not([hidden])')].map((one) => one.dataset.name ?? '');
const judged = (step: Step): [string, string][] => faultsOf(draft, step, needed()).map(([name, word]) => [name, say(word)]);

function nextWords(step: Step): void {
  find('[data-next-words]').textContent = say(step === 'photo' && !draft.photos.length ? 'skip' : 'go');
}

const steps = startSteps(form, {
  // Whether anything is asked is known once there is a category.
  skips: (step) => step === 'details' && kinds.chosen() !== '' && !form.querySelector('.question:not([hidden])'),
  async mayLeave(step) {
    await save();
    const faults = judged(step);
    if (faults.length) {
      showFaults(form, faults);
      return false;
    }
    clear(form);
    if (step === 'kind' && (await twins(where.point(), kinds.chosen()))) {
      const heading = find('[data-twins] h3');
      heading.tabIndex = -1;
      heading.focus();
      return false;
    }
    return true;
  },
  shown(step) {
    draft.step = step;
    nextWords(step);
    if (step === 'check') check();
    if (!isEmpty(draft)) void save();
  },
});

function check(): void {
  gather();
  const answers = [...form.querySelectorAll<HTMLElement>('.question:not([hidden])')].flatMap((question): [string, string][] => {
    const input = question.querySelector<HTMLInputElement>('input:checked, input:not([type=radio])');
    const label = question.querySelector('legend, label')?.firstChild?.textContent?.trim() ?? '';
    return input?.value ? [[label, input.type === 'radio' ? (input.nextElementSibling?.textContent ?? '') : input.value]] : [];
  });
  const contact = account() ? say('signedIn') : [draft.fields.name, draft.fields.phone, draft.fields.email].filter(Boolean).join(', ');
  showCheck(draft, answers, { contact, isPrivate: draft.fields.private === '1' || kinds.isPrivate(kinds.chosen()) }, (step) => steps.go(step));
}

function tellFaults(faults: readonly [string, string][]): void {
  const box = find('[data-check-faults]');
  const list = find('ul', box);
  list.replaceChildren(
    ...faults.map(([name, words]) => {
      const item = document.createElement('li');
      const at = stepOf(name);
      if (at === 'check') item.textContent = words;
      else {
        const go = document.createElement('button');
        go.type = 'button';
        go.className = 'as-link';
        go.textContent = words;
        go.addEventListener('click', () => {
          steps.go(at);
          showFaults(form, [[name, words]]);
        });
        item.append(go);
      }
      return item;
    }),
  );
  box.hidden = !faults.length;
  if (faults.length) box.scrollIntoView({ block: 'center' });
}

const press = find<HTMLButtonElement>('[data-send]');
press.addEventListener('click', () => {
  void handIn().finally(() => press.removeAttribute('aria-busy'));
});

async function handIn(): Promise<void> {
  gather();
  const faults = STEPS.flatMap((step) => judged(step));
  tellFaults(faults);
  if (faults.length) return;
  press.setAttribute('aria-busy', 'true');
  clearTimeout(timer);
  draft = { ...draft, state: 'waiting', attempts: 0, next: 0, fault: '', faults: {} };
  try {
    await keep(draft);
  } catch {
    return sendWithoutKeeping();
  }
  holdOn();
  const became = navigator.onLine ? await send(draft.id) : null;
  draft = became ?? (await kept(draft.id)) ?? draft;
  if (draft.state === 'refused') return refused();
  if (draft.state !== 'sent') void askWorker();
  end();
}

/** A browser that keeps nothing sends now or not at all: what was written stays on the page. */
async function sendWithoutKeeping(): Promise<void> {
  const { after, around, formOf, SEND_PATH } = await import('./drafts/sending.ts');
  const answer = await around.fetch(SEND_PATH, formOf(draft)).catch(() => null);
  draft = await after(draft, answer, { now: Date.now(), spread: 0 });
  if (draft.state === 'sent') return end();
  if (draft.state === 'refused') return refused();
  draft.state = 'draft';
  tellFaults([['', say('noStore')]]);
}

function refused(): void {
  const faults = Object.entries(draft.faults);
  tellFaults(faults.length ? faults : [['', draft.fault]]);
  draft = { ...draft, state: 'draft' };
  void keep(draft).catch(() => undefined);
}

function end(): void {
  stopped = true;
  steps.close();
  showSent(draft);
  hear(() => {
    void kept(draft.id).then((now) => {
      if (now && now.state !== draft.state) {
        draft = now;
        showSent(draft);
      }
    });
  });
}

form.addEventListener('input', later);
document.addEventListener('visibilitychange', () => document.hidden && void save());

async function begin(): Promise<void> {
  const asked = location.hash.slice(1);
  const named = /^[0-9a-f-]{36}$/.test(asked) ? await kept(asked).catch(() => null) : null;
  const found = named && mayChange(named) ? named : null;
  if (named && !found) {
    saved.textContent = say(named.state === 'sent' ? 'went' : 'underway');
    history.replaceState(null, '', location.pathname + location.search);
  } else if (found) {
    draft = { ...found, state: 'draft', language: path('language') };
    // Nobody sends it while it is being changed.
    await keep(draft).catch(() => undefined);
    fill();
    photos.show(draft.photos);
    where.offer(draft.photos.find((photo) => photo.taken)?.taken ?? null);
    where.restore(draft.place);
  }
  const step = STEPS.find((one) => one === draft.step) ?? 'photo';
  steps.go(found?.fault ? 'check' : step, { quiet: true, replace: true });
  if (found?.fault) tellFaults(Object.entries(found.faults).length ? Object.entries(found.faults) : [['', found.fault]]);
  document.documentElement.dataset.report = 'ready';
}

if (told.words) void begin();
