/** `<dinh-map>`: drawn by MapLibre, which is fetched only when a map is on the screen and the page has shown its text. */
const PAINTED = 'first-contentful-paint';
const LONGEST_WAIT_MS = 3_000;

/** Drawing a map keeps the device busy for a while: what people read comes first. */
function afterFirstPaint(run: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    run();
  };
  if (performance.getEntriesByName(PAINTED).length) return once();
  const watch = new PerformanceObserver((list) => {
    if (!list.getEntriesByName(PAINTED).length) return;
    watch.disconnect();
    once();
  });
  watch.observe({ type: 'paint', buffered: true });
  setTimeout(once, LONGEST_WAIT_MS);
}

export function startMaps(root: ParentNode = document): void {
  if (customElements.get('dinh-map')) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    afterFirstPaint(() => void import('./element.ts'));
  });
  for (const map of root.querySelectorAll('dinh-map')) seen.observe(map);
}
