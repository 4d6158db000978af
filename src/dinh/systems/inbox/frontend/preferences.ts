/** Adding this browser for web push: asked for by a click only, with the house's own key. */
import './inbox.css';
import { csrfToken } from '@house/fragments.ts';
import { toast } from '@house/toasts.ts';

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** How people call it: the browser and the system it runs on. */
function label(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser';
  const system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'macOS' : 'Linux';
  return `${browser} · ${system}`;
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function start(panel: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const says = panel.querySelector<HTMLElement>('[data-push-says]');
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    if (says) says.textContent = button.dataset.unable ?? '';
    return;
  }
  const worker = panel.dataset.worker ?? '';
  const known = await navigator.serviceWorker.getRegistration(worker);
  const present = await known?.pushManager.getSubscription();
  if (present) {
    const name = await digest(present.endpoint);
    const mark = panel.querySelector<HTMLElement>(`[data-browser="${name}"]`);
    if (mark) {
      mark.hidden = false;
      if (says) says.hidden = true;
      return;
    }
  }
  if (says) says.hidden = true;
  button.hidden = false;
  button.addEventListener('click', () => void add(panel, button, worker));
}

async function add(panel: HTMLElement, button: HTMLButtonElement, worker: string): Promise<void> {
  button.setAttribute('aria-busy', 'true');
  try {
    if ((await Notification.requestPermission()) !== 'granted') {
      toast(button.dataset.denied ?? '', 'error');
      return;
    }
    const registration = await navigator.serviceWorker.register(worker);
    await new Promise<void>((done) => {
      const waiting = registration.active ? null : (registration.installing ?? registration.waiting);
      if (!waiting) done();
      else waiting.addEventListener('statechange', () => waiting.state === 'activated' && done());
    });
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(panel.dataset.push ?? '') });
    const answer = await fetch(panel.dataset.add ?? '', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
      body: JSON.stringify({ ...subscription.toJSON(), label: label() }),
    });
    if (answer.ok) location.reload();
    else toast(((await answer.json()) as { message?: string }).message ?? button.dataset.failed ?? '', 'error');
  } catch {
    toast(button.dataset.failed ?? '', 'error');
  } finally {
    button.removeAttribute('aria-busy');
  }
}

const panel = document.querySelector<HTMLElement>('[data-push]');
const button = panel?.querySelector<HTMLButtonElement>('[data-push-add]');
if (panel && button) void start(panel, button);
