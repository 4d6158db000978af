/** Signed checkpoints: C2SP signed-note and tlog-checkpoint, with Ed25519 by the browser. */
import { type Bytes, fromBase64, hexOf, joined, same, sha256, utf8 } from './bytes.ts';
import type { Head } from './merkle.ts';

export type Key = { name: string; hash: Bytes; raw: Bytes; text: string };
export type Note = { text: string; origin: string; head: Head; signatures: { name: string; hash: Bytes; signature: Bytes }[] };

/** `unknown`: no signature of these keys; `unable`: this browser has no Ed25519. */
export type Signed = 'good' | 'forged' | 'unknown' | 'unable';

export async function readKey(text: string): Promise<Key | null> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim());
  const body = found?.[3] ? fromBase64(found[3]) : null;
  if (!found || !body || body.length !== 33 || body[0] !== 1) return null;
  const name = found[1] as string;
  const hash = (await sha256(joined(utf8(`${name}\n`), body))).slice(0, 4);
  return hexOf(hash) === found[2] ? { name, hash, raw: body.slice(1), text: text.trim() } : null;
}

export function readNote(note: string): Note | null {
  const cut = note.lastIndexOf('\n\n');
  const lines = note.slice(cut + 2).split('\n');
  if (cut < 1 || lines.length < 2 || lines.pop() !== '') return null;
  const signatures = [];
  for (const line of lines) {
    const found = /^— ([^\s+]+) (\S+)$/.exec(line);
    const body = found?.[2] ? fromBase64(found[2]) : null;
    if (!found || !body || body.length < 5) return null;
    signatures.push({ name: found[1] as string, hash: body.slice(0, 4), signature: body.slice(4) });
  }
  const text = note.slice(0, cut + 1);
  const [origin, size, encoded] = text.split('\n');
  const root = fromBase64(encoded ?? '');
  if (!origin || !/^(0|[1-9][0-9]{0,15})$/.test(size ?? '') || root?.length !== 32) return null;
  return { text, origin, head: { size: Number(size), root }, signatures };
}

export async function signedBy(note: Note | { text: string; signatures: Note['signatures'] }, keys: Key[]): Promise<Signed> {
  let found: Signed = 'unknown';
  for (const { name, hash, signature } of note.signatures) {
    const key = keys.find((known) => known.name === name && same(known.hash, hash));
    if (!key) continue;
    try {
      const imported = await crypto.subtle.importKey('raw', key.raw, { name: 'Ed25519' }, false, ['verify']);
      if (!(await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, utf8(note.text)))) return 'forged';
      found = 'good';
    } catch {
      return 'unable';
    }
  }
  return found;
}
