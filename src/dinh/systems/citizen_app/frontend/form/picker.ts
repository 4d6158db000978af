/** A point on the map: the map is moved under a cross that stands still, by finger, mouse or arrow keys. Fetched when it is opened. */
import type { FeatureCollection } from 'geojson';
import { Map as Ground, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { colour } from '@house/theme.ts';
import type { Config, Layer } from '@/map/config.ts';
import '@/map/map.css';
import { NOTHING, styleOf } from '@/map/style.ts';
import { button, element } from '../drafts/elements.ts';
import { say, told } from '../drafts/words.ts';
import type { Point } from './place.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

const NEAR = 15;
const FAR = 9.5;
const METRES_A_DEGREE = 111_320;

/** A circle of so many metres, as a polygon. */
export function circle(longitude: number, latitude: number, metres: number): FeatureCollection {
  const up = metres / METRES_A_DEGREE;
  const across = up / Math.cos((latitude * Math.PI) / 180);
  const ring = Array.from({ length: 49 }, (_, index) => {
    const angle = (index / 48) * 2 * Math.PI;
    return [longitude + across * Math.cos(angle), latitude + up * Math.sin(angle)];
  });
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }] };
}

/** Resolves with the point taken, or null where the map was closed. */
export async function pick(box: HTMLElement, now: Point | null, communes: string[]): Promise<Point | null> {
  const canvas = element('div', 'picker__canvas');
  const cross = element('div', 'picker__cross');
  cross.setAttribute('aria-hidden', 'true');
  const help = element('p', 'picker__help', say('mapHelp'));
  const zoom = element('div', 'picker__zoom map__buttons panel panel--float');
  const frame = element('div', 'picker', canvas, cross, zoom);
  await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Be Vietnam Pro"`, 'Sóc Trăng Ệ')));
  const config: Config = {
    area: '', bounds: null, communes, indicator: '', selected: '', controls: true, language: document.documentElement.lang.startsWith('vi') ? 'vi' : 'en',
    values: '', alerts: '', layers: (told.layers as Layer[] | undefined) ?? [], words: {}, initial: { values: null, alerts: NOTHING },
  };
  const centre = now ? [now.longitude, now.latitude] : ((told.centre as [number, number] | undefined) ?? [105.97, 9.6]);

  return new Promise((resolve, reject) => {
    const end = (chosen: Point | null): void => {
      ground?.remove();
      box.replaceChildren();
      resolve(chosen);
    };
    const acts = element(
      'div', 'buttons',
      button(say('mapTake'), 'btn btn--primary', () => {
        const at = (ground as Ground).getCenter();
        end({ longitude: at.lng, latitude: at.lat });
      }),
      button(say('mapClose'), 'btn', () => end(null)),
    );
    box.replaceChildren(help, frame, acts);
    let ground: Ground | null = null;
    try {
      ground = new Ground({
        container: canvas, style: styleOf(config, box, new Set(['alerts', 'heat']), ''), center: centre as [number, number], zoom: now ? NEAR : FAR,
        attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false, fadeDuration: 0, minZoom: 6, maxZoom: 18,
        locale: { 'Map.Title': say('mapHelp') },
      });
    } catch (error) {
      box.replaceChildren();
      return reject(error as Error);
    }
    const drawn = ground;
    drawn.touchZoomRotate.disableRotation();
    for (const [words, sign, by] of [[say('zoomIn'), '+', 1], [say('zoomOut'), '−', -1]] as const) {
      const press = button(sign, '', () => drawn.easeTo({ zoom: drawn.getZoom() + by, duration: 180 }));
      press.setAttribute('aria-label', words);
      zoom.append(press);
    }
    drawn.once('load', () => {
      box.dataset.map = 'idle';
      if (!now?.accuracy) return;
      drawn.addSource('accuracy', { type: 'geojson', data: circle(now.longitude, now.latitude, now.accuracy) });
      drawn.addLayer({ id: 'accuracy', type: 'fill', source: 'accuracy', paint: { 'fill-color': colour('information', box), 'fill-opacity': 0.18, 'fill-outline-color': colour('information', box) } });
    });
    drawn.getCanvas().focus();
    box.scrollIntoView({ block: 'nearest' });
  });
}
