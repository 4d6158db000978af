/** Buttons on the map, reached by keyboard like any other. */
import type { Config } from './config.ts';

const PATHS = {
  in: 'M5 12h14M12 5v14',
  out: 'M5 12h14',
  whole: 'M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12',
  layers: 'm12 3 9 5-9 5-9-5zM3 12.500l9 5 9-5M3 16.500l9 5 9-5',
};
const SVG = 'http://www.w3.org/2000/svg';

export interface Actions {
  zoom(by: number): void;
  whole(): void;
  toggle(group: string, on: boolean): void;
}

function button(label: string, path: string, press: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.title = label;
  element.setAttribute('aria-label', label);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  element.append(svg);
  element.addEventListener('click', press);
  return element;
}

/** Nearer, farther, and all of it where there is more to see. Words: zoom_in, zoom_out, whole. */
export function zoomButtons(words: Record<string, string>, act: Pick<Actions, 'zoom'> & Partial<Pick<Actions, 'whole'>>): HTMLElement {
  const group = document.createElement('div');
  group.className = 'map__buttons panel panel--float';
  group.append(
    button(words.zoom_in ?? '', PATHS.in, () => act.zoom(1)),
    button(words.zoom_out ?? '', PATHS.out, () => act.zoom(-1)),
  );
  if (act.whole) group.append(button(words.whole ?? '', PATHS.whole, () => act.whole?.()));
  return group;
}

export function controls(config: Config, hidden: ReadonlySet<string>, act: Actions): HTMLElement {
  const { words } = config;
  const box = document.createElement('div');
  box.className = 'map__controls';
  const menu = document.createElement('fieldset');
  menu.className = 'map__layers panel panel--float';
  menu.hidden = true;
  const title = document.createElement('legend');
  title.textContent = words.layers ?? '';
  menu.append(title);
  const groups: [string, string][] = [
    ['heat', words.heat_layer ?? ''],
    ['alerts', words.alert_layer ?? ''],
    ['assets', words.asset_layer ?? ''],
    ['labels', words.label_layer ?? ''],
    ...(document.documentElement.dataset.roads ? [['roads', words.road_layer ?? ''] as [string, string]] : []),
    ...config.layers.map((layer): [string, string] => [layer.code, layer.name]),
  ];
  for (const [code, name] of groups) {
    const label = document.createElement('label');
    label.className = 'choice';
    const tick = document.createElement('input');
    tick.type = 'checkbox';
    tick.checked = !hidden.has(code);
    tick.addEventListener('change', () => act.toggle(code, tick.checked));
    label.append(tick, ` ${name}`);
    menu.append(label);
  }
  const layers = button(words.layers ?? '', PATHS.layers, () => {
    menu.hidden = !menu.hidden;
    layers.setAttribute('aria-expanded', String(!menu.hidden));
    if (!menu.hidden) menu.querySelector('input')?.focus();
  });
  layers.setAttribute('aria-expanded', 'false');
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.hidden = true;
    layers.setAttribute('aria-expanded', 'false');
    layers.focus();
  });
  const group = zoomButtons(words, act);
  group.append(layers);
  box.append(group, menu);
  return box;
}
