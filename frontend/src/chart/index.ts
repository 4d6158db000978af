/** `<dinh-chart src="….json">`: drawn by ECharts, which is fetched when a chart comes near the screen. */
let asked = false;

function ask(): void {
  if (asked) return;
  asked = true;
  void import('./element.ts');
}

export function startCharts(root: ParentNode = document): void {
  const charts = [...root.querySelectorAll('dinh-chart')];
  if (!charts.length || asked) return;
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      ask();
    },
    { rootMargin: '300px' },
  );
  for (const chart of charts) seen.observe(chart);
}
