import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encoderReading } from '#model';
import { defaultServices, platformConfig, projectRoot, readEnvironment } from '#platform/config';
import { missingData, readBenchCorpus } from './corpus.js';
import { measureCpu } from './cpu.js';
import { printCurve, SHARES } from './curve.js';
import { measureQuality } from './quality.js';

const HELP = `npm run bench:encoder -- [options]   out-of-fold quality of both tiers
npm run bench:cascade -- [options]   what sending a share of a stream to the encoder brings and costs
  --data <folder>      public data sets; default ../shared/data
  --foldings <n>       default 20; of the cascade 0 leaves out the curve
  --shares <list>      of the comparison of cost, 0 first; default 0,0.0015,0.005,0.02,0.1,0.3,1
  --tokens <n>         of a text that the encoder reads; default 256
  --rounds <n>         of the comparison of cost; default 9
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: join(projectRoot, '..', 'shared', 'data') },
    foldings: { type: 'string', default: '20' },
    tokens: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '9' },
    shares: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
if (values.help) {
  print(HELP);
  process.exit(0);
}
const missing = missingData(values.data);
if (missing.length > 0) {
  print(`skipped: ${values.data} lacks ${missing.join(', ')}`);
  process.exit(0);
}
const environment = readEnvironment();
const { encoder, home } = platformConfig(environment, defaultServices(environment));
const corpus = await readBenchCorpus({
  data: values.data,
  encoder: encoder.folder,
  reading: { ...encoderReading('e5'), maxTokens: Number(values.tokens) },
  cache: join(home, 'bench', 'cascade'),
  print,
});
switch (positionals[0]) {
  case 'quality':
    process.exitCode = measureQuality(corpus, print, Number(values.foldings)) ? 0 : 1;
    break;
  case 'cost':
    if (Number(values.foldings) > 0) printCurve(corpus, Number(values.foldings), print);
    await measureCpu(
      corpus,
      encoder.folder,
      { rounds: Number(values.rounds), shares: values.shares?.split(',').map(Number) ?? SHARES },
      print,
    );
    break;
  default:
    print(HELP);
    process.exitCode = 2;
}
