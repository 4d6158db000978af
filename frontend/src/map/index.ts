/** `<dinh-map>`: drawn by MapLibre, which is fetched only when a page has a map and has shown its text. */
const idle = (run: () => void): void => {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 400 });
  else setTimeout(run, 50);
};

export function startMaps(root: ParentNode = document): void {
  if (!root.querySelector('dinh-map') || customElements.get('dinh-map')) return;
  const fetch = (): void => idle(() => void import('./element.ts'));
  // Two frames: what the server drew is on the screen before the map's code is read.
  requestAnimationFrame(() => requestAnimationFrame(fetch));
}
