/** A report as a device keeps it, from the first word until long after it was sent. */

/** draft: being written; waiting: to be sent as soon as it can be; sending; sent; refused: the server said what is wrong. */
export type State = 'draft' | 'waiting' | 'sending' | 'sent' | 'refused';

export interface Photo {
  name: string;
  blob: Blob;
  /** How many parts of it were covered. */
  covered: number;
  /** Where it was taken, as the camera wrote it: longitude, latitude. */
  taken: [number, number] | null;
}

export interface Draft {
  id: string;
  state: State;
  /** Epoch milliseconds. */
  begun: number;
  changed: number;
  language: string;
  fields: Record<string, string>;
  answers: Record<string, string>;
  /** Name of the category, to recognise it by. */
  title: string;
  /** Name of the place, as it was shown back. */
  place: string;
  step: string;
  photos: Photo[];
  attempts: number;
  next: number;
  number: string;
  follow: string;
  sent: number;
  fault: string;
  faults: Record<string, string>;
}

export function fresh(id: string, language: string, now: number): Draft {
  return {
    id, state: 'draft', begun: now, changed: now, language, fields: {}, answers: {}, title: '', place: '', step: 'photo', photos: [],
    attempts: 0, next: 0, number: '', follow: '', sent: 0, fault: '', faults: {},
  };
}

/** `crypto.randomUUID` is there only over HTTPS and on this machine itself. */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const FIRST_MS = 15_000;
const LONGEST_MS = 30 * 60_000;

/** The pause after so many tries in vain; `spread` of 0 to 1 keeps a whole town from trying in the same second. */
export function pause(attempts: number, spread: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1)) * (0.75 + spread / 2);
}

/** What is left of it once it was sent: enough to find it again, nothing that others need to read on this device. */
export function sentAs(draft: Draft, answer: { number: string; follow: string }, now: number): Draft {
  return {
    ...draft, state: 'sent', number: answer.number, follow: answer.follow, sent: now, changed: now, fault: '', faults: {},
    fields: {}, answers: {}, photos: [],
  };
}

/** After a try whose answer was lost the server may have it already: what is changed then would be changed here alone. */
export const mayChange = (draft: Draft): boolean => draft.state === 'draft' || draft.state === 'refused' || (draft.state === 'waiting' && draft.attempts === 0);

export const isEmpty = (draft: Draft): boolean =>
  !draft.photos.length && !['description', 'address', 'category', 'longitude'].some((name) => draft.fields[name]);
