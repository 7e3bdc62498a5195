#!/usr/bin/env node
/** Sets up what a fresh clone lacks: packages, build, Kafka and the registry. Does nothing when all is there. */
import { setUpOrExit } from './setup/set-up.mjs';

await setUpOrExit();
