/**
 * The app's worker. It answers for pages below /app/ alone, and keeps: the app's own pages as anybody would see them, the built
 * files, and what was last read of the public reports. What is behind a secret link, behind a session or says `no-store` it never keeps.
 */
import { sendDue } from '../drafts/sending.ts';

interface Shell {
  version: string;
  files: string[];
  pages: Record<string, Record<string, string>>;
  at: Record<string, string>;
  language: string;
}

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Asked extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker {
  SHELL: Shell;
  addEventListener(name: 'install' | 'activate', run: (event: Extendable) => void): void;
  addEventListener(name: 'fetch', run: (event: Asked) => void): void;
  addEventListener(name: 'message', run: (event: Extendable & { data: unknown }) => void): void;
  addEventListener(name: 'sync', run: (event: Extendable & { tag: string }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}

const worker = self as unknown as Worker;
const { SHELL } = worker;
const CACHE = `dinh-app-${SHELL.version}`;
/** What was read lately outlives a new version of the app. */
const READ = 'dinh-app-read';
const MOST_READ = 60;
const PATIENCE_MS = 8_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(fill(SHELL.language).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('dinh-app-') && name !== CACHE && name !== READ).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', (event) => {
  const { language, forget } = (event.data ?? {}) as { language?: string; forget?: boolean };
  if (forget) event.waitUntil(caches.delete(READ));
  if (language && SHELL.pages[language]) event.waitUntil(fill(language).then(() => remember(language)));
});

worker.addEventListener('sync', (event) => {
  if (event.tag !== 'dinh-drafts') return;
  // Rejected, the browser wakes it again later.
  event.waitUntil(
    sendDue(true).then((next) => {
      if (next !== null) throw new Error('some wait still');
    }),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith('/static/built/assets/')) return event.respondWith(file(request));
  if (request.mode === 'navigate' && url.pathname.startsWith('/app/')) return event.respondWith(page(request, url));
  if (/^\/app\/(report\/(places|suggest)|reports\/|photos\/)/.test(url.pathname)) event.respondWith(read(request));
});

/** Asked for as nobody: what is kept holds nothing of whoever is signed in. */
async function fill(language: string): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = [...SHELL.files, ...Object.values(SHELL.pages[language] ?? {})];
  const missing = [];
  for (const path of wanted) if (!(await cache.match(path))) missing.push(path);
  for (const path of missing) {
    const answer = await fetch(path, { credentials: 'omit', cache: 'no-cache' });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }
}

async function remember(language: string): Promise<void> {
  await (await caches.open(CACHE)).put('/app/language', new Response(language));
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** From the network; without one, or where it takes too long, as it was kept. */
async function page(request: Request, url: URL): Promise<Response> {
  const name = Object.entries(SHELL.at).find(([, path]) => path === url.pathname)?.[0];
  try {
    const answer = await inTime(fetch(request), name ? PATIENCE_MS : PATIENCE_MS * 4);
    // A house that is full says so; what is kept here serves better, and sends by itself.
    if (answer.status === 503 && name) return (await shell(name)) ?? answer;
    if (isPublic(url)) await keepRead(request, answer);
    return answer;
  } catch {
    return (name ? await shell(name) : await caches.match(request, { cacheName: READ })) ?? (await shell('offline')) ?? Response.error();
  }
}

async function shell(name: string): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  const chosen = await (await cache.match('/app/language'))?.text();
  const language = chosen && SHELL.pages[chosen] ? chosen : SHELL.language;
  return cache.match(SHELL.pages[language]?.[name] ?? '');
}

const isPublic = (url: URL): boolean => url.pathname.startsWith('/app/reports/');

async function read(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    await keepRead(request, answer);
    return answer;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: READ });
    if (kept) return kept;
    throw error;
  }
}

/** Only what the server lets anybody keep; pages of a signed-in person say `private`. What was taken off goes from here too. */
async function keepRead(request: Request, answer: Response): Promise<void> {
  if (answer.status === 404 || answer.status === 410) await (await caches.open(READ)).delete(request);
  if (!answer.ok || answer.redirected || /private|no-store/.test(answer.headers.get('Cache-Control') ?? '')) return;
  const cache = await caches.open(READ);
  await cache.put(request, answer.clone());
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_READ))) await cache.delete(old);
}

function inTime(answer: Promise<Response>, ms: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too slow')), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
