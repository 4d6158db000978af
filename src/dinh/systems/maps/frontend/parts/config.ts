/** What a page tells its map (web/drawing.py). */
export type Position = [number, number];

export interface Dot {
  name: string;
  longitude: number;
  latitude: number;
  path: string;
}

export interface Config {
  language: 'vi' | 'en';
  bounds: [number, number, number, number] | null;
  communes: string[];
  dots: Dot[];
  /** Ways, the chosen one first. */
  lines: Position[][];
  ends: Position[];
  here: Position | null;
  search: string;
  way: string;
  words: Record<string, string>;
}

export function configIn(id: string, root: ParentNode = document): Config | null {
  const text = root.querySelector(`#${CSS.escape(id)}`)?.textContent;
  return text ? (JSON.parse(text) as Config) : null;
}
