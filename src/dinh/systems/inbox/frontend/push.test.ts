/** The message of a browser ends a subscription by one POST to our own house, and to no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const script = readFileSync('src/dinh/systems/inbox/static/inbox/push.js', 'utf8');

function worker(ok = true) {
  const heard: Record<string, (event: unknown) => void> = {};
  const posted: [string, RequestInit][] = [];
  const opened: string[] = [];
  const shown: [string, Record<string, unknown>][] = [];
  const self = {
    location: { origin: 'https://dinh.example.vn' },
    addEventListener: (name: string, run: (event: unknown) => void) => (heard[name] = run),
    registration: { showNotification: async (title: string, options: Record<string, unknown>) => void shown.push([title, options]) },
    clients: { openWindow: async (path: string) => void opened.push(path) },
  };
  const fetch = async (asked: URL, how: RequestInit) => {
    posted.push([asked.href, how]);
    return { ok };
  };
  new Function('self', 'fetch', script)(self, fetch);
  const run = async (name: string, event: Record<string, unknown>) => {
    let done: Promise<unknown> = Promise.resolve();
    heard[name]?.({ ...event, waitUntil: (work: Promise<unknown>) => (done = work) });
    await done;
  };
  return { run, posted, opened, shown };
}

const press = (stop: string) => ({ action: 'stop', notification: { close: () => undefined, tag: 't', lang: 'vi', data: { stop, stopped: 'Đã thôi' } } });

describe('a message that can be stopped', () => {
  it('has a button for it, and others have none', async () => {
    const { run, shown } = worker();
    const data = (told: object) => ({ data: { json: () => told } });
    await run('push', data({ title: 'Tin', stop: 'https://dinh.example.vn/s/', stop_name: 'Thôi nhận' }));
    await run('push', data({ title: 'Tin' }));
    expect(shown.map(([, options]) => options.actions)).toEqual([[{ action: 'stop', title: 'Thôi nhận' }], []]);
  });

  it('posts once, without a session, and says that it has stopped', async () => {
    const { run, posted, shown, opened } = worker();
    await run('notificationclick', press('https://dinh.example.vn/s/1/stop/'));
    expect(posted.map(([path, how]) => [path, how.method, how.credentials])).toEqual([['https://dinh.example.vn/s/1/stop/', 'POST', 'omit']]);
    expect(shown[0]?.[0]).toBe('Đã thôi');
    expect(opened).toEqual([]);
  });

  it('opens the page where that did not work, and asks no other house', async () => {
    const full = worker(false);
    await full.run('notificationclick', press('/s/1/stop/'));
    expect(full.opened).toEqual(['https://dinh.example.vn/s/1/stop/']);
    const other = worker();
    await other.run('notificationclick', press('https://evil.example/s/'));
    expect(other.posted).toEqual([]);
  });
});
