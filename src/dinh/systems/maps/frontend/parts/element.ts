/** `<dinh-ways config="id of a JSON script">`: the house's map with places and ways over it. `data-map` is loading, idle or failed. */
import type { Feature, FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as Ground, type MapMouseEvent, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { colour } from '@house/theme.ts';
import type { Config as HouseConfig } from '@/map/config.ts';
import { zoomButtons } from '@/map/controls.ts';
import '@/map/map.css';
import { NOTHING, OUTLINE, styleOf } from '@/map/style.ts';
import { type Config, configIn, type Position } from './config.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

const HIDDEN: ReadonlySet<string> = new Set(['heat', 'alerts', 'assets']);
const FONT = ['Be Vietnam Pro Medium', 'Be Vietnam Pro'];

const at = (position: Position, properties: Record<string, unknown>): Feature => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: position } });
const together = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

export class WaysMap extends HTMLElement {
  private ground: Ground | null = null;
  private config!: Config;
  private listeners = new AbortController();

  connectedCallback(): void {
    if (this.ground) return;
    const config = configIn(this.getAttribute('config') ?? '');
    if (!config) return;
    this.config = config;
    this.dataset.map = 'loading';
    void this.begin().catch((error: unknown) => this.fail(error));
  }

  disconnectedCallback(): void {
    this.listeners.abort();
    this.ground?.remove();
    this.ground = null;
  }

  private fail(error: unknown): void {
    console.warn('map', error);
    this.dataset.map = 'failed';
    const words = document.createElement('p');
    words.className = 'map__failed notice notice--warning';
    words.textContent = this.config.words.failed ?? '';
    this.replaceChildren(words);
  }

