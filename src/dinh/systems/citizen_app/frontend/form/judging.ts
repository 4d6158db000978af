/** What is surely wrong, said before the server has to: it judges again, and its word counts. */
import type { Draft } from '../drafts/draft.ts';
import type { Step } from './steps.ts';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const SHORTEST = 5;

export function holdsShape(kind: 'email' | 'phone', text: string): boolean {
  if (!text.trim()) return true;
  return kind === 'email' ? EMAIL.test(text.trim()) : /^\+?[\d\s.()-]+$/.test(text.trim()) && text.replace(/\D/g, '').length >= 9;
}

/** The field and the word for each fault of a step; `needed` are the questions of the category that want an answer. */
export function faultsOf(draft: Draft, step: Step, needed: readonly string[]): [string, string][] {
  const { fields } = draft;
  if (step === 'place') return fields.longitude || fields.address || fields.unit ? [] : [['place', 'needPlace']];
  if (step === 'kind') {
    const found: [string, string][] = [];
    if ((fields.description ?? '').length < SHORTEST && !draft.photos.length) found.push(['description', 'needWords']);
    if (!fields.category) found.push(['category', 'needKind']);
    return found;
  }
  if (step === 'details') return needed.filter((name) => !draft.answers[name]).map((name) => [`answers.${name}`, 'needAnswer']);
  if (step === 'contact')
    return (['email', 'phone'] as const).filter((kind) => !holdsShape(kind, fields[kind] ?? '')).map((kind) => [kind, kind === 'email' ? 'badEmail' : 'badPhone']);
  return [];
}

/** The step in which a field of the server's answer stands. */
export function stepOf(field: string): Step {
  if (field.startsWith('answers.')) return 'details';
  const steps: Record<string, Step> = { photo: 'photo', place: 'place', address: 'place', unit: 'place', category: 'kind', description: 'kind', name: 'contact', email: 'contact', phone: 'contact' };
  return steps[field] ?? 'check';
}
