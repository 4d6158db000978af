/** `<dinh-map>`: drawn by MapLibre, which is fetched only when a map is on the screen and the page has shown its text. */
const idle = (run: () => void): void => {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 400 });
  else setTimeout(run, 50);
};

export function startMaps(root: ParentNode = document): void {
  if (customElements.get('dinh-map')) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    idle(() => void import('./element.ts'));
  });
  for (const map of root.querySelectorAll('dinh-map')) seen.observe(map);
}
