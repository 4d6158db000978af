/** What a proof file says, and every check that it allows, in the order in which a person would do them. */
import { type Bytes, hashFrom, same } from './bytes.ts';
import { consistent, included, type Head, leafHash } from './merkle.ts';
import { type Key, type Note, readKey, readNote, type Signed, signedBy } from './notes.ts';

export type Holds = 'yes' | 'no' | 'open';
export type Check = { what: string; holds: Holds; size?: number };
export type Found = { checks: Check[]; index: number | null; size: number; leaf: string | null; origin: string; erasedAt: string };
export type Trust = { keys: string[]; elsewhere: string };

/** The field that is not as it should be. */
export class NotAProof extends Error {}

type Said = Record<string, unknown>;

const object = (value: unknown, name: string): Said => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAProof(name);
  return value as Said;
};
const whole = (value: unknown, name: string): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new NotAProof(name);
  return value as number;
};
const hash = (value: unknown, name: string): Bytes => {
  const found = hashFrom(value);
  if (!found) throw new NotAProof(name);
  return found;
};
const pathOf = (said: Said): Bytes[] => {
  if (!Array.isArray(said['path']) || said['path'].length > 128) throw new NotAProof('path');
  return said['path'].map((step, at) => hash(step, `path[${at}]`));
};
const headOf = (said: Said, name: string): Head => ({ size: whole(said['tree_size'], `${name}tree_size`), root: hash(said['root'], `${name}root`) });
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const HOLDS: Record<Signed, Holds> = { good: 'yes', forged: 'no', unknown: 'no', unable: 'open' };

/** Checks that a note is signed by a trusted key and speaks of this tree. */
async function signature(note: string | null, head: Head, keys: Key[]): Promise<Check> {
  if (note === null) return { what: 'unsigned', holds: 'open', size: head.size };
  const read = readNote(note);
  if (!read || read.head.size !== head.size || !same(read.head.root, head.root)) return { what: 'other_tree', holds: 'no', size: head.size };
  if (keys.length === 0) return { what: 'no_key', holds: 'open', size: head.size };
  const found = await signedBy(read, keys);
  return { what: `signature_${found}`, holds: HOLDS[found], size: head.size };
}

async function chain(said: unknown): Promise<{ keys: Key[]; whole: boolean }> {
  const keys: Key[] = [];
  let whole = true;
  for (const row of Array.isArray(said) ? said : []) {
    const { key: written, statement } = object(row, 'keys');
    const key = await readKey(text(written) ?? '');
    if (!key) throw new NotAProof('keys');
    const note = text(statement) ?? '';
    const lines = note.split('\n');
    const body = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const signatures = readSignatures(note);
    const wanted = keys.length ? [keys[keys.length - 1] as Key, key] : [key];
    for (const one of wanted) {
      const found = await signedBy({ text: body, signatures }, [one]);
      whole &&= found === 'good' || found === 'unable';
    }
    whole &&= lines[2] === key.text;
    keys.push(key);
  }
  return { keys, whole };
}

function readSignatures(note: string): Note['signatures'] {
  const cut = note.lastIndexOf('\n\n');
  return readNote(`x\n0\n${'A'.repeat(43)}=\n\n${note.slice(cut + 2)}`)?.signatures ?? [];
}

async function inclusion(said: Said, keys: Key[]): Promise<Found> {
  const index = whole(said['leaf_index'], 'leaf_index');
  const head = headOf(said, '');
  const leaf = hash(said['leaf_hash'], 'leaf_hash');
  const content = text(said['leaf']);
  const path = pathOf(said);
  const agrees = content === null ? null : same(await leafHash(content), leaf);
  const note = text(said['checkpoint']);
  return {
    index,
    size: head.size,
    leaf: agrees ? content : null,
    origin: (note && readNote(note)?.origin) || '',
    erasedAt: '',
    checks: [
      { what: agrees === null ? 'leaf_absent' : 'leaf', holds: agrees === null ? 'open' : agrees ? 'yes' : 'no' },
      { what: 'path', holds: (await included(leaf, index, head, path)) ? 'yes' : 'no', size: head.size },
      await signature(note, head, keys),
    ],
  };
}

async function consistency(said: Said, keys: Key[]): Promise<Check[]> {
  const [one, two] = [object(said['first'], 'first'), object(said['second'], 'second')];
  const [first, second] = [headOf(one, 'first.'), headOf(two, 'second.')];
  return [
    { what: 'consistent', holds: (await consistent(first, second, pathOf(said))) ? 'yes' : 'no', size: first.size },
    await signature(text(one['checkpoint']), first, keys),
    await signature(text(two['checkpoint']), second, keys),
  ];
}

/** A checkpoint that was got elsewhere, beside the trees that the file speaks of. */
async function elsewhere(note: string, heads: Head[], keys: Key[]): Promise<Check> {
  const read = readNote(note.trim() + '\n');
  if (!read) return { what: 'elsewhere_unread', holds: 'open' };
  if ((await signedBy(read, keys)) === 'forged') return { what: 'elsewhere_forged', holds: 'no', size: read.head.size };
  const head = heads.find((one) => one.size === read.head.size);
  if (!head) return { what: 'elsewhere_other_size', holds: 'open', size: read.head.size };
  return { what: 'elsewhere', holds: same(head.root, read.head.root) ? 'yes' : 'no', size: read.head.size };
}

/** Raises NotAProof with the name of the field. */
export async function checked(written: string, trust: Trust): Promise<Found> {
  let said: Said;
  try {
    said = object(JSON.parse(written), 'file');
  } catch {
    throw new NotAProof('file');
  }
  const given = (await Promise.all(trust.keys.map(readKey))).filter((key) => key !== null);
  const bundle = said['format'] === 'dinh-bundle-1';
  const own = bundle ? await chain(said['keys']) : { keys: [], whole: true };
  const keys = given.length ? given : own.keys;
  const part = bundle ? object(said['proof'], 'proof') : said;
  const heads: Head[] = [];
  let found: Found;
  if (part['format'] === 'dinh-proof-1') {
    found = await inclusion(part, keys);
    heads.push(headOf(part, ''));
  } else if (part['format'] === 'dinh-consistency-1') {
    const checks = await consistency(part, keys);
    found = { checks, index: null, size: whole(object(part['second'], 'second')['tree_size'], 'second.tree_size'), leaf: null, origin: '', erasedAt: '' };
    heads.push(headOf(object(part['first'], 'first'), 'first.'), headOf(object(part['second'], 'second'), 'second.'));
  } else throw new NotAProof('format');
  if (bundle) {
    found.checks.push({ what: 'keys', holds: own.whole ? 'yes' : 'no' });
    if (said['consistency'] !== undefined) {
      const more = object(said['consistency'], 'consistency');
      const [grown, before] = await consistency(more, keys);
      found.checks.push(grown as Check, before as Check);
      heads.push(headOf(object(more['first'], 'first'), 'first.'));
    }
    found.erasedAt = text(said['erased_at']) ?? '';
  }
  if (trust.elsewhere.trim()) found.checks.push(await elsewhere(trust.elsewhere, heads, keys));
  return found;
}
