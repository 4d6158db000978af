/** The map's own style: no sprite, no glyph file, nothing from elsewhere; colours are the page's tokens. */
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { colour } from '@house/theme.ts';
import type { Config, Layer } from './config.ts';

/** The weight is read from the first name, the face from the second. */
const FONT = ['Be Vietnam Pro Medium', 'Be Vietnam Pro'];
const FONT_STRONG = ['Be Vietnam Pro Semibold', 'Be Vietnam Pro'];
export const UNITS = { source: 'units', sourceLayer: 'units' } as const;

/** Both archipelagos in their true places, whatever the tiles hold at small scales. */
const ARCHIPELAGOS: FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    { type: 'Feature', geometry: { type: 'Point', coordinates: [112.0, 16.4] }, properties: { vi: 'QĐ. Hoàng Sa\n(Việt Nam)', en: 'Hoàng Sa Is.\n(Việt Nam)' } },
    { type: 'Feature', geometry: { type: 'Point', coordinates: [114.0, 9.6] }, properties: { vi: 'QĐ. Trường Sa\n(Việt Nam)', en: 'Trường Sa Is.\n(Việt Nam)' } },
  ],
};

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
/** The coast is needed only where the whole country is in sight. */
export const OUTLINE = { path: '/tiles/outline.geojson', below: 8.2 };

const state = (name: string): ExpressionSpecification => ['coalesce', ['feature-state', name], 0];
const isOneOf = (urns: string[]): ExpressionSpecification => ['in', ['get', 'urn'], ['literal', urns]];
const isLevel = (...levels: string[]): ExpressionSpecification => ['in', ['get', 'level'], ['literal', levels]];

