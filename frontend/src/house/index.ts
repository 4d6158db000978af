/** The house: what every page has. Parts import what they need from `@house/…`. */
import 'virtual:tokens.css';
import './css/house.css';
import { startDialogs } from './dialogs.ts';
import { startFragments } from './fragments.ts';
import { startKeyboard } from './keyboard.ts';
import { live } from './live.ts';
import { startSorting } from './sorting.ts';
import { startTheme } from './theme.ts';
import { setServerTime, startTimes } from './times.ts';
import { startToasts } from './toasts.ts';
import { startUploads } from './uploads.ts';
import { startValues } from './values.ts';

startFragments();
startTimes();
startTheme();
startDialogs();
startKeyboard();
startToasts();
startSorting();
startUploads();
startValues();

document.body.addEventListener('dinh:hello', (event) => setServerTime((event as CustomEvent<{ now: number }>).detail.now));

// Pages without a live state (error pages, sign-in) hold no connection open.
if (document.querySelector('[data-now]') || document.querySelector('[data-live-value]')) {
  live.start();
  addEventListener('online', () => live.hurry());
  addEventListener('offline', () => live.lost());
  document.addEventListener('visibilitychange', () => document.hidden || live.hurry());
  addEventListener('pagehide', () => live.stop());
  addEventListener('pageshow', (event) => event.persisted && live.start());
}
