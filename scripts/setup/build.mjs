import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { at, root } from './places.mjs';
import { say } from './say.mjs';
import { buildWeb, webSources } from './web.mjs';

const FOLDERS = ['apps', 'libs', 'bench'];
/** What modules read beside themselves at run time. */
const RESOURCES = new Set(['.sql', '.yaml', '.json', '.html', '.css', '.svg', '.txt']);
const stamp = at('dist', '.stamp');

/** The same transform as the tests have; types are checked by `npm run typecheck`, in ten times the time. */
const SWC = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
  swcrc: false,
};

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        if (entry.name === 'node_modules' || entry.name === 'dist') return [];
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesBelow(path) : [path];
      })
    : [];

/** Bundled as a whole, when one of them changed. */
const isWeb = (name) => name.startsWith(`${webSources}/`);

const isModule = (path) => extname(path) === '.ts' && !/\.(spec|d)\.ts$/.test(path);

const isSource = (path) => isModule(path) || RESOURCES.has(extname(path));

const outputOf = (source) => at('dist', isModule(source) ? source.replace(/\.ts$/, '.js') : source);

/** Source by source, what the last build saw of it; `*` stands for what all depend on. */
const state = () => {
  const seen = (path) => {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  };
  const sources = FOLDERS.flatMap((folder) => filesBelow(at(folder)).filter(isSource));
  const web = filesBelow(at(webSources)).filter((path) => !/\.(spec|d)\.ts$|\.md$/.test(path));
  return {
    '*': [seen(at('scripts', 'setup', 'build.mjs')), seen(at('node_modules', '@swc', 'core', 'package.json'))].join(),
    ...Object.fromEntries([...sources, ...web].map((path) => [relative(root, path), seen(path)])),
  };
};

const lastState = () => {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'));
  } catch {
    return {};
  }
};

const difference = () => {
  const [before, now] = [lastState(), state()];
  const isAll = before['*'] !== now['*'];
  const names = Object.keys(now).filter((name) => name !== '*');
  return {
    now,
    changed: names.filter((name) => isAll || before[name] !== now[name]),
    gone: Object.keys(before).filter((name) => now[name] === undefined),
  };
};

export const needsBuild = () => {
  const { changed, gone } = difference();
  return changed.length > 0 || gone.length > 0;
};

/** Compiles what changed since the last build, copies what lies beside it, and removes what has no source any more. */
export const build = async () => {
  const began = performance.now();
  const { now, changed, gone } = difference();
  const { transformFile } = await import('@swc/core');
  if ([...changed, ...gone].some(isWeb)) await buildWeb();
  for (const name of gone.filter((one) => !isWeb(one)))
    for (const suffix of ['', '.map']) rmSync(outputOf(name) + suffix, { force: true });
  await Promise.all(
    changed
      .filter((name) => !isWeb(name))
      .map(async (name) => {
        const output = outputOf(name);
        mkdirSync(dirname(output), { recursive: true });
        if (!isModule(name)) return copyFile(at(name), output);
        const { code, map } = await transformFile(at(name), {
          ...SWC,
          sourceFileName: relative(dirname(output), at(name)),
        });
        await writeFile(`${output}.map`, map);
        return writeFile(output, `${code}\n//# sourceMappingURL=${basename(output)}.map\n`);
      }),
  );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, JSON.stringify(now));
  say(`built ${changed.length} files in ${((performance.now() - began) / 1000).toFixed(1)} s`);
};