export function styleOf(config: Config, canvas: Element, hidden: ReadonlySet<string>, selected: string): StyleSpecification {
  const c = (name: string): string => colour(name, canvas);
  const at = (path: string): string => new URL(path, location.href).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
  const name = config.language === 'vi' ? 'name_vi' : 'name_en';
  const shown = (group: string): { visibility: 'visible' | 'none' } => ({ visibility: hidden.has(group) ? 'none' : 'visible' });
  const ramp: ExpressionSpecification = ['match', state('step'), 1, c('ramp-1'), 2, c('ramp-2'), 3, c('ramp-3'), 4, c('ramp-4'), 5, c('ramp-5'), c('land')];
  const width: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 5, 0.3, 9, 0.8, 13, 1.6];
  const ours = isOneOf(config.communes);
  const wall = 'wall' in document.documentElement.dataset;
  // On a wall the page's own scale tells how far away people stand.
  const big = wall ? (1.5 * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16 : 1;
  const halo = { 'text-halo-color': c('panel'), 'text-halo-width': 1.6 * big, 'text-halo-blur': 0.4 };
  // People at a wall look for what is wrong, not for their way.
  const paths = wall || hidden.has('roads') ? '' : (document.documentElement.dataset.roads ?? '');
  const layers: LayerSpecification[] = [
    { id: 'water', type: 'background', paint: { 'background-color': c('water') } },
    { id: 'land', type: 'fill', source: 'outline', maxzoom: 8, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'fill-color': c('land'), 'fill-antialias': false } },
    { id: 'unit-fill', type: 'fill', ...from('units', 'units'), paint: { 'fill-color': hidden.has('heat') ? c('land') : ramp, 'fill-antialias': false } },
    ...(paths ? roadLines(c) : []),
    { id: 'neighbour-line', type: 'line', ...from('units', 'units'), filter: ['!', ours], paint: { 'line-color': c('line'), 'line-width': width } },
    { id: 'unit-line', type: 'line', ...from('units', 'units'), filter: ours, paint: { 'line-color': c('panel'), 'line-width': width } },
    { id: 'coast', type: 'line', source: 'outline', maxzoom: 8, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': c('edge'), 'line-width': 0.8 * big, 'line-opacity': 0.6 } },
    { id: 'unit-hover', type: 'line', ...from('units', 'units'), layout: { 'line-join': 'round', visibility: 'none' }, paint: { 'line-color': c('soft'), 'line-width': 1.5, 'line-opacity': ['case', ['==', state('hover'), 1], 1, 0] } },
    { id: 'unit-selected', type: 'line', ...from('units', 'units'), filter: ['==', ['get', 'urn'], selected], layout: { 'line-join': 'round' }, paint: { 'line-color': c('ink'), 'line-width': 2.25 * big } },
    ...config.layers.flatMap((layer) => published(layer, c, shown(layer.code))),
    {
      id: 'asset-clusters', type: 'circle', ...from('assets', 'assets'), minzoom: 10, filter: ['>', ['coalesce', ['get', 'count'], 1], 1], layout: shown('assets'),
      paint: { 'circle-color': c('panel'), 'circle-opacity': 0.85, 'circle-stroke-color': c('soft'), 'circle-stroke-width': 1, 'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'count']], 0.7, 6, 3, 9, 7, 15] },
    },
    {
      id: 'asset-counts', type: 'symbol', ...from('assets', 'assets'), minzoom: 10, filter: ['>', ['coalesce', ['get', 'count'], 1], 1],
      layout: { ...shown('assets'), 'text-field': ['to-string', ['get', 'count']], 'text-font': FONT, 'text-size': 10, 'text-allow-overlap': false },
      paint: { 'text-color': c('soft') },
    },
    {
      id: 'asset-points', type: 'circle', ...from('assets', 'assets'), minzoom: 10, filter: ['==', ['coalesce', ['get', 'count'], 1], 1], layout: shown('assets'),
      paint: { 'circle-color': ['case', ['==', state('selected'), 1], c('ink'), c('soft')], 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 2.2, 14, 5], 'circle-stroke-color': c('panel'), 'circle-stroke-width': 1 },
    },
    ...(paths ? [roadNames(c, halo)] : []),
    {
      id: 'asset-names', type: 'symbol', ...from('assets', 'assets'), minzoom: 15, filter: ['==', ['coalesce', ['get', 'count'], 1], 1],
      layout: { ...shown('assets'), 'text-field': ['coalesce', ['get', name], ['get', 'name_vi']], 'text-font': FONT, 'text-size': 11 * big, 'text-max-width': 9, 'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.8, 'text-optional': true },
      paint: { 'text-color': c('ink'), ...halo },
    },
    {
      id: 'neighbour-labels', type: 'symbol', ...from('units', 'unit_labels'), filter: ['all', ['!', ours], ['!', isLevel('province', 'country')]], minzoom: wall ? 24 : 9.8,
      layout: { ...shown('labels'), 'text-field': ['coalesce', ['get', name], ['get', 'name_vi']], 'text-font': FONT, 'text-size': 10.5 * big, 'text-max-width': 7, 'text-padding': 8 },
      paint: { 'text-color': c('soft'), ...halo },
    },
    {
      id: 'unit-labels', type: 'symbol', ...from('units', 'unit_labels'), filter: ours, minzoom: 8,
      layout: { ...shown('labels'), 'text-field': ['coalesce', ['get', name], ['get', 'name_vi']], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11 * big, 12, 14 * big], 'text-max-width': 7, 'text-padding': 1, 'text-variable-anchor': ['center', 'top', 'bottom'], 'text-radial-offset': 1.35 },
      paint: { 'text-color': c('ink'), ...halo },
    },
    {
      id: 'province-labels', type: 'symbol', ...from('units', 'unit_labels'), filter: isLevel('province'), maxzoom: 8.5,
      layout: { ...shown('labels'), 'text-field': ['coalesce', ['get', name], ['get', 'name_vi']], 'text-font': FONT_STRONG, 'text-size': 11.5 * big, 'text-max-width': 7 },
      paint: { 'text-color': c('ink'), ...halo },
    },
    {
      id: 'archipelagos', type: 'symbol', source: 'archipelagos', maxzoom: 8,
      layout: { 'text-field': ['get', config.language], 'text-font': FONT_STRONG, 'text-size': 11.5 * big, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': c('ink'), ...halo },
    },
    {
      id: 'alerts', type: 'symbol', source: 'alerts',
      layout: {
        ...shown('alerts'), 'icon-image': ['concat', 'severity-', ['get', 'severity']], 'icon-size': big, 'icon-allow-overlap': true, 'icon-ignore-placement': false, 'symbol-sort-key': ['coalesce', ['get', 'rank'], 0],
        'text-field': ['case', ['>', ['coalesce', ['get', 'count'], 1], 1], ['to-string', ['get', 'count']], ''], 'text-font': FONT, 'text-size': 11 * big, 'text-offset': [0.9, -0.9], 'text-allow-overlap': true, 'text-ignore-placement': true,
      },
      paint: { 'text-color': c('ink'), ...halo },
    },
  ];
  return {
    version: 8,
    sources: {
      outline: { type: 'geojson', data: NOTHING },
      units: { type: 'vector', tiles: [at('/tiles/units/{z}/{x}/{y}.mvt')], minzoom: 3, maxzoom: 12, promoteId: { units: 'urn', unit_labels: 'urn' } },
      assets: { type: 'vector', tiles: [at('/tiles/assets/{z}/{x}/{y}.mvt')], minzoom: 9, maxzoom: 15, promoteId: { assets: 'urn' } },
      ...(paths ? { roads: { type: 'vector' as const, tiles: [at(paths)], minzoom: 7, maxzoom: 14 } } : {}),
      alerts: { type: 'geojson', data: config.initial?.alerts ?? NOTHING },
      archipelagos: { type: 'geojson', data: ARCHIPELAGOS },
      ...Object.fromEntries(config.layers.map((layer) => [`layer-${layer.code}`, layer.path.includes('{z}') ? { type: 'vector' as const, tiles: [at(layer.path)] } : { type: 'geojson' as const, data: at(layer.path) }])),
    },
    layers,
  };
}

function from(source: string, layer: string): { source: string; 'source-layer': string } {
  return { source, 'source-layer': layer };
}

const ROADS = { source: 'roads', 'source-layer': 'roads' } as const;

/** Thin and grey far out, light with a rim near; the rank says how wide. */
function roadLines(c: (name: string) => string): LayerSpecification[] {
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const width = (rim: number): ExpressionSpecification => [
    'interpolate', ['exponential', 1.5], ['zoom'],
    8, ['+', rim, ['match', ['get', 'rank'], 0, 1.6, 1, 1.2, 2, 1, 3, 0.7, 0.4]],
    18, ['+', rim, ['match', ['get', 'rank'], 0, 18, 1, 15, 2, 13, 3, 11, 4, 9, 5]],
  ];
  return [
    { id: 'road-rims', type: 'line', ...ROADS, minzoom: 12, layout, paint: { 'line-width': width(1.8), 'line-color': c('road-rim') } },
    {
      id: 'roads', type: 'line', ...ROADS, layout,
      paint: { 'line-width': width(0), 'line-color': ['interpolate', ['linear'], ['zoom'], 11, c('edge'), 12.5, c('road')], 'line-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.5, 12.5, 1] },
    },
  ];
}

function roadNames(c: (name: string) => string, halo: Record<string, unknown>): LayerSpecification {
  return {
    id: 'road-names', type: 'symbol', ...ROADS, minzoom: 14, filter: ['has', 'name'],
    layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-padding': 12 },
    paint: { 'text-color': c('soft'), ...halo },
  };
}

/** A layer that another system publishes; a vector tile's layer has the layer's code. */
function published(layer: Layer, c: (name: string) => string, layout: { visibility: 'visible' | 'none' }): LayerSpecification[] {
  const id = `layer-${layer.code}`;
  const source = layer.path.includes('{z}') ? from(id, layer.code) : { source: id };
  // Not jade: that is the ramp of the indicator beneath, and a second jade would read as more of it.
  if (layer.geometry === 'fill')
    return [
      { id, type: 'fill', ...source, layout, paint: { 'fill-color': c('information'), 'fill-opacity': 0.16 } },
      { id: `${id}-edge`, type: 'line', ...source, layout, paint: { 'line-color': c('information'), 'line-width': 1.5 } },
    ];
  if (layer.geometry === 'line') return [{ id, type: 'line', ...source, layout, paint: { 'line-color': c('jade'), 'line-width': 1.5 } }];
  return [{ id, type: 'circle', ...source, layout, paint: { 'circle-color': c('jade'), 'circle-radius': 4, 'circle-stroke-color': c('panel'), 'circle-stroke-width': 1 } }];
}
