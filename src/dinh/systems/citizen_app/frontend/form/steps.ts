/** One question at a time: the form's sections as steps, with the browser's own way back and a focus that goes along. */
import { find } from '../drafts/elements.ts';
import { say } from '../drafts/words.ts';

export const STEPS = ['photo', 'place', 'kind', 'details', 'contact', 'check'] as const;
export type Step = (typeof STEPS)[number];

interface Acts {
  /** False keeps the person where they are; what is wrong was said. */
  mayLeave(step: Step): Promise<boolean>;
  skips(step: Step): boolean;
  shown(step: Step): void;
}

export interface Steps {
  now(): Step;
  go(step: Step, how?: { quiet?: boolean; replace?: boolean }): void;
  next(): Promise<void>;
  close(): void;
}

export function startSteps(form: HTMLFormElement, acts: Acts): Steps {
  const section = (step: Step): HTMLElement => find(`[data-step="${step}"]`, form);
  const head = find('[data-steps]');
  const foot = find('[data-steps-foot]', form);
  const back = find<HTMLButtonElement>('[data-back]', foot);
  const next = find<HTMLButtonElement>('[data-next]', foot);
  const send = find<HTMLButtonElement>('[data-send]', foot);
  const title = document.title;
  let now: Step = 'photo';

  head.hidden = foot.hidden = false;
  find('[data-send-plain]', form).hidden = true;
  find('[data-ask-plain]', form).hidden = true;
  document.body.classList.add('app--steps');

  const beside = (by: 1 | -1): Step | null => {
    for (let index = STEPS.indexOf(now) + by; index >= 0 && index < STEPS.length; index += by) {
      const step = STEPS[index] as Step;
      if (!acts.skips(step)) return step;
    }
    return null;
  };

  const show = (step: Step, quiet = false): void => {
    now = step;
    for (const one of STEPS) section(one).hidden = one !== step;
    const left = STEPS.filter((one) => !acts.skips(one));
    const at = left.indexOf(step) + 1;
    find('[data-steps-count]', head).textContent = say('step', { n: at, of: left.length });
    find('[data-steps-name]', head).textContent = say(`steps.${step}`);
    const bar = find<HTMLProgressElement>('[data-steps-bar]', head);
    bar.max = left.length;
    bar.value = at;
    back.hidden = step === 'photo';
    next.hidden = step === 'check';
    send.hidden = step !== 'check';
    document.title = `${say('steps.' + step)} (${at}/${left.length}) · ${title}`;
    document.body.classList.toggle('app--first-step', step === 'photo');
    acts.shown(step);
    if (quiet) return;
    scrollTo({ top: 0 });
    find('h2', section(step)).focus({ preventScroll: true });
  };

  const go: Steps['go'] = (step, how = {}) => {
    if (how.replace) history.replaceState({ step }, '');
    else history.pushState({ step }, '');
    show(step, how.quiet);
  };
  const forward = async (): Promise<void> => {
    next.setAttribute('aria-busy', 'true');
    const may = await acts.mayLeave(now).finally(() => next.removeAttribute('aria-busy'));
    const step = beside(1);
    if (may && step) go(step);
  };
  next.addEventListener('click', () => void forward());
  back.addEventListener('click', () => {
    const step = beside(-1);
    if (step) go(step);
  });
  addEventListener('popstate', (event) => {
    const step = (event.state as { step?: Step } | null)?.step;
    if (step && STEPS.includes(step) && !form.hidden) show(step);
  });
  // Enter in a field goes on; the form itself is never sent by the browser while there are steps.
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (now !== 'check') void forward();
  });
  return {
    now: () => now,
    go,
    next: forward,
    close() {
      head.hidden = form.hidden = true;
      document.body.classList.remove('app--steps', 'app--first-step');
      document.body.classList.add('app--sent');
      document.title = title;
    },
  };
}
