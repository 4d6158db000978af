import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Draft, fresh, pause } from './draft.ts';

const kept = new Map<string, Draft>();
vi.mock('./store.ts', () => ({
  draft: async (id: string) => kept.get(id) ?? null,
  drafts: async () => [...kept.values()].sort((one, other) => other.begun - one.begun),
  keep: async (one: Draft) => void kept.set(one.id, one),
}));
const { send, sendDue } = await import('./sending.ts');

const answer = (status: number, said: unknown): Response => new Response(typeof said === 'string' ? said : JSON.stringify(said), { status });
const world = (...answers: (Response | Error)[]) => {
  const sent: FormData[] = [];
  return {
    sent,
    now: () => 1_000_000,
    random: () => 0.5,
    fetch: async (_path: string, body: FormData) => {
      sent.push(body);
      const next = answers.shift() ?? new Error('no network');
      if (next instanceof Error) throw next;
      return next;
    },
  };
};
const waiting = (id: string, more: Partial<Draft> = {}): void =>
  void kept.set(id, { ...fresh(id, 'vi', 1), state: 'waiting', fields: { description: 'Ổ gà', private: '' }, answers: { size: 'large' }, photos: [{ name: 'a.jpg', blob: new Blob(['x']), covered: 0, taken: null }], ...more });

beforeEach(() => kept.clear());

describe('a report that waits', () => {
  it('is sent with all its parts under its own id, and leaves its words behind once it has a number', async () => {
    waiting('one');
    const around = world(answer(201, { number: 'PA-1', follow: '/app/r/one/' }));
    const became = await send('one', around);
    const form = around.sent[0] as FormData;
    expect([form.get('id'), form.get('answer.size'), form.getAll('photo').length, form.has('private')]).toEqual(['one', 'large', 1, false]);
    expect(became).toMatchObject({ state: 'sent', number: 'PA-1', fields: {}, photos: [] });
    expect(await send('one', around)).toBeNull();
  });

  it('keeps the same id when the answer was lost on the way, and is known again', async () => {
    waiting('one');
    const around = world(new Error('cut'), answer(200, { number: 'PA-1', follow: '/app/r/one/' }));
    expect((await send('one', around))?.state).toBe('waiting');
    expect((await send('one', around))?.state).toBe('sent');
    expect(around.sent.map((form) => form.get('id'))).toEqual(['one', 'one']);
  });

  it('waits longer after each try in vain, at most half an hour or so', () => {
    expect([1, 2, 3].map((n) => pause(n, 0.5))).toEqual([15_000, 30_000, 60_000]);
    expect(pause(40, 1)).toBeLessThan(40 * 60_000);
  });

  it('is never dropped for a full house, a failure, or a page of somebody else’s network', async () => {
    for (const lost of [answer(503, { code: 'submissions.disk', message: 'later' }), answer(500, '<h1>'), answer(200, '<h1>Sign in to this hotel</h1>'), answer(403, { message: 'no' })]) {
      waiting('one');
      expect((await send('one', world(lost)))?.state).toBe('waiting');
    }
  });

  it('is refused with the reason where it is wrong itself', async () => {
    waiting('one');
    const became = await send('one', world(answer(422, { message: 'sai', fields: { category: 'Hãy chọn loại' } })));
    expect(became).toMatchObject({ state: 'refused', fault: 'sai', faults: { category: 'Hãy chọn loại' } });
    expect(kept.get('one')?.fields.description).toBe('Ổ gà');
  });

  it('goes in the order in which it was written, and not before its pause is over', async () => {
    waiting('late', { begun: 2, next: 2_000_000 });
    waiting('old', { begun: 1 });
    const around = world(answer(201, { number: 'PA-1', follow: '/app/r/old/' }));
    expect(await sendDue(false, around)).toBe(2_000_000);
    expect(around.sent.map((form) => form.get('id'))).toEqual(['old']);
    expect(await sendDue(true, world(answer(201, { number: 'PA-2', follow: '/app/r/late/' })))).toBeNull();
  });
});
