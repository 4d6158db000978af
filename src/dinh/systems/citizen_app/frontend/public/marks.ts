/** Marks of reports as images for the map: the same shapes as `templatetags/public_reports.py`, with a rim that holds on any ground. */
import { colour } from '@house/theme.ts';

export const MARKS: Record<string, { path: string; colour: string }> = {
  open: { path: 'M6 .4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 6 .4Z', colour: 'information' },
  late: { path: 'M6 .6 12 11.4H0Z', colour: 'critical' },
  waiting: { path: 'M1.6 .8h3.2v10.4H1.6Zm5.6 0h3.2v10.4H7.2Z', colour: 'soft' },
  fixed: { path: 'M4.6 10.8 .4 6.4 2.3 4.5 4.6 6.9 9.7 1.4 11.6 3.3Z', colour: 'good' },
  unfixed: { path: 'M2.4 .6 6 4.2 9.6 .6 11.4 2.4 7.8 6 11.4 9.6 9.6 11.4 6 7.8 2.4 11.4.6 9.6 4.2 6 .6 2.4Z', colour: 'minor' },
  rejected: { path: 'M.8 4.4h10.4v3.2H.8Z', colour: 'soft' },
  joined: { path: 'M6 .4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 6 .4Zm0 3a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2Z', colour: 'soft' },
};
const SIZE = 24;
const RATIO = 2;

export interface Mark {
  name: string;
  image: ImageData;
  ratio: number;
}

export function markImages(element: Element): Mark[] {
  return Object.entries(MARKS).map(([name, mark]) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIZE * RATIO;
    const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    pen.scale(RATIO, RATIO);
    // A plate beneath: the thin shapes stand out on roads and names too.
    pen.fillStyle = colour('panel', element);
    pen.strokeStyle = colour(mark.colour, element);
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(SIZE / 2, SIZE / 2, 10.5, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
    pen.translate((SIZE - 12) / 2, (SIZE - 12) / 2 - (name === 'late' ? 1 : 0));
    pen.fillStyle = colour(mark.colour, element);
    pen.fill(new Path2D(mark.path), 'evenodd');
    return { name: `report-${name}`, image: pen.getImageData(0, 0, canvas.width, canvas.height), ratio: RATIO };
  });
}

export function markSvg(name: string): HTMLElement {
  const box = document.createElement('span');
  box.className = `rmark rmark--${name}`;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('fill-rule', 'evenodd');
  path.setAttribute('d', MARKS[name]?.path ?? '');
  svg.append(path);
  box.append(svg);
  return box;
}
