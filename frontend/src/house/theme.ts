/** Light, dark or as the device; the choice is a cookie, so the server draws the right one at once. */

export function colour(name: string, element: Element = document.documentElement): string {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}

/** True when the page is drawn dark now. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

function choose(theme: string): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `dinh_theme=${theme}; Path=/; Max-Age=${theme ? 31_536_000 : 0}; SameSite=Lax${secure}`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll<HTMLElement>('[data-theme-choice]'))
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === theme));
  tell();
}

function tell(): void {
  document.body.dispatchEvent(new CustomEvent('dinh:theme', { detail: isDark() ? 'dark' : 'light' }));
}

export function startTheme(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-theme-choice]');
    if (button) choose(button.dataset.themeChoice ?? '');
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell);
}
