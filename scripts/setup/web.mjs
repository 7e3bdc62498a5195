import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { at } from './places.mjs';

/** Sources of the console's web application: a browser's, so they are bundled and not compiled file by file. */
export const webSources = 'apps/console/web';

const COMPRESSIBLE = new Set(['.js', '.css', '.svg']);

/** Bundles the web application into dist/, with a compressed copy beside each file. */
export const buildWeb = async () => {
  const { build } = await import('vite');
  const outDir = at('dist', webSources);
  await build({
    configFile: false,
    root: at(webSources),
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // The page may load nothing that is not a file of ours: no data addresses, no injected preloads.
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        onLog: (level, log, report) => {
          // "use client" speaks to servers that render React; there is none here.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
        },
      },
    },
  });
  const assets = join(outDir, 'assets');
  for (const name of readdirSync(assets).filter((file) => COMPRESSIBLE.has(extname(file)))) {
    const bytes = readFileSync(join(assets, name));
    writeFileSync(
      join(assets, `${name}.br`),
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    );
  }
};
