/** Where it is: the device's location, a point on the map, a name, or where the photo was taken; the commune is shown back. */
import { around, places, type Place } from '../drafts/asking.ts';
import { element, find } from '../drafts/elements.ts';
import { locate } from '../drafts/locating.ts';
import { say } from '../drafts/words.ts';

export interface Point {
  longitude: number;
  latitude: number;
  accuracy?: number;
}

export interface Where {
  point(): Point | null;
  /** A photo tells where it was taken: offered, not taken for granted. */
  offer(point: [number, number] | null): void;
  restore(said: string): void;
}

const LATER_MS = 250;

export function startPlace(form: HTMLFormElement, changed: (said: string) => void): Where {
  const box = find('[data-where]');
  const says = find('[data-where-says]', box);
  const map = find('[data-where-box]', box);
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  const unit = form.elements.namedItem('unit') as HTMLSelectElement;
  box.hidden = false;
  let asked = 0;
  let accuracy: number | undefined;

  const point = (): Point | null => {
    const [longitude, latitude] = [field('longitude').value, field('latitude').value];
    return longitude && latitude ? { longitude: Number(longitude), latitude: Number(latitude), ...(accuracy ? { accuracy } : {}) } : null;
  };

  const tell = (words: string, bad = false): void => {
    says.textContent = words;
    says.classList.toggle('where__says--bad', bad);
  };

  async function take(chosen: Point, name = ''): Promise<void> {
    const turn = ++asked;
    accuracy = chosen.accuracy;
    field('longitude').value = chosen.longitude.toFixed(6);
    field('latitude').value = chosen.latitude.toFixed(6);
    tell(say('pointKept'));
    changed(says.textContent ?? '');
    const found = await around(chosen.longitude, chosen.latitude);
    if (turn !== asked) return;
    if (found) {
      const commune = found.unit?.name ?? say('unknown', { point: `${chosen.latitude.toFixed(5)}, ${chosen.longitude.toFixed(5)}` });
      const where = [name, commune].filter((part, index, all) => part && all.indexOf(part) === index).join(', ');
      const near = chosen.accuracy ? ` (${say('accuracy', { n: Math.max(1, Math.round(chosen.accuracy)) })})` : '';
      tell(found.within || !found.unit ? `${where}${near}` : say('outside', { place: where }), !found.within);
      if (found.unit && [...unit.options].some((option) => option.value === found.unit?.urn)) unit.value = found.unit.urn;
      changed(found.within ? where : '');
    }
  }

  find('[data-where-me]', box).addEventListener('click', () => {
    tell(say('locating'));
    locate().then(take, (error: Error) => tell(error.message, true));
  });

  find('[data-where-map]', box).addEventListener('click', () => {
    map.hidden = false;
    map.setAttribute('aria-busy', 'true');
    import('./picker.ts')
      .then(({ pick }) => pick(map, point(), [...unit.options].map((option) => option.value).filter(Boolean)))
      .then((chosen) => {
        map.hidden = true;
        find<HTMLButtonElement>('[data-where-map]', box).focus();
        if (chosen) void take(chosen);
      })
      .catch(() => {
        map.hidden = true;
        tell(say('mapFails'), true);
      })
      .finally(() => map.removeAttribute('aria-busy'));
  });

  startFinding(box, (place) => {
    if (place.unit) unit.value = place.unit;
    if (place.exact) {
      void take({ longitude: place.longitude, latitude: place.latitude }, place.name);
      if (!field('address').value) field('address').value = place.name;
    } else {
      // A commune's middle is no place where anything is: only its name is taken.
      asked += 1;
      field('longitude').value = field('latitude').value = '';
      tell(place.name);
      changed(place.name);
    }
  });

  unit.addEventListener('change', () => {
    if (!point() && unit.value) {
      tell(unit.selectedOptions[0]?.textContent ?? '');
      changed(says.textContent ?? '');
    }
  });

  return {
    point,
    offer(taken) {
      const offered = find<HTMLButtonElement>('[data-where-photo]', box);
      offered.hidden = !taken;
      offered.onclick = () => taken && void take({ longitude: taken[0], latitude: taken[1] });
    },
    restore(said) {
      tell(said);
      const known = point();
      if (known && navigator.onLine) void take(known);
    },
  };
}

/** The field with its list, as screen readers know it: arrows choose, Enter takes, Escape closes. */
function startFinding(box: HTMLElement, took: (place: Place) => void): void {
  const input = find<HTMLInputElement>('[data-where-find]', box);
  const list = find<HTMLUListElement>('#where-found', box);
  const says = find('[data-where-says]', box);
  let found: Place[] = [];
  let active = -1;
  let timer = 0;
  let turn = 0;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (index: number): void => {
    const place = found[index];
    if (!place) return;
    close();
    input.value = place.name;
    took(place);
  };
  const move = (to: number): void => {
    active = (to + found.length) % found.length;
    [...list.children].forEach((item, index) => item.setAttribute('aria-selected', String(index === active)));
    input.setAttribute('aria-activedescendant', `where-found-${active}`);
    list.children[active]?.scrollIntoView({ block: 'nearest' });
  };
  const ask = async (): Promise<void> => {
    const mine = ++turn;
    const words = input.value.trim();
    if (words.length < 2) return close();
    const answer = await places(words);
    if (mine !== turn || !answer) return;
    found = answer;
    says.textContent = found.length ? say('placesFound', { n: found.length }) : say('noPlaces');
    list.replaceChildren(
      ...found.map((place, index) => {
        const item = element('li', 'where__place', element('strong', '', place.name), element('span', 'muted', place.note));
        item.id = `where-found-${index}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        item.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), LATER_MS);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter') {
      event.preventDefault();
      if (!list.hidden) choose(Math.max(0, active));
      return;
    }
    if (list.hidden || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    move(event.key === 'ArrowDown' ? active + 1 : active - 1);
  });
}
