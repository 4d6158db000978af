/** The case page: printing, and nothing typed is lost to a refresh because the comment stands outside of what is refreshed. */
import './work.css';

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