  private async begin(): Promise<void> {
    const canvas = document.createElement('div');
    canvas.className = 'map__canvas';
    this.replaceChildren(canvas);
    await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Be Vietnam Pro"`, 'Sóc Trăng Ệ')));
    const ground = new Ground({
      container: canvas, style: this.style_(), bounds: this.config.bounds ?? [102.1, 7.5, 115.5, 23.5], fitBoundsOptions: { padding: this.padding(), maxZoom: 16 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false, fadeDuration: 0, minZoom: 5, maxZoom: 18,
      // A canvas that is not kept prints white.
      canvasContextAttributes: { preserveDrawingBuffer: true }, locale: { 'Map.Title': this.config.words.map ?? '' },
    });
    this.ground = ground;
    ground.touchZoomRotate.disableRotation();
    ground.on('idle', () => (this.dataset.map = 'idle'));
    ground.on('error', (event) => console.warn('map', event.error?.message ?? event));
    document.body.addEventListener('dinh:theme', () => this.recolour(), { signal: this.listeners.signal });
    const buttons = document.createElement('div');
    buttons.className = 'map__controls';
    buttons.append(zoomButtons(this.config.words, { zoom: (by) => ground.easeTo({ zoom: ground.getZoom() + by, duration: 180 }), whole: () => this.whole() }));
    this.append(buttons);
    await new Promise<void>((resolve) => void ground.once('style.load', () => resolve()));
    this.fill();
    this.interact(ground);
  }

  private padding(): number {
    return this.clientWidth < 640 ? 28 : 56;
  }

  /** The house's style with the ways above it. */
  private style_(): StyleSpecification {
    const { config } = this;
    const house: HouseConfig = {
      area: '', bounds: null, communes: config.communes, indicator: '', selected: '', controls: true, language: config.language, values: '', alerts: '', layers: [], words: config.words,
    };
    const style = styleOf(house, this, HIDDEN, '');
    const c = (name: string): string => colour(name, this);
    Object.assign(style.sources, { ways: { type: 'geojson', data: NOTHING }, spots: { type: 'geojson', data: NOTHING } });
    style.layers.push(
      { id: 'other-ways', type: 'line', source: 'ways', filter: ['!', ['get', 'chosen']], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c('edge'), 'line-width': 4, 'line-opacity': 0.7 } },
      { id: 'way-rim', type: 'line', source: 'ways', filter: ['get', 'chosen'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c('panel'), 'line-width': 9 } },
      { id: 'way', type: 'line', source: 'ways', filter: ['get', 'chosen'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c('information'), 'line-width': 5.5 } },
      { id: 'spots', type: 'circle', source: 'spots', paint: { 'circle-radius': ['match', ['get', 'what'], 'dot', 6, 'lit', 9, 8], 'circle-color': ['match', ['get', 'what'], 'start', c('good'), 'end', c('critical'), 'here', c('information'), 'lit', c('ink'), c('jade')], 'circle-stroke-color': c('panel'), 'circle-stroke-width': 2 } },
      { id: 'spot-names', type: 'symbol', source: 'spots', minzoom: 13, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-max-width': 9, 'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.9, 'text-optional': true }, paint: { 'text-color': c('ink'), 'text-halo-color': c('panel'), 'text-halo-width': 1.6 } },
    );
    return style;
  }

  private fill(): void {
    const { lines, dots, ends, here } = this.config;
    const ways = lines.map((line, number): Feature => ({ type: 'Feature', properties: { chosen: number === 0 }, geometry: { type: 'LineString', coordinates: line } }));
    void this.ground?.getSource<GeoJSONSource>('outline')?.setData(OUTLINE.path);
    void this.ground?.getSource<GeoJSONSource>('ways')?.setData(together(ways));
    this.spots(dots.map((dot) => at([dot.longitude, dot.latitude], { what: 'dot', name: dot.name, path: dot.path })), ends, here);
  }

  private spots(dots: Feature[], ends: Position[], here: Position | null): void {
    const others = ends.map((end, number) => at(end, { what: number ? 'end' : 'start', name: '' }));
    if (here) others.push(at(here, { what: 'here', name: '' }));
    void this.ground?.getSource<GeoJSONSource>('spots')?.setData(together([...dots, ...others]));
  }

  private recolour(): void {
    this.ground?.setStyle(this.style_(), { diff: false });
    this.ground?.once('style.load', () => this.fill());
  }

  /** The page has another list. */
  refresh(): void {
    const config = configIn(this.getAttribute('config') ?? '');
    if (!config || !this.ground) return;
    this.config = config;
    this.fill();
    this.whole();
  }

  whole(): void {
    if (this.config.bounds) this.ground?.fitBounds(this.config.bounds, { padding: this.padding(), maxZoom: 16, animate: !matchMedia('(prefers-reduced-motion: reduce)').matches });
  }

  /** A dot of the list stands out; -1 lets none. */
  light(number: number): void {
    const { dots, ends, here } = this.config;
    this.spots(dots.map((dot, index) => at([dot.longitude, dot.latitude], { what: index === number ? 'lit' : 'dot', name: dot.name, path: dot.path })), ends, here);
  }

  look(position: Position): void {
    this.ground?.easeTo({ center: position, zoom: Math.max(this.ground.getZoom(), 16) });
  }

  lineAt(number: number): Position | undefined {
    return this.config.lines[0]?.[number];
  }

  private interact(ground: Ground): void {
    const near = (event: MapMouseEvent) =>
      ground.queryRenderedFeatures([[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]], { layers: ['spots'] }).find((found) => found.properties.path);
    ground.on('mousemove', (event) => (ground.getCanvas().style.cursor = near(event) ? 'pointer' : ''));
    ground.on('click', (event) => {
      const found = near(event);
      if (found) location.assign(String(found.properties.path));
      else this.offer(event);
    });
    ground.on('movestart', () => this.querySelector('.ways-offer')?.remove());
  }

  /** What may be done with a point of the map. */
  private offer(event: MapMouseEvent): void {
    this.querySelector('.ways-offer')?.remove();
    const { words, way, search } = this.config;
    const point = `${event.lngLat.lat.toFixed(5)},${event.lngLat.lng.toFixed(5)}`;
    const query = new URLSearchParams(location.pathname === way ? location.search : '');
    const to = (name: string): string => {
      const next = new URLSearchParams(query);
      for (const gone of [name, `${name}_at`, 'way']) next.delete(gone);
      next.set(name, point);
      return `${way}?${next}`;
    };
    const panel = document.createElement('div');
    panel.className = 'ways-offer panel panel--float';
    panel.append(link(words.from_here, to('from')), link(words.to_here, to('to')), link(words.near_here, `${search}?near=${encodeURIComponent(point)}`));
    const box = this.getBoundingClientRect();
    panel.style.transform = `translate(${Math.min(event.point.x, box.width - 190)}px, ${Math.min(event.point.y, box.height - 130)}px)`;
    this.append(panel);
    panel.querySelector('a')?.focus({ preventScroll: true });
    panel.addEventListener('keydown', (key) => key.key === 'Escape' && panel.remove());
  }
}

function link(text: string | undefined, href: string): HTMLAnchorElement {
  const made = document.createElement('a');
  made.href = href;
  made.textContent = text ?? '';
  return made;
}

customElements.define('dinh-ways', WaysMap);
