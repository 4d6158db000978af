/** Times in words, as `dinh.web.relative_times` says them on the server. */
import { type Language, language, say } from './words.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** Milliseconds by which the server's clock is ahead of this device's; told by the live stream. */
let offset = 0;

export function setServerTime(epochMs: number): void {
  offset = epochMs - Date.now();
}

export function serverNow(): number {
  return Date.now() + offset;
}

const minutes = (n: number, of: Language): string => say('minutes', { n }, of);
const hours = (n: number, of: Language): string => say('hours', { n }, of);
const days = (n: number, of: Language): string => (of === 'en' && n === 1 ? '1 day' : say('days', { n }, of));

function length(seconds: number, of: Language): string {
  const whole = Math.floor(seconds / MINUTE);
  if (whole < 60) return minutes(whole, of);
  const inHours = Math.floor(whole / 60);
  if (inHours < 48) return `${hours(inHours, of)} ${say('minutes', { n: String(whole % 60).padStart(2, '0') }, of)}`;
  return days(Math.floor(inHours / 24), of);
}

export function until(moment: number, now: number, of: Language = language): string {
  const seconds = (moment - now) / 1000;
  return say(seconds >= 0 ? 'left' : 'over', { time: length(Math.abs(seconds), of) }, of);
}

export function ago(moment: number, now: number, of: Language = language): string {
  const seconds = Math.max(0, (now - moment) / 1000);
  if (seconds < MINUTE) return say('justNow', {}, of);
  if (seconds < HOUR) return say('ago', { time: minutes(Math.floor(seconds / MINUTE), of) }, of);
  if (seconds < 2 * DAY) return say('ago', { time: hours(Math.floor(seconds / HOUR), of) }, of);
  return say('ago', { time: days(Math.floor(seconds / DAY), of) }, of);
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const DAY_VI = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit', year: 'numeric' });
const DAY_EN = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', day: 'numeric', month: 'short', year: 'numeric' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', weekday: 'short' });
const WEEKDAYS_VI: Record<string, string> = { Mon: 'T2', Tue: 'T3', Wed: 'T4', Thu: 'T5', Fri: 'T6', Sat: 'T7', Sun: 'CN' };

/** `11:42:08` in Vietnam. */
export function clockTime(epochMs: number): string {
  return CLOCK.format(epochMs);
}

/** vi `22/11/2026`, en `22 Nov 2026`. */
export function dayText(epochMs: number, of: Language = language): string {
  return (of === 'vi' ? DAY_VI : DAY_EN).format(epochMs).replace('Sept', 'Sep');
}

/** vi `CN 22/11/2026`, en `Sun 22 Nov 2026`. */
export function dayWithWeekday(epochMs: number, of: Language = language): string {
  const short = WEEKDAY.format(epochMs);
  return `${of === 'vi' ? (WEEKDAYS_VI[short] ?? short) : short} ${dayText(epochMs, of)}`;
}

/** vi `11:42 22/11/2026`, en `11:42, 22 Nov 2026`. */
export function momentText(epochMs: number, of: Language = language): string {
  return `${clockTime(epochMs).slice(0, 5)}${of === 'vi' ? ' ' : ', '}${dayText(epochMs, of)}`;
}

/** Brings every relative time of the page up to the moment. */
export function tickRelativeTimes(root: ParentNode = document, now = serverNow()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-relative]')) {
    const moment = Date.parse(element.dateTime);
    if (Number.isNaN(moment)) continue;
    const text = element.dataset.relative === 'until' ? until(moment, now) : ago(moment, now);
    if (element.textContent !== text) element.textContent = text;
    if (element.classList.contains('deadline')) {
      const left = moment - now;
      element.classList.toggle('deadline--late', left < 0);
      element.classList.toggle('deadline--soon', left >= 0 && left < HOUR * 1000);
      element.classList.toggle('deadline--ahead', left >= HOUR * 1000);
    }
  }
}

function tickClock(): void {
  const now = serverNow();
  const text = clockTime(now);
  for (const element of document.querySelectorAll<HTMLElement>('[data-clock]')) {
    const shown = element.dataset.clock === 'minutes' ? text.slice(0, 5) : text;
    if (element.textContent !== shown) element.textContent = shown;
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-date]')) {
    const shown = dayWithWeekday(now);
    if (element.textContent !== shown) element.textContent = shown;
  }
}

export function startTimes(): void {
  tickClock();
  tickRelativeTimes();
  setInterval(tickClock, 1000);
  setInterval(tickRelativeTimes, 5000);
  document.addEventListener('htmx:load', () => tickRelativeTimes());
}
