/** The device's location, asked for only when a person touches the button for it. */
import { say } from './words.ts';

export interface Located {
  longitude: number;
  latitude: number;
  /** Metres. */
  accuracy: number;
}

const LONGEST_MS = 20_000;

/** Rejects with words for the person. */
export function locate(): Promise<Located> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new Error(say('unsupported')));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ longitude: coords.longitude, latitude: coords.latitude, accuracy: coords.accuracy }),
      ({ code }) => reject(new Error(say(code === 1 ? 'denied' : code === 3 ? 'timeout' : 'unavailable'))),
      { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 30_000 },
    );
  });
}
