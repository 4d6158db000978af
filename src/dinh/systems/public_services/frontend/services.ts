/** Forms of public services: what is typed is saved by itself, fields come and go with the answers, and a page that waits looks again. */
import './services.css';
import { startConditions } from '@house/conditions.ts';
import { icon } from '@house/icons.ts';
import { chooser } from '@house/words.ts';

const say = chooser(
  {
    saving: 'Đang lưu…',
    saved: 'Đã lưu lúc {time}',
    unsaved: 'Chưa lưu được; sẽ thử lại. Đừng đóng trang.',
    theirs: 'Thiết bị khác vừa sửa: {fields}. Tải lại trang để xem.',
    lost: '«{field}»: thiết bị khác đã ghi «{words}»; nội dung của bạn được giữ.',
  },
  {
    saving: 'Saving…',
    saved: 'Saved {time}',
    unsaved: 'Not saved yet; it is tried again. Do not close the page.',
    theirs: 'Another device has just changed: {fields}. Load the page again to see it.',
    lost: '“{field}”: another device had written “{words}”; your words stand.',
  },
);

interface Answer { revision: number; at: string; theirs: string[]; lost: Record<string, string> }

const PAUSE_MS = 900;
const RETRY_MS = 5000;

function startSaving(form: HTMLFormElement): void {
  const place = document.querySelector<HTMLElement>('[data-saved]');
  const revision = form.elements.namedItem('_revision') as HTMLInputElement | null;
  if (!form.dataset.draft || !revision) return;
  let timer = 0;
  let running = false;
  let dirty = false;

  const tell = (words: string, sign: string, wrong = false): void => {
    if (!place) return;
    place.replaceChildren(icon(sign), ` ${words}`);
    place.classList.toggle('loud', wrong);
  };
  const save = async (): Promise<void> => {
    if (running) return;
    running = true;
    dirty = false;
    tell(say('saving'), 'info');
    try {
      const answer = await fetch(form.dataset.draft as string, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = (await answer.json()) as Answer;
      revision.value = String(told.revision);
      const time = new Date(told.at).toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'Asia/Ho_Chi_Minh' });
      const lost = Object.entries(told.lost);
      if (told.theirs.length) tell(say('theirs', { fields: told.theirs.join(', ') }), 'info');
      else if (lost.length) tell(lost.map(([field, words]) => say('lost', { field, words })).join(' '), 'info');
      else tell(say('saved', { time }), 'circle-check');
    } catch {
      dirty = true;
      tell(say('unsaved'), 'circle-alert', true);
      timer = window.setTimeout(() => void save(), RETRY_MS);
    } finally {
      running = false;
      if (dirty && !timer) later();
    }
  };
  const later = (): void => {
    dirty = true;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      timer = 0;
      void save();
    }, PAUSE_MS);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  form.addEventListener('submit', () => {
    dirty = false;
    clearTimeout(timer);
  });
  // Whoever leaves while something waits to be sent: it goes with the page.
  addEventListener('pagehide', () => dirty && navigator.sendBeacon(form.dataset.draft as string, new FormData(form)));
  addEventListener('online', () => dirty && void save());
}

function startUploading(): void {
  // Once a file is chosen it goes up by itself.
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sends-files]'))
    form.addEventListener('submit', () => form.querySelector('button:last-of-type')?.setAttribute('aria-busy', 'true'));
}

function startWaiting(): void {
  if (document.querySelector('[data-soon]')) setTimeout(() => location.reload(), 2000);
}

startConditions();
document.querySelectorAll<HTMLFormElement>('form[data-draft]').forEach(startSaving);
startUploading();
startWaiting();
