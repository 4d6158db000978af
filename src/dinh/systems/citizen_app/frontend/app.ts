/** What every page of the app has: its styles, and the word that there is no network. */
import './app.css';

const off = document.querySelector<HTMLElement>('[data-app-off]');
const show = (): void => {
  if (off) off.hidden = navigator.onLine;
};
addEventListener('online', show);
addEventListener('offline', show);
show();
