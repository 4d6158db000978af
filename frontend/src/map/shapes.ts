/** The severities' shapes as images for the map: colour and form, with a rim that holds on any ground. */
import { SHAPES } from '@house/icons.ts';
import { colour } from '@house/theme.ts';

const SIZE = 20;
const RATIO = 2;

export interface Shape {
  name: string;
  image: ImageData;
  ratio: number;
}

export function severityShapes(element: Element): Shape[] {
  return Object.entries(SHAPES).map(([severity, path]) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIZE * RATIO;
    const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const scale = severity === 'critical' ? 1.25 : 1;
    pen.scale(RATIO * scale, RATIO * scale);
    const inset = (SIZE / scale - 12) / 2;
    pen.translate(inset, inset);
    const shape = new Path2D(path);
    pen.lineJoin = 'round';
    pen.lineWidth = 2.5;
    pen.strokeStyle = colour('panel', element);
    pen.stroke(shape);
    pen.fillStyle = colour(severity, element);
    pen.fill(shape);
    return { name: `severity-${severity}`, image: pen.getImageData(0, 0, canvas.width, canvas.height), ratio: RATIO };
  });
}
