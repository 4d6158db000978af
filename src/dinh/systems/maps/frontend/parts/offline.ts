/** What is kept on this device, as lists; nothing here asks the server but the button that says so. */
import { formatNumber } from '@house/numbers.ts';
import { language } from '@house/words.ts';
import { type Area, area as load, forget, kept, matching, type Place, type Way } from './keeping.ts';
import { say } from './words.ts';

const MOST = 200;

function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = '', text = ''): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function clock(at: number): string {
  return new Date(at).toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB', { dateStyle: 'short', timeStyle: 'short', timeZone: 'Asia/Ho_Chi_Minh' });
}

/** «Thứ Hai – Thứ Sáu 07:30–17:00; Thứ Bảy 07:30–11:30»: days of the same hours together. */
function summary(week: readonly string[]): string {
  const days = say('days').split(',');
  const parts: string[] = [];
  for (let first = 0; first < week.length; ) {
    let last = first;
    while (last + 1 < week.length && week[last + 1] === week[first]) last++;
    if (week[first]) parts.push(`${days[first]}${last > first ? ` – ${days[last]}` : ''} ${week[first]}`);
    first = last + 1;
  }
  return parts.join('; ');
}

function row(place: Place): HTMLElement {
  const item = element('li', 'list__row');
  item.append(element('span', 'list__title', place.name[language]));
  const about = [place.kind_name[language], place.address, place.phone].filter(Boolean).join(' · ');
  item.append(element('div', 'small muted', about));
  const hours = place.week ? summary(place.week) : place.opening_hours;
  if (hours) item.append(element('div', 'small', say('hours', { hours })));
  if (place.simulated) item.append(element('span', 'badge badge--simulated', say('simulated')));
  return item;
}

function list(places: readonly Place[], text: string): HTMLElement {
  const found = matching(places, text).slice(0, MOST);
  if (!found.length) return element('p', 'empty', say('none'));
  const made = element('ol', 'list');
  made.append(...found.map(row));
  return made;
}

/** In the place of an answer that did not come: what of the kept commune matches the words. */
export async function insteadOf(target: HTMLElement, text: string): Promise<void> {
  const found = await kept('area');
  const note = element('p', 'ways__note', found ? say('offline', { area: found.commune.name[language], time: clock(found.keptAt) }) : say('offlineNothing'));
  note.setAttribute('role', 'status');
  target.replaceChildren(note, ...(found ? [list(found.places, text)] : []));
  target.dataset.kept = 'shown';
}

function areaPanel(found: Area | undefined, said = ''): HTMLElement {
  const panel = element('section', 'panel');
  const head = element('div', 'panel__head');
  panel.append(head);
  if (!found) {
    panel.append(element('p', 'empty', say('noArea')));
    return panel;
  }
  head.append(element('h2', '', say('area', { area: found.commune.name[language] })));
  const again = element('button', 'btn btn--small', say('again'));
  again.type = 'button';
  again.addEventListener('click', () => {
    again.setAttribute('aria-busy', 'true');
    // The browser's own cache would answer for some minutes and hide that the network is gone.
    void load(found.path, 'no-cache').then(({ area, fresh }) => panel.replaceWith(areaPanel(area, fresh ? '' : say('failed'))));
  });
  head.append(again);
  const body = element('div', 'panel__body stack stack--tight');
  const note = element('p', 'small muted', [said, say('keptAt', { time: clock(found.keptAt) })].filter(Boolean).join(' '));
  note.setAttribute('role', 'status');
  const find = element('input', 'input');
  find.type = 'search';
  find.setAttribute('aria-label', say('find'));
  find.placeholder = say('find');
  body.append(note, find);
  let shown = list(found.places, '');
  find.addEventListener('input', () => {
    const next = list(found.places, find.value);
    shown.replaceWith(next);
    shown = next;
  });
  panel.append(body, shown);
  return panel;
}

function wayPanel(found: Way | undefined): HTMLElement {
  const panel = element('section', 'panel');
  const head = element('div', 'panel__head');
  panel.append(head);
  if (!found) {
    panel.append(element('p', 'empty', say('noWay')));
    return panel;
  }
  head.append(element('h2', '', say('way', { from: found.from, to: found.to })));
  const body = element('div', 'panel__body stack stack--tight');
  body.append(
    element('p', 'strong', `${formatNumber(found.length_km, 1)} km · ${Math.max(1, Math.round(found.time_s / 60))} ${language === 'vi' ? 'phút' : 'min'} ${found.mode[language]}`),
    element('p', 'small muted', say('keptAt', { time: clock(found.keptAt) })),
  );
  const steps = element('ol');
  steps.append(...found.steps.map((step) => element('li', '', step.length_km ? `${step[language]} (${formatNumber(step.length_km, 1)} km)` : step[language])));
  body.append(steps);
  panel.append(body);
  return panel;
}

export async function showKept(target: HTMLElement): Promise<void> {
  const [area, way] = await Promise.all([kept('area'), kept('way')]);
  const wipe = element('button', 'btn btn--small', say('forget'));
  wipe.type = 'button';
  wipe.addEventListener('click', () => void forget().then(() => showKept(target)));
  target.replaceChildren(areaPanel(area), wayPanel(way), ...(area || way ? [wipe] : []));
  target.dataset.kept = 'shown';
}
