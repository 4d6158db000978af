/** The desk of a scenario: what is done on the map or in the panel becomes an edit; the map follows. */
import { ask as confirm } from '@house/dialogs.ts';
import { htmx } from '@house/fragments.ts';
import { formatNumber } from '@house/numbers.ts';
import { toast } from '@house/toasts.ts';
import { type Change, type Config, freshMast, type Mast, type State } from './config.ts';
import { startLegend } from './legend.ts';
import type { PlanMap } from './map.ts';
import './map.ts';
import { startProfile } from './profile.ts';
import { ask, Fault, fragment, send } from './server.ts';

interface Answer {
  state: 'done' | 'running' | 'failed' | 'cancelled';
  digest?: string;
  seconds?: number;
  task?: string;
  done?: number;
  of?: number;
  error?: string;
}

const config = JSON.parse(document.getElementById('plan-config')?.textContent ?? '{}') as Config;
const map = document.querySelector<PlanMap>('dinh-plan') as PlanMap;
const status = document.querySelector('[data-plan-said]') as HTMLElement;
const progress = document.querySelector('[data-plan-progress]') as HTMLProgressElement;
const stopper = document.querySelector('[data-plan-act="stop"]') as HTMLButtonElement;
const side = document.getElementById('plan-mast') as HTMLElement;
const popup = document.getElementById('plan-reading') as HTMLElement;
const { words } = config;

let state: State = config.state;
let selected = '';
let mode: '' | 'add' | 'profile' = '';
let painted = '';
let task = '';
let round = 0;

const mastOf = (code: string): Mast | undefined => state.masts.find((mast) => mast.code === code);

function said(text: string): void {
  status.textContent = text;
}

function failed(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  toast(error instanceof Fault ? error.message : String(error), 'error');
  if (!(error instanceof Fault)) console.warn('desk', error);
}

// --- the answer on the map -------------------------------------------------------------------------------

const legend = startLegend(config, {
  changed: () => repaint(),
  faded: (fade) => map.dim(fade),
});

function repaint(): void {
  map.paint(painted ? `${config.path}tiles/${painted}/${legend.carrier}/${legend.layer}/{z}/{x}/{y}.png` : '');
}

function busy(on: boolean, share: number | null = null): void {
  progress.hidden = !on;
  if (share === null) progress.removeAttribute('value');
  else progress.value = share;
  stopper.hidden = !on || !task;
}

/** Has the scenario as it stands calculated and shown; a later call makes an earlier one forget its answer. */
async function calculate(): Promise<void> {
  const mine = ++round;
  said(words.calculating ?? '');
  busy(true);
  try {
    let answer = await send<Answer>(`${config.path}calculate/`);
    while (answer.state === 'running' && mine === round) {
      task = answer.task ?? '';
      busy(true, answer.of ? (answer.done ?? 0) / answer.of : null);
      await new Promise((resolve) => setTimeout(resolve, 700));
      answer = await ask<Answer>(`${config.path}calculate/?task=${encodeURIComponent(task)}`);
    }
    if (mine !== round) return;
    task = '';
    if (answer.state === 'done' && answer.digest) {
      painted = answer.digest;
      repaint();
      said((words.calculated ?? '').replace('{seconds}', formatNumber(answer.seconds ?? 0, 1)));
      document.body.dispatchEvent(new CustomEvent('plan:calculated'));
    } else said(answer.state === 'cancelled' ? (words.stopped ?? '') : (answer.error ?? ''));
  } catch (error) {
    said('');
    failed(error);
  } finally {
    if (mine === round) busy(false);
  }
}

// --- edits -----------------------------------------------------------------------------------------------

function stand(next: State): void {
  state = next;
  map.show(state.masts);
  (document.querySelector('[data-plan-act="undo"]') as HTMLButtonElement | null)?.toggleAttribute('disabled', !state.undo);
  (document.querySelector('[data-plan-act="redo"]') as HTMLButtonElement | null)?.toggleAttribute('disabled', !state.redo);
  if (selected && !mastOf(selected)) choose('');
}

/** Keeps an edit and calculates; what could not be kept is shown as it was. */
export async function edit(kind: string, about: string, changes: Change[]): Promise<boolean> {
  const seen = Object.fromEntries(changes.flatMap(([code]) => (code ? [[code, mastOf(code)]] : [])));
  try {
    const before = new Set(state.masts.map((mast) => mast.code));
    stand(await send<State>(`${config.path}edit/`, { kind, about, changes, seen }));
    if (kind === 'add') choose(state.masts.find((mast) => !before.has(mast.code))?.code ?? '');
    void calculate();
    return true;
  } catch (error) {
    failed(error);
    map.trial(null);
    stand(await ask<State>(`${config.path}state.json`).catch(() => state));
    return false;
  }
}

