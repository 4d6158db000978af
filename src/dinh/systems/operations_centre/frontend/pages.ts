/** Pages of places, indicators, alerts and search. */
import './centre.css';
import { startCharts } from '@/chart/index.ts';
import { startMaps } from '@/map/index.ts';

startCharts();
startMaps();
document.addEventListener('htmx:load', (event) => startCharts(event.target as HTMLElement));
