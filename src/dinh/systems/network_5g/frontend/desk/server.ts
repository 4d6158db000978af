/** Questions to the server; a fault comes back as its words. */
import { faultIn } from '@house/faults.ts';
import { csrfToken } from '@house/fragments.ts';
import { say } from '@house/words.ts';

export class Fault extends Error {}

async function answer(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  throw new Fault(faultIn(text) || say('failed', { status: response.status }));
}

export async function send<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken(), Accept: 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null });
  return (await (await answer(response)).json()) as T;
}

export async function ask<T>(path: string): Promise<T> {
  return (await (await answer(await fetch(path, { headers: { Accept: 'application/json' } }))).json()) as T;
}

export async function fragment(path: string): Promise<string> {
  return (await answer(await fetch(path, { headers: { 'HX-Request': 'true' } }))).text();
}
