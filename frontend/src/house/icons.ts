/** The few icons that scripts draw; pages get theirs from the server. Paths: lucide (ISC). */
const PATHS: Record<string, string> = {
  x: 'M18 6 6 18M6 6l12 12',
  'circle-alert': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 8v4M12 16h.01',
  'circle-check': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M9 12l2 2 4-4',
  file: 'M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7ZM14 2v4a2 2 0 0 0 2 2h4',
  image: 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M9 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4M21 15l-3.1-3.1a2 2 0 0 0-2.8 0L6 21',
  info: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 16v-4M12 8h.01',
  'chevron-up': 'm18 15-6-6-6 6',
  'chevron-down': 'm6 9 6 6 6-6',
  'chevrons-up-down': 'm7 15 5 5 5-5M7 9l5-5 5 5',
};
const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? '');
  svg.append(path);
  return svg;
}

/** Severity by shape: diamond, triangle, square, disc, on a 12 × 12 grid. */
export const SHAPES: Record<string, string> = {
  critical: 'M6 0 12 6 6 12 0 6Z',
  major: 'M6 .6 12 11.4H0Z',
  minor: 'M.8 .8h10.4v10.4H.8Z',
  information: 'M6 .4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 6 .4Z',
};
