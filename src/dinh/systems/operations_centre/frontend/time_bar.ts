/** The day under the map: drag or arrow keys show a past moment; the address then holds it. */
const MINUTE_MS = 60_000;
const SETTLE_MS = 350;
const STEPS: Record<string, number> = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -60, PageUp: 60 };

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit' });

export function startTimeBar(go: (query: string) => void): void {
  let dragging: HTMLElement | null = null;
  let settling = 0;

  const limits = (bar: HTMLElement): [number, number] => [Number(bar.dataset.start), Math.min(Number(bar.dataset.end), Number(bar.dataset.now))];
  const present = (bar: HTMLElement): number => {
    const at = new URLSearchParams(location.search).get('at');
    return at ? Date.parse(at) : limits(bar)[1];
  };

  function show(bar: HTMLElement, at: number): void {
    const start = Number(bar.dataset.start);
    const x = ((at - start) / (Number(bar.dataset.end) - start)) * 1000;
    bar.querySelector('[data-handle]')?.setAttribute('d', `M${x.toFixed(1)} 14V32`);
    bar.querySelector('.bar__done')?.setAttribute('d', `M0 24H${x.toFixed(1)}`);
    const label = bar.querySelector<HTMLElement>('[data-label]');
    if (!label) return;
    label.hidden = false;
    label.textContent = clock.format(at);
    label.style.insetInlineStart = `${x / 10}%`;
    bar.setAttribute('aria-valuetext', clock.format(at));
    bar.setAttribute('aria-valuenow', String(Math.round((at - start) / MINUTE_MS)));
  }

  function settle(bar: HTMLElement, at: number): void {
    const query = new URLSearchParams(location.search);
    // The last minutes of the present day are the present.
    if (at >= Number(bar.dataset.now) - 2 * MINUTE_MS) query.delete('at');
    else query.set('at', new Date(Math.round(at / MINUTE_MS) * MINUTE_MS).toISOString().replace('.000', ''));
    go(`?${query}`);
  }

  function momentAt(bar: HTMLElement, x: number): number {
    const box = bar.getBoundingClientRect();
    const [from, to] = limits(bar);
    const at = from + ((x - box.left) / box.width) * (Number(bar.dataset.end) - from);
    return Math.max(from, Math.min(to, at));
  }

  document.addEventListener('pointerdown', (event) => {
    const bar = (event.target as Element).closest<HTMLElement>('[data-bar]');
    if (!bar || event.button !== 0) return;
    dragging = bar;
    bar.setPointerCapture(event.pointerId);
    show(bar, momentAt(bar, event.clientX));
  });
  document.addEventListener('pointermove', (event) => dragging && show(dragging, momentAt(dragging, event.clientX)));
  document.addEventListener('pointerup', (event) => {
    if (!dragging) return;
    settle(dragging, momentAt(dragging, event.clientX));
    dragging = null;
  });
  document.addEventListener('pointercancel', () => (dragging = null));
  document.addEventListener('keydown', (event) => {
    const bar = (event.target as Element).closest<HTMLElement>('[data-bar]');
    if (!bar) return;
    const [from, to] = limits(bar);
    const before = Number(bar.dataset.asked ?? present(bar));
    const step = STEPS[event.key];
    const at = event.key === 'Home' ? from : event.key === 'End' ? to : step ? Math.max(from, Math.min(to, before + step * MINUTE_MS)) : null;
    if (at === null) return;
    event.preventDefault();
    bar.dataset.asked = String(at);
    show(bar, at);
    clearTimeout(settling);
    settling = window.setTimeout(() => settle(bar, at), SETTLE_MS);
  });
}
