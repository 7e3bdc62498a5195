#!/usr/bin/env node
/** The command line, `npx tidegate <command>`; says nothing of its own when everything is in place. */
import { handOver } from './setup/hand-over.mjs';
import { at } from './setup/places.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

await setUpOrExit();
process.exit(await handOver(['--enable-source-maps', at('dist', 'apps', 'cli', 'main.js'), ...process.argv.slice(2)]));
