/** HTMX under a strict content policy: the CSRF token on every write, faults told in words. */
import htmx from 'htmx.org';
import { faultIn } from './faults.ts';
import { toast } from './toasts.ts';
import { say } from './words.ts';

interface Request {
  verb: string;
  headers: Record<string, string>;
}

export function cookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

/** The token as the page holds it; the cookie may be out of reach of scripts. */
export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]')?.value ?? cookie('csrftoken');
}

export function startFragments(): void {
  document.addEventListener('htmx:configRequest', (event) => {
    const request = (event as CustomEvent<Request>).detail;
    if (request.verb !== 'get') request.headers['X-CSRFToken'] = csrfToken();
  });
  document.addEventListener('htmx:beforeSwap', (event) => {
    const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
    // A form with its errors comes back as a fragment and is shown; a whole page of error is told as a message.
    if (detail.xhr.status === 422 && !/^\s*<!doctype/i.test(detail.xhr.responseText)) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  document.addEventListener('htmx:responseError', (event) => {
    const { xhr, requestConfig } = (event as CustomEvent<{ xhr: XMLHttpRequest; requestConfig?: Request }>).detail;
    // What a page fetches by itself is told by its state; only what a person did is answered with a message.
    if (requestConfig?.verb === 'get' && !document.activeElement?.matches('.htmx-request')) return;
    toast(faultIn(xhr.responseText) || say('failed', { status: xhr.status }), 'error');
  });
  document.addEventListener('htmx:sendError', () => toast(say('noAnswer'), 'error'));
  Object.assign(window, { htmx });
}

export { htmx };
