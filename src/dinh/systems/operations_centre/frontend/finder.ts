/** Lists that narrow as one types, diacritics folded: `<input data-narrow="#list">`. */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'd').toLowerCase();

export function startFinder(): void {
  document.addEventListener('input', (event) => {
    const field = event.target as HTMLInputElement;
    const list = field.dataset?.narrow ? document.querySelector(field.dataset.narrow) : null;
    if (!list) return;
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    for (const item of list.querySelectorAll<HTMLElement>('li')) {
      const heading = !item.querySelector('a');
      const text = fold(item.textContent ?? '');
      item.hidden = heading ? words.length > 0 : !words.every((word) => text.includes(word));
    }
  });
}
