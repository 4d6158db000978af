import { describe, expect, it } from 'vitest';
import { fresh } from '../drafts/draft.ts';
import { faultsOf, holdsShape, stepOf } from './judging.ts';

const draft = (fields: Record<string, string>, answers: Record<string, string> = {}) => ({ ...fresh('x', 'vi', 0), fields, answers });

describe('what is surely wrong', () => {
  it('is said in the step in which it stands', () => {
    expect(faultsOf(draft({}), 'place', [])).toEqual([['place', 'needPlace']]);
    expect(faultsOf(draft({ unit: 'urn' }), 'place', [])).toEqual([]);
    expect(faultsOf(draft({ description: 'ổ' }), 'kind', []).map(([name]) => name)).toEqual(['description', 'category']);
    expect(faultsOf(draft({}, { depth: 'knee' }), 'details', ['depth', 'size'])).toEqual([['answers.size', 'needAnswer']]);
    expect(['answers.size', 'email', 'place', 'photo', ''].map(stepOf)).toEqual(['details', 'contact', 'place', 'photo', 'check']);
  });

  it('is not a number as people here write it', () => {
    expect(['0912 345 678', '+84 912.345.678', '(0299) 3822 222'].every((text) => holdsShape('phone', text))).toBe(true);
    expect(['0912', 'mười số', '09 12 34 ab'].some((text) => holdsShape('phone', text))).toBe(false);
    expect([holdsShape('email', 'mai@example.vn'), holdsShape('email', 'mai@'), holdsShape('email', '')]).toEqual([true, false, true]);
  });
});
