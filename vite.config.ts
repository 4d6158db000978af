import { basename, resolve } from 'node:path';
import { defineConfig } from 'vite';
import { compressed, filesBelow, icons, printFonts, tokens, workers } from './frontend/build/plugins.ts';

const root = import.meta.dirname;
const out = resolve(root, 'src/dinh/web/static/built');
const alias = { '@house': resolve(root, 'frontend/src/house'), '@': resolve(root, 'frontend/src') };

/** The house, and every script of a system's `frontend/` folder as `<system>/<file>`. */
function entries(): Record<string, string> {
  const found: Record<string, string> = {
    house: resolve(root, 'frontend/src/house/index.ts'),
    khmer: resolve(root, 'frontend/src/khmer/index.ts'),
  };
  for (const path of filesBelow(root, 'src/dinh/systems', /\.ts$/)) {
    const parts = path.split('/');
    if (parts.length === 6 && parts[4] === 'frontend' && !/\.(test|d)\.ts$/.test(path)) found[`${parts[3]}/${basename(path, '.ts')}`] = resolve(root, path);
  }
  return found;
}

export default defineConfig({
  root,
  base: '/static/built/',
  publicDir: false,
  resolve: { alias },
  plugins: [tokens(root), icons(root, out), printFonts(root, out), compressed(out), workers(root, out, alias)],
  css: { transformer: 'lightningcss' },
  build: {
    outDir: out,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: ['chrome107', 'firefox104', 'safari16'],
    cssMinify: 'lightningcss',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: entries() },
  },
  test: { include: ['frontend/**/*.test.ts', 'src/dinh/systems/*/frontend/**/*.test.ts'], environment: 'jsdom' },
} as Parameters<typeof defineConfig>[0]);
