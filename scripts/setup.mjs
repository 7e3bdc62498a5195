#!/usr/bin/env node
/**
 * Sets up what a fresh clone lacks: packages, build, Kafka, the registry and, unless --without-encoder says no, an encoder. Does nothing
 * when all is there.
 */
import { WITHOUT_ENCODER } from './setup/encoder.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

await setUpOrExit({ isAsked: true, isDeclined: process.argv.includes(WITHOUT_ENCODER) });
