/** Covering faces and number plates: what is covered is gone from the picture's own points before it is sent. */
import { find } from '../drafts/elements.ts';
import { say } from '../drafts/words.ts';
import { jpeg } from './pictures.ts';
import type { Photo } from '../drafts/draft.ts';

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** So few that no face and no sign can be guessed from them. */
const TILES = 4;
/** Of the picture's shorter side: what a tap covers, and the first frame of the keyboard. */
const TAP = 0.12;
const STEP = 0.03;

/** Large tiles in the colours of what was there. */
export function coverArea(pen: CanvasRenderingContext2D, area: Area): void {
  const { canvas } = pen;
  const x = Math.max(0, Math.round(area.x));
  const y = Math.max(0, Math.round(area.y));
  const width = Math.min(canvas.width - x, Math.round(area.width));
  const height = Math.min(canvas.height - y, Math.round(area.height));
  if (width < 2 || height < 2) return;
  const across = Math.min(TILES, width);
  const down = Math.min(TILES, height);
  const small = document.createElement('canvas');
  small.width = across;
  small.height = down;
  const brush = small.getContext('2d') as CanvasRenderingContext2D;
  brush.imageSmoothingQuality = 'high';
  brush.drawImage(canvas, x, y, width, height, 0, 0, across, down);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, across, down, x, y, width, height);
  pen.imageSmoothingEnabled = true;
}

/** Opens the tool; the photo with its parts covered, or null where it was left as it is. */
export async function cover(photo: Photo): Promise<Photo | null> {
  const dialog = find<HTMLDialogElement>('#blur');
  const canvas = find<HTMLCanvasElement>('[data-blur-canvas]', dialog);
  const says = find('[data-blur-says]', dialog);
  const picture = await createImageBitmap(photo.blob);
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  const side = Math.min(picture.width, picture.height);
  const done: Area[] = [];
  let frame: Area | null = null;

  const draw = (shown = frame): void => {
    pen.drawImage(picture, 0, 0);
    for (const area of done) coverArea(pen, area);
    if (!shown) return;
    for (const [colour, width] of [['#fff', side / 120], ['#17222b', side / 300]] as const) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.strokeRect(shown.x, shown.y, shown.width, shown.height);
    }
  };
  const add = (area: Area): void => {
    done.push(area);
    says.textContent = say('coveredOne', { n: done.length });
    draw();
  };

  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  let from: [number, number] | null = null;
  const between = (one: [number, number], other: [number, number]): Area => ({
    x: Math.min(one[0], other[0]), y: Math.min(one[1], other[1]), width: Math.abs(one[0] - other[0]), height: Math.abs(one[1] - other[1]),
  });
  const stop = new AbortController();
  const { signal } = stop;
  canvas.addEventListener('pointerdown', (event) => {
    from = at(event);
    frame = null;
    canvas.setPointerCapture(event.pointerId);
  }, { signal });
  canvas.addEventListener('pointermove', (event) => from && draw(between(from, at(event))), { signal });
  canvas.addEventListener('pointercancel', () => {
    from = null;
    draw();
  }, { signal });
  canvas.addEventListener('pointerup', (event) => {
    if (!from) return;
    const area = between(from, at(event));
    const tapped = area.width < side * 0.02 && area.height < side * 0.02;
    const half = (side * TAP) / 2;
    add(tapped ? { x: from[0] - half, y: from[1] - half, width: 2 * half, height: 2 * half } : area);
    from = null;
  }, { signal });
  canvas.addEventListener('keydown', (event) => {
    frame ??= { x: (canvas.width - side * TAP) / 2, y: (canvas.height - side * TAP) / 2, width: side * TAP, height: side * TAP };
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (move && event.shiftKey) {
      frame.width = Math.max(side * STEP, frame.width + move[0] * side * STEP);
      frame.height = Math.max(side * STEP, frame.height + move[1] * side * STEP);
    } else if (move) {
      frame.x = Math.min(canvas.width - frame.width, Math.max(0, frame.x + move[0] * side * STEP));
      frame.y = Math.min(canvas.height - frame.height, Math.max(0, frame.y + move[1] * side * STEP));
    } else if (event.key === 'Enter' || event.key === ' ') add({ ...frame });
    else return;
    event.preventDefault();
    draw();
  }, { signal });
  find('[data-blur-undo]', dialog).addEventListener('click', () => {
    if (done.pop()) says.textContent = say('undone');
    draw();
  }, { signal });
  find('[data-blur-cancel]', dialog).addEventListener('click', () => dialog.close(''), { signal });
  find('[data-blur-done]', dialog).addEventListener('click', () => dialog.close('done'), { signal });

  says.textContent = '';
  dialog.returnValue = '';
  draw(null);
  dialog.showModal();
  canvas.focus();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  stop.abort();
  const keep = dialog.returnValue === 'done' && done.length > 0;
  draw(null);
  const became = keep ? { ...photo, name: photo.name.replace(/\.[^.]*$/, '.jpg'), blob: await jpeg(canvas), covered: photo.covered + done.length } : null;
  picture.close();
  canvas.width = canvas.height = 1;
  return became;
}
