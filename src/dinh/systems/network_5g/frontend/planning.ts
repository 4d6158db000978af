/** Pages of planning; maps and charts are fetched only where there is one. */
import './planning.css';
import { startCharts } from '@/chart/index.ts';
import './tools.css';

startCharts();
document.addEventListener('htmx:load', (event) => startCharts(event.target as HTMLElement));
if (document.querySelector('dinh-plan')) void import('./desk/desk.ts');
if (document.querySelector('dinh-difference')) void import('./desk/difference.ts');

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
