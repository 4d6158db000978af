/** A public report, figures, subscriptions: the small map, sharing, printing. */
import './app.css';
import './public_card.css';
import './public_pages.css';
import { beginFilters, beginMaps, beginPrint } from './public/begin.ts';

const share = document.querySelector<HTMLButtonElement>('[data-share]');
if (share && 'share' in navigator) {
  share.hidden = false;
  share.addEventListener('click', () => void navigator.share({ title: share.dataset.title ?? document.title, url: location.origin + location.pathname }).catch(() => undefined));
}
const copy = document.querySelector<HTMLButtonElement>('[data-copy]');
if (copy && 'clipboard' in navigator) {
  copy.hidden = false;
  copy.addEventListener('click', () => {
    void navigator.clipboard.writeText(copy.dataset.copy ?? location.href).then(() => {
      const icon = copy.querySelector('svg');
      copy.replaceChildren(...(icon ? [icon] : []), copy.dataset.copied ?? '');
    });
  });
}
beginFilters();
beginPrint();
beginMaps();
