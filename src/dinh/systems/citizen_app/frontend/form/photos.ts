/** The photos of a draft: taken or chosen, shown, covered, taken out. */
import type { Photo } from '../drafts/draft.ts';
import { button, element, find } from '../drafts/elements.ts';
import { path, say, told } from '../drafts/words.ts';
import { cover } from './cover.ts';
import { NotOpened, opened } from './opening.ts';
import { asSent, isPicture, isShown } from './pictures.ts';

export interface Photos {
  show(photos: readonly Photo[]): void;
}

export function startPhotos(held: () => Photo[], changed: (photos: Photo[]) => void): Photos {
  const box = find('[data-photos]');
  const plain = find('[data-photo-plain]');
  const list = find('[data-photos-list]', box);
  const fault = find('[data-photos-fault]', box);
  const most = Number(path('photos'));
  const bytes = Number(told.bytes);
  let shown: string[] = [];
  plain.hidden = true;
  box.hidden = false;
  // The plain field would be sent with the form; its photos are the draft's from now on.
  const input = find<HTMLInputElement>('#photo');
  input.disabled = true;

  const choose = (camera: boolean): void => {
    const lens = element('input');
    lens.type = 'file';
    lens.accept = camera ? 'image/*' : 'image/*,.heic,.heif';
    lens.multiple = !camera;
    if (camera) lens.setAttribute('capture', 'environment');
    lens.addEventListener('change', () => void add([...(lens.files ?? [])]));
    lens.hidden = true;
    lens.dataset.photoLens = '';
    box.querySelector('[data-photo-lens]')?.remove();
    box.append(lens);
    lens.click();
  };
  find('[data-photo-take]', box).addEventListener('click', () => choose(true));
  find('[data-photo-choose]', box).addEventListener('click', () => choose(false));

  async function add(files: File[]): Promise<void> {
    const faults: string[] = [];
    box.setAttribute('aria-busy', 'true');
    for (const file of files) {
      if (held().length >= most) {
        faults.push(say('most', { n: most }));
        break;
      }
      if (!isPicture(file)) faults.push(say('noPicture', { name: file.name }));
      else {
        const photo = await asSent(file);
        if (photo.blob.size > bytes) faults.push(say('heavy', { name: file.name, size: Math.floor(bytes / 1024 / 1024) }));
        else changed([...held(), photo]);
      }
    }
    box.removeAttribute('aria-busy');
    fault.textContent = faults.join(' ');
    fault.hidden = !faults.length;
  }

  async function coverOne(photo: Photo, index: number): Promise<void> {
    const replace = (before: Photo, after: Photo): void => changed(held().map((other) => (other === before ? after : other)));
    fault.hidden = true;
    box.setAttribute('aria-busy', 'true');
    try {
      const readable = await opened(photo);
      if (readable !== photo) replace(photo, readable);
      const became = await cover(readable);
      if (became) replace(readable, became);
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error;
      fault.textContent = error.message;
      fault.hidden = false;
    } finally {
      box.removeAttribute('aria-busy');
      list.querySelectorAll<HTMLButtonElement>('.photos__one')[index]?.querySelector('button')?.focus();
    }
  }

  function row(photo: Photo, index: number): HTMLLIElement {
    const item = element('li', 'photos__one');
    const name = say('photoOf', { n: index + 1 });
    if (isShown(photo)) {
      const picture = element('img', 'photos__picture');
      picture.src = URL.createObjectURL(photo.blob);
      shown.push(picture.src);
      picture.alt = photo.covered ? `${name}, ${say('covered')}` : name;
      item.append(picture);
    } else item.append(element('p', 'photos__picture photos__picture--none', element('strong', '', photo.name), say('noPreview')));
    const acts = element('div', 'photos__acts');
    acts.append(button(say('cover'), 'btn btn--small', () => void coverOne(photo, index)));
    const out = button('', 'btn btn--small btn--icon', () => {
      changed(held().filter((other) => other !== photo));
      (list.querySelector<HTMLButtonElement>('button') ?? find('[data-photo-choose]', box)).focus();
    }, 'x');
    out.setAttribute('aria-label', say('takeOut', { n: index + 1 }));
    acts.append(out);
    item.append(acts);
    return item;
  }

  return {
    show(photos) {
      for (const url of shown) URL.revokeObjectURL(url);
      shown = [];
      list.replaceChildren(...photos.map(row));
      for (const add of box.querySelectorAll<HTMLButtonElement>('.photos__add button')) add.disabled = photos.length >= most;
    },
  };
}