async function step(back: boolean): Promise<void> {
  try {
    stand(await send<State>(`${config.path}${back ? 'undo' : 'redo'}/`));
    if (selected) choose(selected);
    void calculate();
  } catch (error) {
    failed(error);
  }
}

/** One preview at a time, always of the latest place. */
let trying = false;
let waiting: Change[] | null = null;
async function attempt(changes: Change[]): Promise<void> {
  waiting = changes;
  if (trying) return;
  trying = true;
  while (waiting) {
    const now: Change[] = waiting;
    waiting = null;
    try {
      const found = await send<{ png?: string; box?: Config['box'] }>(`${config.path}preview/`, { carrier: legend.carrier, layer: legend.layer, changes: now });
      map.trial(found.png && found.box ? { png: found.png, box: found.box } : null);
    } catch (error) {
      failed(error);
      waiting = null;
    }
  }
  trying = false;
}

const at = (event: Event): { code: string; longitude: number; latitude: number } => (event as CustomEvent).detail;
const moved = (detail: { code: string; longitude: number; latitude: number }): Change[] => {
  const mast = mastOf(detail.code);
  return mast ? [[detail.code, { ...mast, longitude: round6(detail.longitude), latitude: round6(detail.latitude) }]] : [];
};
const round6 = (value: number): number => Math.round(value * 1e6) / 1e6;

map.addEventListener('plan:dragging', (event) => void attempt(moved(at(event))));
map.addEventListener('plan:dropped', (event) => {
  const detail = at(event);
  waiting = null;
  // The form of a mast tells where it stands: it is asked for when that is kept.
  void edit('move', mastOf(detail.code)?.name ?? '', moved(detail)).then(() => choose(detail.code));
});
map.addEventListener('plan:held', () => said(words.drag_now ?? ''));

// --- what is chosen --------------------------------------------------------------------------------------

function choose(code: string): void {
  selected = code;
  map.select(code);
  popup.hidden = true;
  side.hidden = !code;
  if (!code) return side.replaceChildren();
  void htmx.ajax('get', `${config.path}masts/${encodeURIComponent(code)}/`, { target: side, swap: 'innerHTML' });
}

map.addEventListener('plan:mast', (event) => {
  const { code } = at(event);
  const mast = mastOf(code);
  if (mode === 'profile' && mast) profile.point([mast.longitude, mast.latitude], mast.antenna_height_m);
  else choose(code);
});

map.addEventListener('plan:point', (event) => {
  const { longitude, latitude } = at(event);
  if (mode === 'add') {
    aim('');
    const name = `${words.new_mast ?? ''} ${state.masts.length + 1}`;
    void edit('add', name, [[null, freshMast(round6(longitude), round6(latitude), name)]]);
  } else if (mode === 'profile') profile.point([longitude, latitude]);
  else void read(longitude, latitude);
});

async function read(longitude: number, latitude: number): Promise<void> {
  try {
    popup.innerHTML = await fragment(`${config.path}reading/?lon=${longitude.toFixed(6)}&lat=${latitude.toFixed(6)}`);
    popup.hidden = false;
  } catch (error) {
    failed(error);
  }
}

const profile = startProfile(config, map, {
  said,
  ended: () => aim(''),
  failed,
});

function aim(next: typeof mode): void {
  mode = next;
  map.aim(next !== '');
  for (const button of document.querySelectorAll<HTMLElement>('[data-plan-act][aria-pressed]')) button.setAttribute('aria-pressed', String(button.dataset.planAct === next && next !== ''));
  if (next === 'add') said(words.place_mast ?? '');
  if (next === 'profile') profile.begin();
  else if (!next) said('');
}

