/** What the page tells its scripts, and the words in its language: `{{ script|json_script:"app-script" }}`. */

interface Told {
  words?: Record<string, string>;
  [name: string]: unknown;
}

export const told: Told = JSON.parse(document.getElementById('app-script')?.textContent || '{}') as Told;

export const path = (name: string): string => String(told[name] ?? '');

export function say(name: string, values: Record<string, string | number> = {}): string {
  return (told.words?.[name] ?? name).replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ''));
}
