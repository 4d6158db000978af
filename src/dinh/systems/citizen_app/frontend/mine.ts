/** What this device keeps: drafts, what waits, what was sent and how it stands now. Also the short list of the first page. */
import './public_card.css';
import './mine.css';
import { icon } from '@house/icons.ts';
import { around } from './drafts/asking.ts';
import { type Draft, mayChange, type State } from './drafts/draft.ts';
import { button, element, find, link } from './drafts/elements.ts';
import { locate } from './drafts/locating.ts';
import { hurry } from './drafts/running.ts';
import { drafts, hear, remove, removeAll } from './drafts/store.ts';
import { path, say } from './drafts/words.ts';
import { markSvg } from './public/marks.ts';
import { ask } from '@house/dialogs.ts';

interface Standing {
  number?: string;
  state: string;
  mark: string;
  due?: string;
  asked?: number;
}

const MOST_ASKED = 50;
/** As `templatetags/public_reports.py` has them. */
const COLOURS: Record<string, string> = { open: 'information', late: 'critical', fixed: 'done', unfixed: 'minor' };
const OWN: Record<State, [look: string, sign: string]> = {
  draft: ['waiting', 'file'], waiting: ['minor', 'chevrons-up-down'], sending: ['information', 'chevron-up'], sent: ['done', 'circle-check'], refused: ['critical', 'circle-alert'],
};
const box = document.querySelector<HTMLElement>('[data-mine]');
const most = Number(box?.dataset.mine ?? 0);
let standing: Record<string, Standing> = {};

/** `15:42 27/11`, by the province's clock, as the pages write it. */
function moment(at: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Ho_Chi_Minh' }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('hour')}:${part('minute')} ${part('day')}/${part('month')}`;
}

function stateOf(draft: Draft): HTMLElement {
  const known = draft.state === 'sent' ? standing[draft.id] : undefined;
  if (known) return element('span', `badge badge--${COLOURS[known.mark] ?? 'waiting'}`, markSvg(known.mark), known.state);
  const [look, sign] = OWN[draft.state];
  return element('span', `badge badge--${look} own__chip`, icon(sign), say(draft.state, { why: draft.fault }));
}

function row(draft: Draft): HTMLLIElement {
  const item = element('li', 'own__row');
  item.dataset.draft = draft.id;
  item.dataset.state = draft.state;
  const to = draft.state === 'sent' ? draft.follow : mayChange(draft) ? `${path('report')}#${draft.id}` : '';
  const name = draft.title || draft.fields.description?.slice(0, 60) || say('untitled');
  const open = to ? link(name, 'own__link', to) : element('strong', '', name);
  const known = standing[draft.id];
  const day = moment(draft.sent || draft.begun);
  const photos = draft.photos.length;
  const facts = [draft.number, day, draft.place, photos ? say(photos === 1 ? 'photo' : 'photos', { n: photos }) : ''].filter(Boolean).join(' · ');
  item.append(open, element('span', 'own__facts muted', facts), element('span', 'own__state', stateOf(draft)));
  if (known?.due) item.lastElementChild?.append(element('span', known.mark === 'late' ? 'late' : 'muted', known.due));
  if (known?.asked) item.append(element('span', 'own__asked', say('asked')));
  if (draft.state === 'waiting' && draft.attempts > 1) item.append(element('span', 'own__facts muted', say('again', { n: draft.attempts })));
  if (most <= 3) return item;
  const acts = element('div', 'own__acts');
  if (draft.state !== 'sent' && to) acts.append(link(say(draft.state === 'refused' ? 'mend' : 'goOn'), 'btn btn--small', to));
  const out = button(say('remove'), 'btn btn--small btn--quiet', () => {
    void ask(say(draft.state === 'sent' ? 'removeSent' : 'removeDraft')).then((yes) => (yes ? remove(draft.id) : undefined));
  });
  out.setAttribute('aria-label', `${say('remove')}: ${name}`);
  acts.append(out);
  item.append(acts);
  return item;
}

async function show(): Promise<void> {
  if (!box) return;
  const all = await drafts().catch(() => []);
  const list = find('[data-mine-list]', box);
  list.replaceChildren(...all.slice(0, most).map(row));
  if (most <= 3) box.hidden = !all.length;
  const none = box.querySelector<HTMLElement>('[data-mine-empty]');
  if (none) none.hidden = all.length > 0;
  const acts = box.querySelector<HTMLElement>('[data-mine-acts]');
  if (acts) {
    acts.hidden = !all.length;
    find('[data-mine-send]', acts).hidden = !all.some((one) => one.state === 'waiting');
  }
}

/** How those stand that were sent; by their links, in the body of a request that no log keeps. */
async function askStates(): Promise<void> {
  const all = await drafts().catch(() => []);
  const ids = all.filter((one) => one.state === 'sent').slice(0, Math.min(most, MOST_ASKED)).map((one) => one.id);
  if (!ids.length || !navigator.onLine) return;
  const answer = await fetch(path('states'), { method: 'POST', body: JSON.stringify({ ids }), headers: { Accept: 'application/json', 'Content-Type': 'application/json' } }).catch(() => null);
  if (!answer?.ok) return;
  standing = ((await answer.json().catch(() => null)) as { states?: Record<string, Standing> } | null)?.states ?? {};
  await show();
}

let sentBefore = new Set<string>();
async function changed(): Promise<void> {
  const all = await drafts().catch(() => []);
  const sent = new Set(all.filter((one) => one.state === 'sent').map((one) => one.id));
  const more = [...sent].some((id) => !sentBefore.has(id));
  sentBefore = sent;
  await show();
  if (more) await askStates();
}

if (box) {
  void changed();
  hear(() => void changed());
  box.querySelector('[data-mine-send]')?.addEventListener('click', () => void hurry());
  box.querySelector('[data-mine-clear]')?.addEventListener('click', () => {
    void ask(say('removeAll')).then((yes) => {
      if (!yes) return;
      void removeAll();
      navigator.serviceWorker?.controller?.postMessage({ forget: true });
    });
  });
}

/** A number that this device knows leads to its own link, not to the public page. */
for (const form of document.querySelectorAll<HTMLFormElement>('[data-find-mine]'))
  form.addEventListener('submit', (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    const number = String(new FormData(form).get('number') ?? '').trim().toUpperCase();
    void drafts()
      .catch(() => [])
      .then((all) => {
        const own = all.find((one) => one.state === 'sent' && one.number.toUpperCase() === number);
        if (own) location.assign(own.follow);
        else {
          form.dataset.asked = 'yes';
          form.requestSubmit();
        }
      });
  });

const near = document.querySelector<HTMLElement>('[data-near]');
if (near && 'geolocation' in navigator) {
  near.hidden = false;
  const says = find('[data-near-says]', near);
  find('[data-near-ask]', near).addEventListener('click', () => {
    says.textContent = say('locating');
    locate()
      .then(async (at) => {
        const found = await around(at.longitude, at.latitude);
        says.textContent = !found ? say('unavailable') : found.count ? say('near', { n: found.count }) : say('nearNone');
      })
      .catch((error: Error) => (says.textContent = error.message));
  });
}
