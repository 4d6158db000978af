/* Takes web push and nothing else: it answers no request of any page. */
'use strict';

self.addEventListener('push', (event) => {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch {
    told = {};
  }
  const options = {
    body: String(told.body || ''),
    // A message that comes again after a crash takes the place of the first one.
    tag: String(told.tag || ''),
    lang: String(told.lang || 'vi'),
    icon: '/static/house/icon.svg',
    requireInteraction: told.emergency === true,
    data: { link: String(told.link || ''), stop: String(told.stop || ''), stopped: String(told.stopped || '') },
    actions: told.stop ? [{ action: 'stop', title: String(told.stop_name || '') }] : [],
  };
  event.waitUntil(self.registration.showNotification(String(told.title || 'Đình'), options));
});

// The same one POST as from a mail program (RFC 8058): no session goes along, and only our own house is asked.
async function stop({ tag, lang, data }) {
  const asked = new URL(data.stop, self.location.origin);
  if (asked.origin !== self.location.origin) return;
  const answer = await fetch(asked, { method: 'POST', credentials: 'omit', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  if (answer.ok) await self.registration.showNotification(data.stopped, { tag, lang, icon: '/static/house/icon.svg' });
  else await self.clients.openWindow(asked.href);
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  if (event.action === 'stop') {
    event.waitUntil(stop(event.notification).catch(() => self.clients.openWindow(event.notification.data.stop)));
    return;
  }
  let target = '/notices/';
  try {
    const asked = new URL(event.notification.data.link, self.location.origin);
    if (asked.origin === self.location.origin) target = asked.href;
  } catch {
    // Without a link the list is opened.
  }
  event.waitUntil(self.clients.openWindow(target));
});
