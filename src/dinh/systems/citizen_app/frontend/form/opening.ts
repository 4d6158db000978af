/** A photo that this browser cannot read (HEIC) is opened by the server, which keeps nothing of it: only then can it be covered. */
import { path, say } from '../drafts/words.ts';
import { asSent, isShown } from './pictures.ts';
import type { Photo } from '../drafts/draft.ts';

/** Shown where the photo stays as it is: what cannot be done now, and what can. */
export class NotOpened extends Error {}

export async function opened(photo: Photo): Promise<Photo> {
  if (isShown(photo)) return photo;
  let answer: Response;
  try {
    answer = await fetch(path('preview'), { method: 'POST', body: photo.blob, headers: { 'Content-Type': 'image/heic', Accept: 'application/json' } });
  } catch {
    throw new NotOpened(say('openOffline'));
  }
  const type = answer.headers.get('Content-Type') ?? '';
  if (answer.ok && type.startsWith('image/jpeg')) {
    const made = await asSent(new File([await answer.blob()], `${photo.name.replace(/\.[^.]*$/, '')}.jpg`, { type: 'image/jpeg' }));
    return { ...made, taken: photo.taken };
  }
  const told = type.startsWith('application/json') ? ((await answer.json()) as { message?: string }).message : '';
  throw new NotOpened(told || say('openFailed'));
}
