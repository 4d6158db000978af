/** `<dinh-difference>`: where one scenario gives more than another. */
import { Map as Ground, type RasterTileSource, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Config as MapConfig } from '@/map/config.ts';
import '@/map/map.css';
import { styleOf } from '@/map/style.ts';
import { formatNumber } from '@house/numbers.ts';
import type { Box } from './config.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

interface Config {
  path: string;
  a: string;
  b: string;
  box: Box;
  area: Box;
  communes: string[];
  language: 'vi' | 'en';
  carriers: string[];
  digests: [string, string];
  steps: [number, string][];
}

class Difference extends HTMLElement {
  connectedCallback(): void {
    const config = JSON.parse(document.getElementById(this.getAttribute('config') ?? '')?.textContent ?? '{}') as Config;
    const canvas = document.createElement('div');
    canvas.className = 'map__canvas';
    this.replaceChildren(canvas);
    const base: MapConfig = { area: '', bounds: null, communes: config.communes, indicator: '', selected: '', controls: true, language: config.language, values: '', alerts: '', layers: [], words: {} };
    const ground = new Ground({
      container: canvas, style: styleOf(base, this, new Set(['heat', 'alerts', 'assets']), ''), bounds: config.area, fitBoundsOptions: { padding: 20 }, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false, fadeDuration: 0, minZoom: 5, maxZoom: 18, cooperativeGestures: false,
    });
    const tiles = (carrier: string): string => `${new URL(config.path, location.href).href}${config.a}/${config.b}/${config.digests.join('/')}/${carrier}/{z}/{x}/{y}.png`;
    ground.on('idle', () => (this.dataset.map = 'idle'));
    ground.once('style.load', () => {
      ground.addSource('difference', { type: 'raster', tiles: [tiles(config.carriers[0] ?? '')], tileSize: 512, bounds: config.box, maxzoom: 15 });
      ground.addLayer({ id: 'difference', type: 'raster', source: 'difference', paint: { 'raster-opacity': 0.85, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, 'neighbour-line');
    });
    for (const chip of document.querySelectorAll<HTMLElement>('[data-diff-carrier]'))
      chip.addEventListener('click', () => {
        for (const other of document.querySelectorAll('[data-diff-carrier]')) other.setAttribute('aria-pressed', String(other === chip));
        ground.getSource<RasterTileSource>('difference')?.setTiles([tiles(chip.dataset.diffCarrier ?? '')]);
      });
    document.querySelector('[data-diff-steps]')?.replaceChildren(...legend(config.steps));
  }
}

function legend(steps: [number, string][]): HTMLElement[] {
  return steps.map(([from, colour], place) => {
    const line = document.createElement('li');
    const swatch = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    swatch.setAttribute('viewBox', '0 0 2 1');
    const fill = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries({ width: '2', height: '1', fill: colour })) fill.setAttribute(name, value);
    swatch.append(fill);
    const to = steps[place + 1]?.[0];
    const number = (value: number): string => formatNumber(value, Number.isInteger(value) ? 0 : 1);
    line.append(swatch, place === 0 ? ` < ${number(to ?? 0)} dB` : to === undefined ? ` ≥ ${number(from)} dB` : ` ${number(from)} … ${number(to)} dB`);
    return line;
  });
}

customElements.define('dinh-difference', Difference);
