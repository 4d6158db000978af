/** Buttons on the map, as the house's own look. */
const PATHS = { zoom_in: 'M5 12h14M12 5v14', zoom_out: 'M5 12h14', whole: 'M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12' };
const SVG = 'http://www.w3.org/2000/svg';

function button(label: string, path: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.title = label;
  made.setAttribute('aria-label', label);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  made.append(svg);
  made.addEventListener('click', press);
  return made;
}

export function zoomButtons(words: Record<string, string>, act: { zoom(by: number): void; whole(): void }): HTMLElement {
  const box = document.createElement('div');
  box.className = 'map__controls';
  const group = document.createElement('div');
  group.className = 'map__buttons panel panel--float';
  group.append(
    button(words.zoom_in ?? '', PATHS.zoom_in, () => act.zoom(1)),
    button(words.zoom_out ?? '', PATHS.zoom_out, () => act.zoom(-1)),
    button(words.whole ?? '', PATHS.whole, () => act.whole()),
  );
  box.append(group);
  return box;
}
