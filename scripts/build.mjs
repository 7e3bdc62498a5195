#!/usr/bin/env node
/** Compiles apps, libs and bench into dist/, with the files that lie beside the sources. */
import { build } from './setup/build.mjs';

try {
  await build();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
