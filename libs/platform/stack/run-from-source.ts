import { extname } from 'node:path';

// Node runs TypeScript as it is, but imports say .js, which only the build makes true.
const HOOK = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
   registerHooks({ resolve: (name, context, next) => {
     if (!name.startsWith('.') || !context.parentURL?.endsWith('.ts')) return next(name, context);
     return next(name.replace(/\\.js$/, '.ts'), context);
   } });`,
)}`;

/** What Node needs to run a module that lies beside the given one: nothing in the build, a hook in tests that run the sources. */
export const nodeFlags = (moduleUrl: string): readonly string[] =>
  extname(moduleUrl) === '.ts' ? ['--import', HOOK, '--disable-warning=ExperimentalWarning'] : [];
