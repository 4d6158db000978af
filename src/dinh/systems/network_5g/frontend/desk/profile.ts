/** Two clicks give the profile of a path: terrain, sight and the first Fresnel zone, drawn by the server. */
import { htmx } from '@house/fragments.ts';
import type { Config } from './config.ts';
import type { PlanMap } from './map.ts';
import { fragment } from './server.ts';

interface Tell {
  said(text: string): void;
  ended(): void;
  failed(error: unknown): void;
}

export function startProfile(config: Config, map: PlanMap, tell: Tell): { begin(): void; point(place: [number, number], height?: number): void; close(): void } {
  const box = document.getElementById('plan-profile') as HTMLElement;
  let ends: { place: [number, number]; height: number | null }[] = [];
  const draw = async (query: string): Promise<void> => {
    try {
      box.innerHTML = await fragment(`${config.path}profile/?${query}`);
      box.hidden = false;
      htmx.process(box);
    } catch (error) {
      tell.failed(error);
    }
  };
  const close = (): void => {
    box.hidden = true;
    map.path([]);
  };
  box.addEventListener('click', (event) => {
    if ((event.target as Element).closest('[data-plan-close]')) close();
  });
  // Heights, frequency and the kind of link are fields of the drawn profile: it is drawn again with them.
  box.addEventListener('change', (event) => {
    const form = box.querySelector('form');
    if (!form) return;
    const query = new URLSearchParams([...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)]));
    // Another kind of link has another band and other antennas: it begins with its own.
    if ((event.target as HTMLInputElement).name === 'link') for (const name of ['ghz', 'to_height']) query.delete(name);
    void draw(query.toString());
  });
  box.addEventListener('submit', (event) => event.preventDefault());
  return {
    begin() {
      ends = [];
      map.path([]);
      tell.said(config.words.pick_first ?? '');
    },
    point(place, height) {
      ends.push({ place, height: height ?? null });
      map.path(ends.map((end) => end.place));
      if (ends.length < 2) return tell.said(config.words.pick_second ?? '');
      const [from, to] = ends as [(typeof ends)[0], (typeof ends)[0]];
      const query = new URLSearchParams({ from: from.place.map((one) => one.toFixed(6)).join(','), to: to.place.map((one) => one.toFixed(6)).join(',') });
      if (from.height !== null) query.set('from_height', String(from.height));
      if (to.height !== null) query.set('to_height', String(to.height));
      ends = [];
      tell.ended();
      void draw(query.toString());
    },
    close,
  };
}
