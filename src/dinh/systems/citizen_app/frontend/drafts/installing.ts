/** The hint that the app can be kept on the device: shown once, and never again once it was answered. */
const ANSWERED = 'dinh_app_install';

interface Prompt extends Event {
  prompt(): Promise<void>;
}

function answered(): boolean {
  try {
    return localStorage.getItem(ANSWERED) !== null;
  } catch {
    return true;
  }
}

function answer(): void {
  try {
    localStorage.setItem(ANSWERED, '1');
  } catch {
    // Nothing is kept here: the hint comes again.
  }
}

export function startInstalling(): void {
  const box = document.querySelector<HTMLElement>('[data-install]');
  if (!box || answered() || matchMedia('(display-mode: standalone)').matches) return;
  let asked: Prompt | null = null;
  const yes = box.querySelector<HTMLElement>('[data-install-yes]');
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    asked = event as Prompt;
    box.hidden = false;
  });
  if (/iPhone|iPad/.test(navigator.userAgent)) {
    box.hidden = false;
    if (yes) yes.hidden = true;
    const how = box.querySelector<HTMLElement>('[data-install-ios]');
    if (how) how.hidden = false;
  }
  yes?.addEventListener('click', () => {
    answer();
    box.hidden = true;
    void asked?.prompt();
  });
  box.querySelector('[data-install-no]')?.addEventListener('click', () => {
    answer();
    box.hidden = true;
  });
}
