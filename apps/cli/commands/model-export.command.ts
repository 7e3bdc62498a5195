import fs from 'node:fs';
import path from 'node:path';
import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { parse } from 'yaml';
import {
  ArtefactError,
  checkReleaseAbout,
  companionNames,
  createRelease,
  newReleaseKey,
  packBundle,
  readPrivateKey,
  readPublicKey,
  ReleaseError,
  unpackBundle,
  verifyRelease,
  type BundleFiles,
  type ReleaseAbout,
} from '#model';
import { openArtefactStore } from '#platform/artefacts';
import { projectRoot } from '#platform/config';
import { findModelFolder, loadModel } from '#platform/inference';
import { CliSession } from '../cli-session.js';
import { printJson, printLine } from '../output/print.js';
import { UsageError } from '../usage-error.js';

const ARCHIVE = '.tar.gz';
const MODEL_ID = /^m-[0-9a-f]{16}$/;
/** Of a file in a bundle that is read. */
const LARGEST_FILE = 512 * 1024 * 1024;

interface ExportOptions {
  readonly model?: string;
  readonly out?: string;
  readonly key?: string;
  readonly about?: string;
  readonly json?: boolean;
}

/** Mistakes in what the caller named are the caller's. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ReleaseError || error instanceof ArtefactError) throw new UsageError(error.message);
    throw error;
  }
}

function readText(option: string, file: string): string {
  if (!fs.existsSync(file)) throw new UsageError(`${option} ${file}: there is no such file`);
  return fs.readFileSync(file, 'utf8');
}

@SubCommand({
  name: 'export',
  description: 'Make a release bundle of a model, for people outside; docs/release-bundle.md',
})
export class ExportModel extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: ExportOptions): Promise<void> {
    const { model, out, json = false } = options;
    if (model === undefined) throw new UsageError('--model <folder or id> is needed');
    if (out === undefined) throw new UsageError(`--out <folder or ${ARCHIVE}> is needed`);
    if (fs.existsSync(out)) throw new UsageError(`--out ${out}: is there already; name a new one`);
    const about = options.about === undefined ? {} : readAbout(options.about);
    const readFile = await this.find(model);
    const { pem, file, isNew } = this.keyOf(options.key);
    const signingKey = asUsage(() => readPrivateKey(pem, file));
    const input = { readFile, about, companions: readCompanions(), key: signingKey, runNetwork };
    const release = await createRelease(input).catch((error: unknown) => {
      if (error instanceof ArtefactError) throw new UsageError(error.message);
      throw error;
    });
    if (out.endsWith(ARCHIVE)) fs.writeFileSync(out, packBundle(release.name, release.files), { flag: 'wx' });
    else writeFolder(out, release.files);
    const { modelId, fingerprint, files } = release;
    if (json) {
      printJson({ modelId, out, files: files.size, fingerprint, key: file, isNewKey: isNew });
      return;
    }
    printLine(`${modelId} is in ${out}: ${files.size} files, signed by ${fingerprint}`);
    if (isNew) printLine(howToKeep(file));
  }

  /** Files of the artefact in a folder, or by its id in the artefact store or among the models of this installation. */
  private async find(model: string): Promise<(path: string) => Uint8Array | undefined> {
    if (fs.existsSync(model)) return filesIn(model);
    if (!MODEL_ID.test(model)) throw new UsageError(`--model ${model}: no such folder, and no id of a model (m-...)`);
    const { modelsDir, artefactStore } = this.session.config;
    const stored = await openArtefactStore(artefactStore).get(model);
    if (stored !== null) return (name) => stored.get(name);
    const folder = findModelFolder([modelsDir], model);
    if (folder !== null) return filesIn(folder);
    throw new UsageError(`--model ${model}: neither ${artefactStore} nor ${modelsDir} has a model of this id`);
  }

  /** Without a name: that of this installation, made when it is first needed. */
  private keyOf(named: string | undefined): { readonly pem: string; readonly file: string; readonly isNew: boolean } {
    if (named !== undefined) return { pem: readText('--key', named), file: named, isNew: false };
    const file = path.join(this.session.config.home, 'release-key.pem');
    if (fs.existsSync(file)) return { pem: fs.readFileSync(file, 'utf8'), file, isNew: false };
    const pem = newReleaseKey();
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
    return { pem, file, isNew: true };
  }

  @Option({
    flags: '--model <folder or id>',
    description: 'Folder of the artefact, or the id of a model of this installation',
  })
  model(value: string): string {
    return value;
  }

  @Option({ flags: '--out <place>', description: `A new folder, or a new file that ends in ${ARCHIVE}` })
  out(value: string): string {
    return value;
  }

  @Option({
    flags: '--key <pem>',
    description: 'Private Ed25519 key that signs; without it, that of this installation',
  })
  key(value: string): string {
    return value;
  }

  @Option({
    flags: '--about <yaml>',
    description: 'What the card says beside the figures: licence, data, limits; samples/release/about.yaml',
  })
  about(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

interface VerifyOptions {
  readonly key?: string;
  readonly json?: boolean;
}

@SubCommand({
  name: 'verify',
  arguments: '<bundle>',
  description: 'Check a release bundle, a folder or an archive: signature, checksums, model',
})
export class VerifyModel extends CommandRunner {
  override run([bundle = '']: string[], options: VerifyOptions): Promise<void> {
    if (!fs.existsSync(bundle)) throw new UsageError(`${bundle}: there is no such file or folder`);
    const known = options.key;
    const key = known === undefined ? null : asUsage(() => readPublicKey(readText('--key', known), known));
    const isFolder = fs.statSync(bundle).isDirectory();
    const files = isFolder ? readFolder(bundle) : unpackBundle(fs.readFileSync(bundle), bundle);
    const verified = verifyRelease(files, key);
    if (options.json === true) printJson(verified);
    else {
      const { modelId, fingerprint, isKeyKnown } = verified;
      printLine(`${modelId}: all ${verified.files} files are as they were signed by ${fingerprint}`);
      if (!isKeyKnown) {
        printLine(
          'The key came with the bundle: compare it with one that its maker published, or name that one by --key.',
        );
      }
    }
    return Promise.resolve();
  }

  @Option({
    flags: '--key <pem>',
    description: 'The public key that must have signed it, from somewhere else than the bundle',
  })
  key(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

function readAbout(file: string): ReleaseAbout {
  const text = readText('--about', file);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new UsageError(`--about ${file}: ${error instanceof Error ? error.message : 'is no YAML'}`);
  }
  return asUsage(() => checkReleaseAbout(value, file));
}

function readCompanions(): Map<string, Uint8Array> {
  const beside = companionNames.map(
    (name) => [name, fs.readFileSync(path.join(projectRoot, 'samples/release', name))] as const,
  );
  return new Map<string, Uint8Array>([...beside, ['LICENSE', fs.readFileSync(path.join(projectRoot, 'LICENSE'))]]);
}

/** Behind the guard of the product: what it would not serve is not given away either. */
async function runNetwork(onnx: Uint8Array, ids: Int32Array, weights: Float32Array): Promise<Float32Array> {
  const network = await loadModel(onnx);
  try {
    return await network.score({ ids, weights, lengths: Int32Array.of(ids.length) });
  } finally {
    await network.close();
  }
}

function filesIn(folder: string): (name: string) => Uint8Array | undefined {
  return (name) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  };
}

/** Links are no files of a bundle, and followed they could leave it. */
function readFolder(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw new Error(`${name}: is no file; a bundle has files alone`);
    if (fs.statSync(file).size > LARGEST_FILE) throw new Error(`${name}: is larger than 512 MiB`);
    files.set(name, fs.readFileSync(file));
  }
  return files;
}

/** Whole or not at all: written beside its place first. */
function writeFolder(out: string, files: BundleFiles): void {
  const target = path.resolve(out);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const draft = fs.mkdtempSync(`${target}.`);
  for (const [name, bytes] of files) {
    const file = path.join(draft, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes);
  }
  fs.chmodSync(draft, 0o755);
  fs.renameSync(draft, target);
}

function howToKeep(file: string): string {
  return [
    `A new key was made: ${file}. Whoever has it can sign in your name.`,
    '- Keep a copy where backups of secrets are, and none in a repository or an image.',
    '- Publish the public key, PUBLIC_KEY.pem of the bundle, where people look for you: your site, your repository.',
    '- Lost or stolen: remove the file, export again, publish the new public key, and say that the old one is void.',
  ].join('\n');
}
