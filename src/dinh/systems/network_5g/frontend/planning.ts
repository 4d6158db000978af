/** Pages of planning; maps and charts are fetched only where there is one. */
import { startCharts } from '@/chart/index.ts';
import './planning.css';

if (document.querySelector('dinh-plan')) void import('./desk/desk.ts');
if (document.querySelector('dinh-difference')) void import('./desk/difference.ts');

startCharts();
document.addEventListener('htmx:load', (event) => startCharts(event.target as HTMLElement));
