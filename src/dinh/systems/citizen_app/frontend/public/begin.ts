/** The map is fetched only once it comes on the screen and the words have been drawn. */
export function beginMaps(): void {
  const maps = document.querySelectorAll('dinh-reports');
  if (!maps.length) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    const run = (): void => void import('./map.ts');
    if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 1500 });
    else setTimeout(run, 200);
  });
  for (const map of maps) seen.observe(map);
}

/** A choice is an answer: the form goes off by itself, and what is empty does not stand in the address. */
export function beginFilters(): void {
  const form = document.querySelector<HTMLFormElement>('[data-filters]');
  if (!form) return;
  for (const control of form.querySelectorAll<HTMLSelectElement>('[data-submits]')) control.addEventListener('change', () => form.requestSubmit());
  form.addEventListener('submit', () => {
    for (const control of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]'))
      if (!control.value || (control.name === 'order' && control.value === 'newest')) control.disabled = true;
  });
  // Back to this page: what was put aside for the address is there again.
  addEventListener('pageshow', () => {
    for (const control of form.querySelectorAll<HTMLInputElement>('[name]:disabled')) control.disabled = false;
  });
}

export function beginPrint(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
}
