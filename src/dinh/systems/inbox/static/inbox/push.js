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
    data: { link: String(told.link || '') },
  };
  event.waitUntil(self.registration.showNotification(String(told.title || 'Đình'), options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  let target = '/notices/';
  try {
    const asked = new URL(event.notification.data.link, self.location.origin);
    if (asked.origin === self.location.origin) target = asked.href;
  } catch {
    // Without a link the list is opened.
  }
  event.waitUntil(self.clients.openWindow(target));
});
