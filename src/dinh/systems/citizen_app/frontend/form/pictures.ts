/** Photos made smaller on the device: less to send, and nothing of the camera's own notes is left in them. */
import { takenAt } from './taken.ts';
import type { Photo } from '../drafts/draft.ts';

export const LARGEST_PX = 1920;
const QUALITY = 0.82;

/** False for what is surely no picture; phones tell no kind for HEIC, so its name counts too. */
export const isPicture = (file: File): boolean => file.type.startsWith('image/') || /\.(jpe?g|png|webp|hei[cf])$/i.test(file.name);

export function sizeWithin(width: number, height: number, most = LARGEST_PX): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** As it is sent: a JPEG of at most 1920 px; as it was chosen where this browser cannot read it (HEIC), the server reads it then. */
export async function asSent(file: File): Promise<Photo> {
  const taken = takenAt(new Uint8Array(await file.slice(0, 1024 * 1024).arrayBuffer()));
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = sizeWithin(picture.width, picture.height);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    // A drawing without a ground would turn black.
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    picture.close();
    return { name: `${file.name.replace(/\.[^.]*$/, '').slice(0, 60) || 'photo'}.jpg`, blob: await jpeg(canvas), covered: 0, taken };
  } catch {
    return { name: file.name.slice(-80) || 'photo.heic', blob: file, covered: 0, taken };
  }
}

export function jpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', QUALITY));
}

/** Whether this browser can show it. */
export const isShown = (photo: Photo): boolean => photo.blob.type === 'image/jpeg' || photo.blob.type === 'image/png' || photo.blob.type === 'image/webp';
