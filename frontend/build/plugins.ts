/** The build's own steps: tokens to CSS, icons to one file, files compressed beforehand. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Files below a folder of the repository whose names end so, as paths from the root. */
export function filesBelow(root: string, folder: string, ends: RegExp): string[] {
  const start = resolve(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.test(entry.name) && !entry.parentPath.includes('/static/built'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

type Colours = Record<string, string>;

/** `virtual:tokens.css`: custom properties of both themes, by choice (`data-theme`) or by the device's setting. */
export function tokens(root: string): Plugin {
  const file = resolve(root, 'frontend/tokens.json');
  const id = '\0tokens.css';
  return {
    name: 'house-tokens',
    enforce: 'pre',
    resolveId: (source) => (source === 'virtual:tokens.css' ? id : null),
    load(asked) {
      if (asked !== id) return null;
      this.addWatchFile(file);
      const { light, dark } = JSON.parse(readFileSync(file, 'utf8')) as { light: Colours; dark: Colours };
      const list = (colours: Colours) => Object.entries(colours).map(([name, value]) => `--${name}:${value};`).join('');
      return `@layer tokens{:root,[data-theme=light]{color-scheme:light;${list(light)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${list(dark)}}}
[data-theme=dark]{color-scheme:dark;${list(dark)}}}`;
    },
  };
}

/** Icons that templates and scripts name, gathered from lucide into `icons.json`: name -> inner SVG. */
export function icons(root: string, out: string): Plugin {
  return {
    name: 'house-icons',
    closeBundle() {
      const wanted = new Set(readFileSync(resolve(root, 'frontend/icons.txt'), 'utf8').split(/\s+/).filter(Boolean));
      for (const folder of ['src/dinh', 'frontend/src'])
        for (const path of filesBelow(root, folder, /\.(html|py|ts)$/))
          for (const found of readFileSync(resolve(root, path), 'utf8').matchAll(/\bicon[ (:=]+["']([a-z0-9-]+)["']/g))
            wanted.add(found[1] as string);
      const set: Record<string, string> = {};
      for (const name of [...wanted].sort()) {
        const own = resolve(root, `frontend/icons/${name}.svg`);
        const lucide = resolve(root, `node_modules/lucide-static/icons/${name}.svg`);
        const path = existsSync(own) ? own : lucide;
        if (!existsSync(path)) {
          this.warn(`there is no icon '${name}'`);
          continue;
        }
        const svg = readFileSync(path, 'utf8');
        set[name] = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>[\s\S]*$/, '').replace(/\s*\n\s*/g, '').trim();
      }
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'icons.json'), JSON.stringify(set));
    },
  };
}

/** `.br` and `.gz` beside every text file of more than 1 kB. */
export function compressed(out: string): Plugin {
  return {
    name: 'house-compressed',
    closeBundle() {
      for (const name of readdirSync(join(out, 'assets'))) {
        const path = join(out, 'assets', name);
        if (!/\.(js|css|svg|json|mjs)$/.test(name) || statSync(path).size < 1024) continue;
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const quality = bytes.length > 400_000 ? 9 : 11;
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
      }
    },
  };
}
