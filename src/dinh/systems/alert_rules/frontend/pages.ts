/** Pages of rules: charts, also those that come with a fragment. */
import { startCharts } from '@/chart/index.ts';

startCharts();
document.addEventListener('htmx:load', (event) => startCharts(event.target as HTMLElement));
