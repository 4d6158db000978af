/**
 * `<dinh-reports config="id of a JSON script" small? point="longitude,latitude,mark"?>`: public reports on the house's map, clustered, each by its mark; what is in
 * view stands as a list beside it, so that the keyboard reaches every one. `data-map` is loading, idle or failed.
 */
import type { FeatureCollection, Point } from 'geojson';
import { type GeoJSONSource, Map as Ground, type MapGeoJSONFeature, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { formatNumber } from '@house/numbers.ts';
import { colour } from '@house/theme.ts';
import type { Config as GroundConfig } from '@/map/config.ts';
import { zoomButtons } from '@/map/controls.ts';
import '@/map/map.css';
import { NOTHING, OUTLINE, styleOf } from '@/map/style.ts';
import { markImages, markSvg } from './marks.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

interface Config {
  bounds: [number, number, number, number] | null;
  communes: string[];
  language: 'vi' | 'en';
  points: string;
  page: string;
  categories: Record<string, string>;
  marks: Record<string, string>;
  words: Record<string, string>;
}

interface Properties {
  number: string;
  category: string;
  mark: string;
  at: string;
  address: string;
}

type Answer = FeatureCollection<Point, Properties> & { total: number };

const HIDDEN: ReadonlySet<string> = new Set(['heat', 'alerts', 'assets']);
const VIETNAM: [number, number, number, number] = [102.1, 7.5, 115.5, 23.5];
const FONT = ['Be Vietnam Pro Semibold', 'Be Vietnam Pro'];
const LISTED = 30;
const NARROWING = ['q', 'category', 'unit', 'office', 'status', 'days'];
/** Boxes are asked for on a grid, so that neighbours ask the same and the answer is there already. */
const GRID = 0.05;

export class ReportsMap extends HTMLElement {
  private ground: Ground | null = null;
  private config!: Config;
  private answer: Answer | null = null;
  private asked = '';
  private card!: HTMLElement;
  private note!: HTMLElement;
  private list!: HTMLDetailsElement;

  connectedCallback(): void {
    if (this.ground) return;
    this.config = JSON.parse(document.getElementById(this.getAttribute('config') ?? '')?.textContent ?? '{}') as Config;
    this.dataset.map = 'loading';
    void this.begin();
  }

  disconnectedCallback(): void {
    this.ground?.remove();
    this.ground = null;
  }

  private async begin(): Promise<void> {
    const canvas = document.createElement('div');
    canvas.className = 'map__canvas';
    this.replaceChildren(canvas);
    try {
      await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Be Vietnam Pro"`, 'Sóc Trăng Ệ')));
      this.draw(canvas);
    } catch (error) {
      console.warn('map', error);
      this.dataset.map = 'failed';
      const words = document.createElement('p');
      words.className = 'map__failed notice notice--warning';
      words.textContent = this.config.words.failed ?? '';
      this.replaceChildren(words);
    }
  }

  private base() {
    const map: GroundConfig = {
      area: '', bounds: null, communes: this.config.communes, indicator: '', selected: '', controls: true, language: this.config.language,
      values: '', alerts: '', layers: [], words: this.config.words,
    };
    return styleOf(map, this, HIDDEN, '');
  }

  private draw(canvas: HTMLElement): void {
    const { config } = this;
    const small = this.hasAttribute('small');
    const near = new URLSearchParams(location.search).get('near')?.split(',').map(Number);
    const alone = this.alone();
    const start = alone ? { center: alone.at, zoom: 12 } : near?.length === 2 && near.every(Number.isFinite) ? { center: near as [number, number], zoom: 13.5 } : { bounds: config.bounds ?? VIETNAM, fitBoundsOptions: { padding: 24 } };
    const ground = new Ground({
      container: canvas, style: this.base(), ...start, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      renderWorldCopies: false, fadeDuration: 0, minZoom: 5, maxZoom: 17, cooperativeGestures: small, hash: small ? false : 'map', locale: { 'Map.Title': config.words.map ?? '' },
    });
    this.ground = ground;
    ground.touchZoomRotate.disableRotation();
    ground.on('idle', () => (this.dataset.map = 'idle'));
    ground.on('error', (event) => console.warn('map', event.error?.message ?? event));
    this.append(this.buttons(small));
    if (!small) {
      this.card = document.createElement('div');
      this.card.className = 'rmap__card panel panel--float';
      this.card.hidden = true;
      this.note = document.createElement('p');
      this.note.className = 'rmap__note';
      this.note.hidden = true;
      this.list = document.createElement('details');
      this.list.className = 'rmap__list panel panel--float';
      this.list.hidden = true;
      this.append(this.note, this.list, this.card);
    }
    ground.once('style.load', () => this.dress());
    document.body.addEventListener('dinh:theme', () => {
      ground.setStyle(this.base(), { diff: false });
      ground.once('style.load', () => this.dress());
    });
    if (!small) {
      ground.on('moveend', () => void this.load());
      ground.on('click', (event) => {
        const around = 8;
        const [found] = ground.queryRenderedFeatures([[event.point.x - around, event.point.y - around], [event.point.x + around, event.point.y + around]], { layers: ['report-points', 'report-clusters'].filter((id) => ground.getLayer(id)) });
        if (found) this.pressed(found, event.lngLat);
        else this.card.hidden = true;
      });
      for (const layer of ['report-points', 'report-clusters']) {
        ground.on('mouseenter', layer, () => (ground.getCanvas().style.cursor = 'pointer'));
        ground.on('mouseleave', layer, () => (ground.getCanvas().style.cursor = ''));
      }
    }
  }

  /** The one report that a small map is about. */
  private alone(): { at: [number, number]; mark: string } | null {
    const [longitude, latitude, mark] = this.getAttribute('point')?.split(',') ?? [];
    return mark ? { at: [Number(longitude), Number(latitude)], mark } : null;
  }

  private dress(): void {
    const ground = this.ground as Ground;
    for (const mark of markImages(this)) if (!ground.hasImage(mark.name)) ground.addImage(mark.name, mark.image, { pixelRatio: mark.ratio });
    void ground.getSource<GeoJSONSource>('outline')?.setData(OUTLINE.path);
    const alone = this.alone();
    const data = alone ? { type: 'FeatureCollection' as const, features: [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: alone.at }, properties: { mark: alone.mark } }] } : (this.answer ?? NOTHING);
    ground.addSource('reports', { type: 'geojson', data, cluster: !alone, clusterRadius: 44, clusterMaxZoom: 15 });
    ground.addLayer({
      id: 'report-clusters', type: 'circle', source: 'reports', filter: ['has', 'point_count'],
      paint: { 'circle-color': colour('panel', this), 'circle-stroke-color': colour('jade', this), 'circle-stroke-width': 2, 'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'point_count']], 0.7, 13, 3, 17, 7, 26] },
    });
    ground.addLayer({
      id: 'report-counts', type: 'symbol', source: 'reports', filter: ['has', 'point_count'],
      layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-font': FONT, 'text-size': 13, 'text-allow-overlap': true },
      paint: { 'text-color': colour('ink', this) },
    });
    ground.addLayer({
      id: 'report-points', type: 'symbol', source: 'reports', filter: ['!', ['has', 'point_count']],
      layout: { 'icon-image': ['concat', 'report-', ['get', 'mark']], 'icon-allow-overlap': true, 'icon-size': alone ? 1.3 : 1, 'symbol-sort-key': ['match', ['get', 'mark'], 'late', 2, 'open', 1, 0] },
    });
    if (!alone) void this.load();
  }

  private buttons(small: boolean): HTMLElement {
    const box = document.createElement('div');
    box.className = 'map__controls';
    const zoom = (by: number): void => void this.ground?.easeTo({ zoom: (this.ground.getZoom() ?? 9) + by, duration: 180 });
    const whole = (): void => void this.ground?.fitBounds(this.config.bounds ?? VIETNAM, { padding: 24 });
    box.append(zoomButtons(this.config.words, small ? { zoom } : { zoom, whole }));
    return box;
  }

  private address(): string {
    const ground = this.ground as Ground;
    const bounds = ground.getBounds();
    const step = Math.max(GRID, 2 ** (9 - Math.round(ground.getZoom())) * 0.2);
    const down = (value: number): number => Math.floor(value / step) * step;
    const up = (value: number): number => Math.ceil(value / step) * step;
    const box = [Math.max(-180, down(bounds.getWest())), Math.max(-90, down(bounds.getSouth())), Math.min(180, up(bounds.getEast())), Math.min(90, up(bounds.getNorth()))];
    const query = new URLSearchParams();
    const here = new URLSearchParams(location.search);
    for (const name of NARROWING) for (const value of here.getAll(name)) if (value) query.append(name, value);
    query.set('box', box.map((value) => value.toFixed(3)).join(','));
    return `${this.config.points}?${query}`;
  }

  private async load(): Promise<void> {
    const address = this.address();
    if (address !== this.asked) {
      this.asked = address;
      try {
        const answer = await fetch(address);
        if (!answer.ok || address !== this.asked) return;
        this.answer = (await answer.json()) as Answer;
        await this.ground?.getSource<GeoJSONSource>('reports')?.setData(this.answer);
      } catch {
        this.asked = '';
        return;
      }
    }
    this.tell();
  }

  /** What is in view, as words and links. */
  private tell(): void {
    const { answer, ground, config } = this;
    if (!answer || !ground) return;
    const bounds = ground.getBounds();
    const inside = answer.features.filter((feature) => bounds.contains(feature.geometry.coordinates as [number, number]));
    const left = answer.total - answer.features.length;
    this.note.hidden = left <= 0;
    this.note.textContent = (config.words.more ?? '').replace('{count}', formatNumber(answer.features.length, 0)).replace('{total}', formatNumber(answer.total, 0));
    const title = document.createElement('summary');
    title.textContent = inside.length ? (config.words.in_view ?? '').replace('{count}', formatNumber(inside.length, 0)) : (config.words.nothing ?? '');
    const rows = document.createElement('ul');
    for (const feature of inside.slice(0, LISTED)) {
      const row = document.createElement('li');
      row.append(this.link(feature.properties));
      rows.append(row);
    }
    this.list.replaceChildren(title, ...(inside.length ? [rows] : []));
    this.list.dataset.count = String(inside.length);
    this.list.hidden = false;
  }

  private link(properties: Properties): HTMLAnchorElement {
    const link = document.createElement('a');
    link.href = this.config.page.replace('{number}', encodeURIComponent(properties.number));
    const words = [this.config.categories[properties.category] ?? properties.category, properties.address].filter(Boolean).join(', ');
    const state = document.createElement('span');
    state.className = 'muted small';
    state.textContent = ` · ${this.config.marks[properties.mark] ?? ''}`;
    link.append(markSvg(properties.mark), ` ${words}`, state);
    return link;
  }

  private pressed(found: MapGeoJSONFeature, at: { lng: number; lat: number }): void {
    const ground = this.ground as Ground;
    if (found.layer.id === 'report-clusters') {
      const source = ground.getSource<GeoJSONSource>('reports');
      const center = (found.geometry as Point).coordinates as [number, number];
      void source?.getClusterExpansionZoom(Number(found.properties.cluster_id)).then((zoom) => ground.easeTo({ center, zoom: Math.max(zoom, ground.getZoom() + 1) })).catch(() => ground.easeTo({ center: at, zoom: ground.getZoom() + 2 }));
      return;
    }
    const properties = found.properties as Properties;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn btn--quiet btn--icon btn--small';
    close.setAttribute('aria-label', this.config.words.close ?? '');
    close.textContent = '×';
    close.addEventListener('click', () => (this.card.hidden = true));
    const open = document.createElement('a');
    open.className = 'btn btn--small btn--primary';
    open.href = this.config.page.replace('{number}', encodeURIComponent(properties.number));
    open.textContent = this.config.words.open ?? '';
    const title = document.createElement('p');
    title.className = 'rmap__title';
    title.append(this.link(properties));
    this.card.replaceChildren(close, title, open);
    this.card.hidden = false;
    document.body.dispatchEvent(new CustomEvent('reports:chosen', { detail: properties.number }));
  }
}

customElements.define('dinh-reports', ReportsMap);
