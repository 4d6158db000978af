/** The build's own steps: tokens to CSS, icons to one file, files compressed beforehand, workers in one piece. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync, inflateSync } from 'node:zlib';
import { build, type Plugin } from 'vite';

/** Files below a folder of the repository whose names end so, as paths from the root. */
export function filesBelow(root: string, folder: string, ends: RegExp): string[] {
  const start = resolve(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.test(join(entry.parentPath, entry.name)) && !entry.parentPath.includes('/static/built'))
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

/** A WOFF 1.0 file as the OpenType file that it packs, its family renamed: typesetting needs one name a file to fall back by. */
export function unpacked(woff: Buffer, family: string): Buffer {
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const at = 44 + 20 * index;
    const [offset, packed, whole] = [4, 8, 12].map((step) => woff.readUInt32BE(at + step)) as [number, number, number];
    const raw = woff.subarray(offset, offset + packed);
    const tag = woff.toString('latin1', at, at + 4);
    const bytes = packed < whole ? inflateSync(raw) : Buffer.from(raw);
    return { tag, bytes: tag === 'name' ? named(bytes, family) : bytes };
  });
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(12 + 16 * count);
  head.writeUInt32BE(woff.readUInt32BE(4), 0);
  [count, power * 16, Math.log2(power), (count - power) * 16].forEach((value, index) => head.writeUInt16BE(value, 4 + 2 * index));
  const parts: Buffer[] = [head];
  let offset = head.length;
  tables.forEach(({ tag, bytes }, index) => {
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    let sum = 0;
    for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
    head.write(tag, 12 + 16 * index, 'latin1');
    [sum, offset, bytes.length].forEach((value, step) => head.writeUInt32BE(value, 16 + 16 * index + 4 * step));
    parts.push(padded);
    offset += padded.length;
  });
  return Buffer.concat(parts);
}

/** A `name` table that says the family (and the typographic family) and nothing else. */
function named(table: Buffer, family: string): Buffer {
  const style = readName(table, 17) ?? readName(table, 2) ?? 'Regular';
  const words: [number, string][] = [[1, family], [2, style], [4, `${family} ${style}`], [6, `${family}-${style}`.replace(/ /g, '')], [16, family], [17, style]];
  const text = words.map(([, word]) => Buffer.from(word, 'utf16le').swap16());
  const head = Buffer.alloc(6 + 12 * words.length);
  [0, words.length, head.length].forEach((value, index) => head.writeUInt16BE(value, 2 * index));
  let offset = 0;
  words.forEach(([id], index) => {
    const length = (text[index] as Buffer).length;
    [3, 1, 0x409, id, length, offset].forEach((value, step) => head.writeUInt16BE(value, 6 + 12 * index + 2 * step));
    offset += length;
  });
  return Buffer.concat([head, ...text]);
}

function readName(table: Buffer, wanted: number): string | undefined {
  const start = table.readUInt16BE(4);
  for (let index = 0; index < table.readUInt16BE(2); index += 1) {
    const at = 6 + 12 * index;
    const [platform, , , id, length, offset] = [0, 2, 4, 6, 8, 10].map((step) => table.readUInt16BE(at + step)) as [number, number, number, number, number, number];
    if (platform === 3 && id === wanted) return Buffer.from(table.subarray(start + offset, start + offset + length)).swap16().toString('utf16le');
  }
  return undefined;
}

/** `print_fonts.json`: the house's own letters for printing, as base64 of OpenType files: name -> file. */
export function printFonts(root: string, out: string): Plugin {
  return {
    name: 'house-print-fonts',
    closeBundle() {
      const set: Record<string, string> = {};
      for (const script of ['vietnamese', 'latin', 'latin-ext'])
        for (const weight of [400, 600]) {
          const woff = readFileSync(resolve(root, `node_modules/@fontsource/be-vietnam-pro/files/be-vietnam-pro-${script}-${weight}-normal.woff`));
          set[`be-vietnam-pro-${script}-${weight}`] = unpacked(woff, `Be Vietnam Pro ${script}`).toString('base64');
        }
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'print_fonts.json'), JSON.stringify(set));
    },
  };
}

/** `<system>-worker.js`: a system's `frontend/worker/sw.ts` with all that it needs in one file, since browsers load no modules in it. */
export function workers(root: string, out: string, alias: Record<string, string>): Plugin {
  return {
    name: 'house-workers',
    async closeBundle() {
      for (const path of filesBelow(root, 'src/dinh/systems', /\/worker\/sw\.ts$/)) {
        const system = path.split('/')[3] as string;
        await build({
          configFile: false,
          root,
          publicDir: false,
          logLevel: 'warn',
          resolve: { alias },
          build: {
            outDir: out,
            emptyOutDir: false,
            target: ['chrome107', 'firefox104', 'safari16'],
            lib: { entry: resolve(root, path), formats: ['iife'], name: 'worker', fileName: () => `${system}-worker.js` },
          },
        });
      }
    },
  };
}
