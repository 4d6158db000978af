/** File fields (`ui/upload.html`): what was chosen is listed and can be taken out again; files can be dropped, and taken
    by a phone's camera. Without this script the browser's own field does the sending. */
import { icon } from './icons.ts';
import { language, say } from './words.ts';

const MIB = 1024 * 1024;

/** `4,2 MB`: rounded up at the first decimal, so that what is too large never looks as if it were not. */
export function sizeInWords(bytes: number, locale: string = language): string {
  const [value, unit] = bytes < MIB ? [Math.ceil(bytes / 1024), 'KB'] : [Math.ceil((bytes * 10) / MIB) / 10, 'MB'];
  return `${new Intl.NumberFormat(locale).format(value)} ${unit}`;
}

export function faultOf(file: { size: number }, mostBytes: number): 'uploadEmpty' | 'uploadLarge' | null {
  return file.size === 0 ? 'uploadEmpty' : file.size > mostBytes ? 'uploadLarge' : null;
}

const identity = (file: File): string => `${file.name}/${file.size}/${file.lastModified}`;

/** The files that were there and the new ones, each once; a field for one file takes the newest. */
export function joined<F extends File>(held: readonly F[], added: readonly F[], multiple: boolean): F[] {
  if (!multiple) return added.slice(-1);
  const known = new Set(held.map(identity));
  return [...held, ...added.filter((file) => !known.has(identity(file)) && known.add(identity(file)))];
}

function makeField(field: HTMLElement): void {
  const input = field.querySelector<HTMLInputElement>('input[type=file]');
  const list = field.querySelector<HTMLElement>('[data-upload-list]');
  if (!input || !list || field.dataset.upload === 'ready') return;
  field.dataset.upload = 'ready';
  const most = Number(field.dataset.most);
  const mostBytes = Number(field.dataset.mostBytes);
  const kept = [...list.children];
  let held: File[] = [...(input.files ?? [])];

  const show = (): void => {
    const transfer = new DataTransfer();
    for (const file of held) transfer.items.add(file);
    input.files = transfer.files;
    list.replaceChildren(...kept, ...held.map(row));
    const wrong = held.length > most ? say('uploadMany', { n: most }) : held.some((file) => faultOf(file, mostBytes)) ? say('uploadMend') : '';
    input.setCustomValidity(wrong);
    if (held.length > most) list.append(told(wrong));
  };

  const told = (words: string): HTMLLIElement => {
    const item = document.createElement('li');
    item.className = 'field__error';
    item.append(icon('circle-alert'), words);
    return item;
  };

  const row = (file: File): HTMLLIElement => {
    const item = document.createElement('li');
    item.className = 'upload__file';
    const name = document.createElement('span');
    name.className = 'upload__name';
    name.textContent = file.name;
    const size = document.createElement('span');
    size.className = 'upload__size num';
    size.textContent = sizeInWords(file.size);
    const out = document.createElement('button');
    out.type = 'button';
    out.className = 'btn btn--quiet btn--icon btn--small';
    out.setAttribute('aria-label', say('uploadTakeOut', { name: file.name }));
    out.append(icon('x'));
    out.addEventListener('click', () => {
      const at = held.indexOf(file);
      held = held.filter((other) => other !== file);
      show();
      const buttons = list.querySelectorAll<HTMLButtonElement>('.upload__file button');
      (buttons[Math.min(at, buttons.length - 1)] ?? input).focus();
    });
    item.append(icon(file.type.startsWith('image/') ? 'image' : 'file'), name, size, out);
    const fault = faultOf(file, mostBytes);
    if (fault) {
      item.classList.add('upload__file--wrong');
      const says = document.createElement('span');
      says.className = 'upload__fault';
      says.textContent = say(fault, { size: sizeInWords(mostBytes) });
      item.append(says);
    }
    return item;
  };

  const add = (files: Iterable<File>): void => {
    held = joined(held, [...files], input.multiple);
    show();
  };

  input.addEventListener('change', () => add([...(input.files ?? [])]));
  input.form?.addEventListener('reset', () => {
    held = [];
    queueMicrotask(show);
  });

  const drop = field.querySelector<HTMLElement>('[data-upload-drop]');
  const hint = field.querySelector<HTMLElement>('[data-upload-hint]');
  if (hint && matchMedia('(hover: hover)').matches) hint.hidden = false;
  const choose = field.querySelector<HTMLElement>('[data-upload-choose]');
  if (choose) choose.hidden = false;
  field.classList.add('upload--ready');
  for (const name of ['dragenter', 'dragover']) drop?.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('upload__drop--over');
  });
  for (const name of ['dragleave', 'drop']) drop?.addEventListener(name, () => drop.classList.remove('upload__drop--over'));
  drop?.addEventListener('drop', (event) => {
    event.preventDefault();
    add(event.dataTransfer?.files ?? []);
  });

  const camera = field.querySelector<HTMLButtonElement>('[data-upload-camera]');
  if (camera && matchMedia('(pointer: coarse)').matches) {
    camera.hidden = false;
    camera.addEventListener('click', () => {
      const lens = document.createElement('input');
      lens.type = 'file';
      lens.accept = 'image/*';
      lens.setAttribute('capture', 'environment');
      lens.addEventListener('change', () => add([...(lens.files ?? [])]));
      lens.click();
    });
  }
  if (held.length) show();
}

export function startUploads(): void {
  const find = (root: ParentNode): void => root.querySelectorAll<HTMLElement>('[data-upload]').forEach(makeField);
  find(document);
  document.addEventListener('htmx:load', (event) => find(event.target as HTMLElement));
}