const ACTS: Record<string, () => void> = {
  add: () => aim(mode === 'add' ? '' : 'add'),
  profile: () => aim(mode === 'profile' ? '' : 'profile'),
  undo: () => void step(true),
  redo: () => void step(false),
  stop: () => void send(`${config.path}stop/`, { task }).catch(failed),
  whole: () => map.whole(),
  closer: () => map.zoom(1),
  farther: () => map.zoom(-1),
  deselect: () => choose(''),
};

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-plan-act]');
  if (button) ACTS[button.dataset.planAct ?? '']?.();
  const look = (event.target as Element).closest<HTMLElement>('[data-plan-look]');
  const mast = look && mastOf(look.dataset.planLook ?? '');
  if (mast) {
    choose(mast.code);
    map.look(mast);
  }
  const gone = (event.target as Element).closest<HTMLElement>('[data-plan-remove]');
  if (gone) void remove(gone.dataset.planRemove ?? '');
});

async function remove(code: string): Promise<void> {
  const mast = mastOf(code);
  if (mast && (await confirm(words.remove ?? ''))) {
    choose('');
    await edit('remove', mast.name, [[code, null]]);
  }
}

document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (typing || document.querySelector('dialog[open]')) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && config.edits) {
    event.preventDefault();
    void step(!event.shiftKey);
  } else if (event.key === 'Escape') {
    if (mode) aim('');
    else if (!popup.hidden) popup.hidden = true;
    else choose('');
    profile.close();
  } else if ((event.key === 'Delete' || event.key === 'Backspace') && selected && config.edits) void remove(selected);
});

/** The mast's form: every change of a field is an edit. */
side.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const mast = mastOf(selected);
  if (!mast) return;
  const given = new FormData(form);
  const wrong: string[] = [];
  const number = (name: string): number | null => {
    const text = String(given.get(name) ?? '').trim();
    const value = text === '' ? null : Number(text.replace(',', '.'));
    if (Number.isNaN(value)) wrong.push(text);
    return value;
  };
  const cells = mast.cells.map((cell, n) => ({
    ...cell, azimuth_deg: number(`azimuth_${n}`), tilt_deg: number(`tilt_${n}`), gain_dbi: number(`gain_${n}`), power_dbm: number(`power_${n}`), pci: number(`pci_${n}`),
  }));
  const values = {
    ...mast, name: String(given.get('name') ?? ''), antenna_height_m: number('height') ?? mast.antenna_height_m, latitude: number('latitude') ?? mast.latitude, longitude: number('longitude') ?? mast.longitude,
    standing: String(given.get('standing')) as Mast['standing'], operator: String(given.get('operator') ?? ''), backhaul: String(given.get('backhaul') ?? '') as Mast['backhaul'], cells,
  };
  // No number is no empty field: an antenna without an azimuth radiates evenly.
  if (wrong.length) return toast((words.not_number ?? '').replace('{value}', wrong.join('”, “')), 'error');
  const submitter = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (submitter?.value === 'add-cell') values.cells = [...cells, { azimuth_deg: nextAzimuth(cells.map((cell) => cell.azimuth_deg)), tilt_deg: null, gain_dbi: null, power_dbm: null, pci: null, bands: [] }];
  const drop = /^drop-(\d+)$/.exec(submitter?.value ?? '');
  if (drop) values.cells = cells.filter((_, n) => n !== Number(drop[1]));
  void edit('change', values.name, [[selected, values]]).then((kept) => kept && choose(selected));
});

/** The middle of the widest gap. */
function nextAzimuth(taken: (number | null)[]): number {
  const known = taken.filter((one): one is number => one !== null).sort((a, b) => a - b);
  if (!known.length) return 0;
  let best = { gap: 0, middle: 0 };
  known.forEach((from, n) => {
    const to = (known[n + 1] ?? (known[0] as number) + 360) - from;
    if (to > best.gap) best = { gap: to, middle: (from + to / 2) % 360 };
  });
  return Math.round(best.middle);
}

await map.begin(config).then(
  () => {
    stand(state);
    if (state.calculated) {
      painted = state.digest;
      repaint();
    } else if (state.masts.length) void calculate();
    // Losses of all masts are ready before the first one is dragged.
    if (config.edits && state.masts.length && state.calculated) void send(`${config.path}preview/`, { carrier: legend.carrier, layer: legend.layer, changes: [] }).catch(() => undefined);
    const first = new URLSearchParams(location.search).get('mast');
    const mast = first && mastOf(first);
    if (mast) {
      choose(mast.code);
      map.look(mast);
    }
  },
  (error: unknown) => {
    console.warn('map', error);
    map.dataset.map = 'failed';
    const notice = document.createElement('p');
    notice.className = 'map__failed notice notice--warning';
    notice.textContent = words.failed ?? '';
    map.replaceChildren(notice);
  },
);
