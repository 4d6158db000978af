/** Which carrier and layer the map shows, how strongly, and what its colours mean. */
import { formatNumber } from '@house/numbers.ts';
import type { Config, Layer } from './config.ts';

export interface Legend {
  readonly carrier: string;
  readonly layer: string;
}

export function startLegend(config: Config, act: { changed(): void; faded(fade: number): void }): Legend {
  const steps = document.querySelector('[data-plan-steps]') as HTMLElement;
  const picker = document.querySelector('[data-plan-layer]') as HTMLSelectElement;
  const chips = [...document.querySelectorAll<HTMLElement>('[data-plan-carrier]')];
  const held = { carrier: config.carriers[0]?.code ?? '', layer: picker.value };
  const draw = (): void => {
    const layer = config.layers.find((one) => one.code === held.layer);
    steps.replaceChildren(...(layer ? lines(layer, config.words) : []));
  };
  for (const chip of chips)
    chip.addEventListener('click', () => {
      held.carrier = chip.dataset.planCarrier ?? '';
      for (const other of chips) other.setAttribute('aria-pressed', String(other === chip));
      act.changed();
    });
  picker.addEventListener('change', () => {
    held.layer = picker.value;
    draw();
    act.changed();
  });
  const fader = document.querySelector<HTMLInputElement>('[data-plan-fade]');
  fader?.addEventListener('input', () => act.faded(Number(fader.value) / 100));
  draw();
  return held;
}

/** Strongest first, as people read a legend from above. */
export function lines(layer: Layer, words: Record<string, string>): HTMLElement[] {
  return [...layer.steps].reverse().map(([from, colour], place, all) => {
    const line = document.createElement('li');
    const swatch = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    swatch.setAttribute('viewBox', '0 0 2 1');
    swatch.setAttribute('aria-hidden', 'true');
    const fill = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries({ width: '2', height: '1', fill: colour })) fill.setAttribute(name, value);
    swatch.append(fill);
    const next = all[place - 1]?.[0] ?? null;
    const number = (value: number): string => formatNumber(value, Number.isInteger(value) ? 0 : 1);
    const text = from === null ? (words.below ?? '').replace('{value}', number(next ?? 0)) : next === null ? (words.from ?? '').replace('{value}', number(from)) : number(from);
    line.append(swatch, ` ${text}`);
    return line;
  });
}
