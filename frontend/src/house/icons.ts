/** The few icons that scripts draw; pages get theirs from the server. Paths: lucide (ISC). */
const PATHS: Record<string, string> = {
  x: 'M18 6 6 18M6 6l12 12',
  'circle-alert': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 8v4M12 16h.01',
  'circle-check': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M9 12l2 2 4-4',
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
