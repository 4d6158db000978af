/**
 * `<dinh-plan>`: the map of a scenario. It draws and tells what was done on it; what that means is the desk's.
 * Events: `plan:point` {longitude, latitude}, `plan:mast` and `plan:held` {code}, `plan:dragging` and `plan:dropped` {code, longitude, latitude}.
 */
import { type CanvasSource, type GeoJSONSource, type LayerSpecification, Map as Ground, type MapMouseEvent, type RasterTileSource, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { colour } from '@house/theme.ts';
import type { Config as MapConfig } from '@/map/config.ts';
import '@/map/map.css';
import { NOTHING, OUTLINE, styleOf } from '@/map/style.ts';
import { type Box, type Config, type Mast, points, wedges } from './config.ts';
import { type Place, startDragging } from './dragging.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

const BELOW = 'neighbour-line';
const HIDDEN: ReadonlySet<string> = new Set(['heat', 'alerts', 'assets']);
const FONT = ['Be Vietnam Pro Semibold', 'Be Vietnam Pro'];

const corners = ([west, south, east, north]: Box): [[number, number], [number, number], [number, number], [number, number]] => [
  [west, north],
  [east, north],
  [east, south],
  [west, south],
];

export class PlanMap extends HTMLElement {
  ground!: Ground;
  private config!: Config;
  private masts: readonly Mast[] = [];
  private selected = '';
  private fade = 0.75;
  private dragged = '';
  private tiles = '';
  /** What a trial is drawn on: the content policy lets pictures in, but no fetching of them. */
  private sheet: HTMLCanvasElement = document.createElement('canvas');

  async begin(config: Config): Promise<void> {
    this.config = config;
    this.dataset.map = 'loading';
    const canvas = document.createElement('div');
    canvas.className = 'map__canvas';
    this.replaceChildren(canvas);
    await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Be Vietnam Pro"`, 'Sóc Trăng Ệ')));
    this.ground = new Ground({
      container: canvas, style: this.base(), bounds: config.area, fitBoundsOptions: { padding: 40 }, hash: 'map', attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false, fadeDuration: 0, minZoom: 5, maxZoom: 18, locale: { 'Map.Title': config.words.map ?? '' },
    });
    this.ground.touchZoomRotate.disableRotation();
    this.ground.on('idle', () => (this.dataset.map = 'idle'));
    this.ground.on('error', (event) => console.warn('map', event.error?.message ?? event));
    document.body.addEventListener('dinh:theme', () => this.recolour());
    await new Promise<void>((resolve) => void this.ground.once('style.load', () => resolve()));
    this.dress();
    this.interact();
  }

  private base() {
    const map: MapConfig = {
      area: '', bounds: null, communes: this.config.communes, indicator: '', selected: '', controls: true, language: this.config.language,
      values: '', alerts: '', layers: [], words: this.config.words,
    };
    return styleOf(map, this, HIDDEN, '');
  }

  /** Everything of the scenario, laid over the house's own style. */
  private dress(): void {
    const { ground } = this;
    const c = (name: string): string => colour(name, this);
    // Hidden until there is an answer: nothing is asked for before.
    ground.addSource('answer', { type: 'raster', tiles: [this.tiles || location.href], tileSize: 512, bounds: this.config.box, maxzoom: 15 });
    ground.addSource('trial', { type: 'canvas', canvas: this.sheet, animate: false, coordinates: corners(this.config.box) });
    ground.addSource('wedges', { type: 'geojson', data: NOTHING });
    ground.addSource('masts', { type: 'geojson', data: NOTHING, promoteId: 'code' });
    ground.addSource('path', { type: 'geojson', data: NOTHING });
    const here: ['==', ['get', string], string] = ['==', ['get', 'code'], this.selected];
    const layers: [LayerSpecification, string?][] = [
      [{ id: 'answer', type: 'raster', source: 'answer', layout: { visibility: this.tiles ? 'visible' : 'none' }, paint: { 'raster-opacity': this.fade, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, BELOW],
      [{ id: 'trial', type: 'raster', source: 'trial', layout: { visibility: 'none' }, paint: { 'raster-opacity': Math.min(1, this.fade + 0.15), 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, BELOW],
      [{ id: 'wedges', type: 'fill', source: 'wedges', minzoom: 9.5, paint: { 'fill-color': c('ink'), 'fill-opacity': ['case', here, 0.75, 0.4] } }],
      [{ id: 'wedge-lines', type: 'line', source: 'wedges', minzoom: 9.5, paint: { 'line-color': c('panel'), 'line-width': 0.8 } }],
      [{ id: 'path', type: 'line', source: 'path', paint: { 'line-color': c('critical'), 'line-width': 2, 'line-dasharray': [2, 1.5] } }],
      [{ id: 'path-ends', type: 'circle', source: 'path', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4.5, 'circle-color': c('panel'), 'circle-stroke-color': c('critical'), 'circle-stroke-width': 2 } }],
      [
        {
          id: 'masts', type: 'circle', source: 'masts',
          paint: {
            'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, ['case', here, 5, 2.5], 12, ['case', here, 9, 6]],
            'circle-color': ['match', ['get', 'standing'], 'existing', c('ink'), 'shared', c('information'), c('panel')],
            'circle-stroke-color': ['case', here, c('major'), c('ink')], 'circle-stroke-width': ['case', here, 3, 1.5],
          },
        },
      ],
      [
        {
          id: 'mast-names', type: 'symbol', source: 'masts', minzoom: 11.5,
          layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11.5, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-optional': true },
          paint: { 'text-color': c('ink'), 'text-halo-color': c('panel'), 'text-halo-width': 1.6 },
        },
      ],
    ];
    for (const [layer, before] of layers) ground.addLayer(layer, before && ground.getLayer(before) ? before : undefined);
    void ground.getSource<GeoJSONSource>('outline')?.setData(OUTLINE.path);
    this.show(this.masts);
  }

  private recolour(): void {
    this.ground.setStyle(this.base(), { diff: false });
    this.ground.once('style.load', () => this.dress());
  }

  private interact(): void {
    const { ground } = this;
    const tell = (name: string, detail: unknown): void => void this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    ground.on('click', (event: MapMouseEvent) => {
      const [near] = ground.queryRenderedFeatures([[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]], { layers: ['masts'] });
      if (near) tell('plan:mast', { code: String(near.properties.code) });
      else tell('plan:point', { longitude: event.lngLat.lng, latitude: event.lngLat.lat });
    });
    ground.on('mouseenter', 'masts', () => (ground.getCanvas().style.cursor = this.config.edits ? 'grab' : 'pointer'));
    ground.on('mouseleave', 'masts', () => (ground.getCanvas().style.cursor = this.dataset.aim ? 'crosshair' : ''));
    if (!this.config.edits) return;
    const shift = (code: string, to: Place): void => {
      this.dragged = code;
      this.show(this.masts.map((mast) => (mast.code === code ? { ...mast, ...to } : mast)));
      tell('plan:dragging', { code, ...to });
    };
    startDragging(ground, {
      free: () => !this.dataset.aim,
      near: (point, reach) => String(ground.queryRenderedFeatures([[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers: ['masts'] })[0]?.properties.code ?? ''),
      held: (code) => tell('plan:held', { code }),
      moved: shift,
      dropped: (code, to) => {
        this.dragged = '';
        tell('plan:dropped', { code, ...to });
      },
      givenUp: (code, from) => {
        shift(code, from);
        this.dragged = '';
        this.trial(null);
      },
    });
  }

  get dragging(): boolean {
    return this.dragged !== '';
  }

  show(masts: readonly Mast[]): void {
    this.masts = masts;
    void this.ground.getSource<GeoJSONSource>('masts')?.setData(points(masts));
    void this.ground.getSource<GeoJSONSource>('wedges')?.setData(wedges(masts, masts.length > 400 ? 250 : 400));
  }

  select(code: string): void {
    this.selected = code;
    const here: ['==', ['get', string], string] = ['==', ['get', 'code'], code];
    this.ground.setPaintProperty('wedges', 'fill-opacity', ['case', here, 0.75, 0.4]);
    this.ground.setPaintProperty('masts', 'circle-radius', ['interpolate', ['linear'], ['zoom'], 7, ['case', here, 5, 2.5], 12, ['case', here, 9, 6]]);
    this.ground.setPaintProperty('masts', 'circle-stroke-color', ['case', here, colour('major', this), colour('ink', this)]);
    this.ground.setPaintProperty('masts', 'circle-stroke-width', ['case', here, 3, 1.5]);
  }

  /** An answer's tiles; '' where there is none. */
  paint(tiles: string): void {
    this.tiles = tiles ? new URL(tiles, location.href).href.replaceAll('%7B', '{').replaceAll('%7D', '}') : '';
    this.dataset.answer = tiles;
    if (this.tiles) this.ground.getSource<RasterTileSource>('answer')?.setTiles([this.tiles]);
    this.ground.setLayoutProperty('answer', 'visibility', this.tiles ? 'visible' : 'none');
    if (this.tiles) this.ground.once('idle', () => this.trial(null));
  }

  /** A picture of what would be; null takes it away. */
  trial(picture: { png: string; box: Box } | null): void {
    this.dataset.trial = picture ? 'shown' : '';
    if (!picture) return void this.ground.setLayoutProperty('trial', 'visibility', 'none');
    const image = new Image();
    image.addEventListener('load', () => this.lay(image, picture.box));
    image.src = `data:image/png;base64,${picture.png}`;
  }

  private lay(image: HTMLImageElement, box: Box): void {
    this.sheet.width = image.width;
    this.sheet.height = image.height;
    this.sheet.getContext('2d')?.drawImage(image, 0, 0);
    const source = this.ground.getSource<CanvasSource>('trial');
    if (!source || this.dataset.trial !== 'shown') return;
    source.setCoordinates(corners(box));
    this.ground.setLayoutProperty('trial', 'visibility', 'visible');
    source.play();
    this.ground.once('render', () => source.pause());
  }

  dim(fade: number): void {
    this.fade = fade;
    this.ground.setPaintProperty('answer', 'raster-opacity', fade);
    this.ground.setPaintProperty('trial', 'raster-opacity', Math.min(1, fade + 0.15));
  }

  path(ends: [number, number][]): void {
    const features: GeoJSON.Feature[] = ends.map((end) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: end } }));
    if (ends.length === 2) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ends } });
    void this.ground.getSource<GeoJSONSource>('path')?.setData({ type: 'FeatureCollection', features });
  }

  /** The next click means something: the pointer says so. */
  aim(on: boolean): void {
    if (on) this.dataset.aim = 'on';
    else delete this.dataset.aim;
    this.ground.getCanvas().style.cursor = on ? 'crosshair' : '';
  }

  look(mast: Mast): void {
    this.ground.easeTo({ center: [mast.longitude, mast.latitude], zoom: Math.max(this.ground.getZoom(), 12) });
  }

  whole(): void {
    this.ground.fitBounds(this.config.area, { padding: 40 });
  }

  zoom(by: number): void {
    this.ground.easeTo({ zoom: this.ground.getZoom() + by, duration: 180 });
  }
}

customElements.define('dinh-plan', PlanMap);
