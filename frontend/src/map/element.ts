/**
 * `<dinh-map config="id of a JSON script">`. Tells the page by events: `dinh:place` {urn} and `dinh:alert` {urn} when
 * something is chosen. `data-map` is loading, idle or failed.
 */
import type { FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as Ground, type MapMouseEvent, type PointLike, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { formatNumber } from '@house/numbers.ts';
import { type Config, stepOf, type Values } from './config.ts';
import { controls } from './controls.ts';
import './map.css';
import { severityShapes } from './shapes.ts';
import { OUTLINE, styleOf, UNITS } from './style.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

const REFRESH_MS = 3_000;
const VIETNAM: [number, number, number, number] = [102.1, 7.5, 115.5, 23.5];

export class DinhMap extends HTMLElement {
  private ground: Ground | null = null;
  private config!: Config;
  private canvas!: HTMLElement;
  private hover!: HTMLElement;
  private off = new Set<string>();
  private values: Values | null = null;
  private selected = '';
  private hovered = '';
  private coast = false;
  private query = new URLSearchParams(location.search);
  private refreshing = 0;
  private listeners = new AbortController();

  connectedCallback(): void {
    if (this.ground) return;
    const script = document.getElementById(this.getAttribute('config') ?? '');
    this.config = JSON.parse(script?.textContent ?? '{}') as Config;
    this.selected = this.config.selected;
    this.values = this.config.initial?.values ?? null;
    this.dataset.map = 'loading';
    this.canvas = document.createElement('div');
    this.canvas.className = 'map__canvas';
    this.hover = document.createElement('div');
    this.hover.className = 'map__hover panel panel--float';
    this.hover.hidden = true;
    this.replaceChildren(this.canvas, this.hover);
    void this.begin();
  }

  disconnectedCallback(): void {
    this.listeners.abort();
    this.ground?.remove();
    this.ground = null;
  }

  private async begin(): Promise<void> {
    try {
      // Labels are drawn with the page's own face: it must be there before the first one is.
      await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Be Vietnam Pro"`, 'Sóc Trăng Ệ')));
      this.draw();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    console.warn('map', error);
    this.dataset.map = 'failed';
    const words = document.createElement('p');
    words.className = 'map__failed notice notice--warning';
    words.setAttribute('role', 'alert');
    words.textContent = this.config.words?.failed ?? '';
    this.replaceChildren(words);
  }

  private draw(): void {
    const ground = new Ground({
      container: this.canvas,
      style: styleOf(this.config, this, this.off, this.selected),
      bounds: this.config.bounds ?? VIETNAM,
      fitBoundsOptions: { padding: this.padding() },
      hash: this.config.controls ? 'map' : false,
      interactive: this.config.controls,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      minZoom: 3.5,
      maxZoom: 17,
      locale: { 'Map.Title': this.config.words.map ?? '' },
    });
    this.ground = ground;
    ground.touchZoomRotate.disableRotation();
    for (const shape of severityShapes(this)) ground.addImage(shape.name, shape.image, { pixelRatio: shape.ratio });
    ground.on('idle', () => this.atRest());
    ground.on('error', (event) => console.warn('map', event.error?.message ?? event));
    ground.on('webglcontextlost', () => (this.dataset.map = 'loading'));
    ground.once('style.load', () => {
      this.shade();
      this.outline();
      if (!this.selected.startsWith('urn:dinh:unit:')) this.mark(this.selected, 'selected', true);
    });
    ground.on('zoomend', () => this.outline());
    if (!this.config.initial?.values) this.loadValues();
    if (!this.config.initial?.alerts) ground.once('load', () => this.loadAlerts());
    if (this.config.controls) this.interact(ground);
    this.listen();
  }

  /** The coast of the whole country, once it comes in sight. */
  private outline(): void {
    if (this.coast || !this.ground || this.ground.getZoom() > OUTLINE.below) return;
    this.coast = true;
    void this.ground.getSource<GeoJSONSource>('outline')?.setData(OUTLINE.path);
  }

  private padding(): { top: number; bottom: number; left: number; right: number } {
    const narrow = this.clientWidth < 640;
    if (narrow) return { top: 120, bottom: 12, left: 10, right: 10 };
    return !this.config.controls ? { top: 24, bottom: 24, left: 24, right: 24 } : { top: 32, bottom: 32, left: 40, right: 64 };
  }

  private listen(): void {
    const { signal } = this.listeners;
    const on = (name: string, hear: (event: Event) => void): void => document.body.addEventListener(name, hear, { signal });
    on('dinh:figures', () => this.soon());
    on('dinh:alerts', () => this.loadAlerts());
    on('dinh:theme', () => this.recolour());
    on('dinh:view', () => this.follow());
  }

  /** The address has changed: another moment, indicator or selection. */
  private follow(): void {
    this.query = new URLSearchParams(location.search);
    const indicator = this.query.get('indicator');
    if (indicator) this.config.indicator = indicator;
    this.loadValues();
    this.loadAlerts();
  }

  private soon(): void {
    if (this.refreshing || this.query.has('at')) return;
    this.refreshing = window.setTimeout(() => {
      this.refreshing = 0;
      this.loadValues();
    }, REFRESH_MS);
  }

  private address(path: string, names: string[]): string {
    const query = new URLSearchParams();
    for (const name of names) for (const value of this.query.getAll(name)) query.append(name, value);
    return `${path}?${query}`;
  }

  private loadValues(): void {
    if (!this.config.indicator) return;
    const path = `${this.address(this.config.values, ['at'])}&indicator=${encodeURIComponent(this.config.indicator)}`;
    void fetch(path, { headers: { Accept: 'application/json' } })
      .then(async (answer) => {
        if (!answer.ok) return;
        this.values = (await answer.json()) as Values;
        this.shade();
      })
      .catch(() => undefined);
  }

  private loadAlerts(): void {
    const source = this.ground?.getSource<GeoJSONSource>('alerts');
    if (!source) return;
    void fetch(this.address(this.config.alerts, ['at', 'severity', 'within']))
      .then(async (answer) => {
        if (answer.ok) await source.setData((await answer.json()) as FeatureCollection);
      })
      .catch(() => undefined);
  }

  private shade(): void {
    const { ground, values } = this;
    if (!ground || !values) return;
    if (!ground.isStyleLoaded() && !ground.getSource('units')) {
      ground.once('styledata', () => this.shade());
      return;
    }
    for (const [urn, value] of Object.entries(values.values)) ground.setFeatureState({ ...UNITS, id: urn }, { step: stepOf(value, values.steps) });
  }

  private atRest(): void {
    this.dataset.map = 'idle';
    const approximate = this.ground?.querySourceFeatures('units', { sourceLayer: 'units', filter: ['==', ['get', 'approximate'], true] }).length;
    for (const note of document.querySelectorAll<HTMLElement>('[data-approximate]')) note.hidden = !approximate;
  }

  private mark(urn: string, name: 'selected' | 'hover', on: boolean): void {
    if (!urn || !this.ground?.getSource('units')) return;
    const target = urn.startsWith('urn:dinh:unit:') ? UNITS : { source: 'assets', sourceLayer: 'assets' };
    this.ground.setFeatureState({ ...target, id: urn }, { [name]: on ? 1 : 0 });
  }

  /** Outlines a unit or an asset; '' outlines nothing. */
  select(urn: string): void {
    if (urn === this.selected) return;
    if (!this.selected.startsWith('urn:dinh:unit:')) this.mark(this.selected, 'selected', false);
    this.selected = urn;
    this.ground?.setFilter('unit-selected', ['==', ['get', 'urn'], urn]);
    if (!urn.startsWith('urn:dinh:unit:')) this.mark(urn, 'selected', true);
  }

  whole(): void {
    this.ground?.fitBounds(this.config.bounds ?? VIETNAM, { padding: this.padding(), animate: !matchMedia('(prefers-reduced-motion: reduce)').matches });
  }

  /** The map as a PNG, as it is drawn now. */
  picture(): Promise<Blob | null> {
    return new Promise((resolve) => {
      if (!this.ground) return resolve(null);
      this.ground.once('render', () => this.ground?.getCanvas().toBlob(resolve, 'image/png'));
      this.ground.triggerRepaint();
    });
  }

  override focus(options?: FocusOptions): void {
    this.ground?.getCanvas().focus(options);
  }

  /** A new style begins with what the page was written with. */
  private restored(): void {
    this.coast = false;
    this.outline();
    this.shade();
    this.loadAlerts();
  }

  private recolour(): void {
    if (!this.ground) return;
    for (const shape of severityShapes(this)) this.ground.updateImage(shape.name, shape.image);
    this.ground.setStyle(styleOf(this.config, this, this.off, this.selected), { diff: true });
    this.ground.once('styledata', () => this.restored());
  }

  private interact(ground: Ground): void {
    this.append(
      controls(this.config, this.off, {
        zoom: (by) => ground.easeTo({ zoom: ground.getZoom() + by, duration: 180 }),
        whole: () => this.whole(),
        toggle: (group, on) => {
          if (on) this.off.delete(group);
          else this.off.add(group);
          ground.setStyle(styleOf(this.config, this, this.off, this.selected), { diff: true });
          ground.once('styledata', () => this.restored());
        },
      }),
    );
    const pick = (event: MapMouseEvent) => {
      const reach = 6;
      const box: [PointLike, PointLike] = [
        [event.point.x - reach, event.point.y - reach],
        [event.point.x + reach, event.point.y + reach],
      ];
      const near = ground.queryRenderedFeatures(box, { layers: ['alerts', 'asset-points', 'asset-clusters'].filter((id) => ground.getLayer(id)) });
      return near[0] ?? ground.queryRenderedFeatures(event.point, { layers: ['unit-fill'] })[0];
    };
    ground.on('click', (event) => {
      const found = pick(event);
      if (!found) return;
      const { urn, count } = found.properties as { urn?: string; count?: number };
      if (found.layer.id === 'asset-clusters') ground.easeTo({ center: event.lngLat, zoom: ground.getZoom() + 2 });
      else if (urn) this.dispatchEvent(new CustomEvent(found.layer.id === 'alerts' ? 'dinh:alert' : 'dinh:place', { bubbles: true, detail: { urn, count } }));
    });
    ground.on('mousemove', (event) => this.pointAt(event, pick(event)));
    ground.on('mouseout', () => this.pointAt(null, undefined));
  }

  private pointAt(event: MapMouseEvent | null, found: { layer: { id: string }; properties: Record<string, unknown> } | undefined): void {
    const urn = String(found?.properties.urn ?? '');
    const unit = found?.layer.id === 'unit-fill' ? urn : '';
    if (unit !== this.hovered) {
      this.mark(this.hovered, 'hover', false);
      this.hovered = unit;
      if (unit && this.ground?.getLayoutProperty('unit-hover', 'visibility') === 'none') this.ground.setLayoutProperty('unit-hover', 'visibility', 'visible');
      this.mark(unit, 'hover', true);
    }
    if (this.ground) this.ground.getCanvas().style.cursor = found ? 'pointer' : '';
    this.hover.hidden = !found || !event;
    if (!found || !event) return;
    const name = document.createElement('strong');
    const note = document.createElement('span');
    const { properties } = found;
    const title = (key: string): string => String(properties[`${key}_${this.config.language}`] ?? properties[`${key}_vi`] ?? '');
    if (found.layer.id === 'alerts') {
      name.textContent = String(properties.title);
      note.textContent = String(properties.place ?? '');
    } else if (found.layer.id === 'asset-clusters') {
      name.textContent = (this.config.words.assets ?? '').replace('{count}', formatNumber(Number(properties.count), 0));
    } else {
      name.textContent = title('name') || urn;
      const value = this.values?.values[urn];
      if (unit) note.textContent = value === null || value === undefined ? (this.config.words.no_value ?? '') : `${formatNumber(value, this.values?.decimals)} ${this.values?.unit ?? ''}`;
      if (properties.approximate === true) note.textContent += ` · ${this.config.words.approximate ?? ''}`;
    }
    this.hover.replaceChildren(name, note);
    const right = event.point.x > this.clientWidth - 220;
    this.hover.style.transform = `translate(${Math.round(event.point.x + (right ? -12 : 14))}px, ${Math.round(event.point.y + 14)}px)${right ? ' translateX(-100%)' : ''}`;
  }
}

customElements.define('dinh-map', DinhMap);
