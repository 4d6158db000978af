/** Numbers as `dinh.kernel.vietnamese_text.format_number` writes them: vi `1.234,5`, en `1,234.5`. */
import { type Language, language } from './words.ts';

export const NOTHING = '–';
const made = new Map<string, Intl.NumberFormat>();

export function formatNumber(value: number | null | undefined, places = 1, of: Language = language): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  const key = `${of}${places}`;
  let format = made.get(key);
  if (!format) {
    format = new Intl.NumberFormat(of === 'vi' ? 'de-DE' : 'en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
    made.set(key, format);
  }
  const text = format.format(value);
  return (/[1-9]/.test(text) ? text : text.replace('-', '')).replace('-', '\u2212');
}

/** 0..1 as `97 %`. */
export function formatShare(value: number | null | undefined, places = 0, of: Language = language): string {
  return value === null || value === undefined ? NOTHING : `${formatNumber(value * 100, places, of)}\u202f%`;
}
