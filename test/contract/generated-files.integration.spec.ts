import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
let root: string;

function generate(...args: string[]) {
  const script = join(repository, 'scripts/generate.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--root', root, ...args], { encoding: 'utf8' });
  return { status, stderr };
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(join(root, file), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the change to ${file} changes nothing`);
  writeFileSync(join(root, file), after);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidegate-generate-'));
  for (const part of ['avro', 'package.json', 'docs/generated', 'libs/platform/contracts/generated']) {
    cpSync(join(repository, part), join(root, part), { recursive: true });
  }
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('the generator', () => {
  it('leaves no diff to what is committed', () => {
    expect(generate('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('names each file that is stale, and is content once it has written them', () => {
    edit('avro/content/erased.avsc', (text) => text.replace('"erasedAt"', '"goneAt"'));
    const { status, stderr } = generate('--check');
    expect(status).toBe(1);
    for (const file of ['events.ts', 'schemas.ts']) expect(stderr).toContain(`contracts/generated/${file} is stale`);
    expect(stderr).toContain('docs/generated/asyncapi.yaml is stale');
    expect(generate()).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(root, 'libs/platform/contracts/generated/events.ts'), 'utf8')).toContain(
      'readonly goneAt',
    );
    expect(generate('--check').status).toBe(0);
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      'an unknown class',
      'avro/topics.yaml',
      (text) => text.replace('class: flow', 'class: stream'),
      /topics\.yaml:\d+: content\.submitted: class: must be one of/,
    ],
    [
      'an unknown role',
      'avro/topics.yaml',
      (text) => text.replace('[prediction, warehouse]', '[prophet]'),
      /readers: no role prophet/,
    ],
    [
      'an unknown field',
      'avro/topics.yaml',
      (text) => text.replace('retention: 7d', 'retention: 7d\n  colour: red'),
      /colour: unknown field/,
    ],
    [
      'a schema that is not there',
      'avro/topics.yaml',
      (text) => text.replace('schema: content/erased', 'schema: content/gone'),
      /no avro\/content\/gone\.avsc(.|\n)*erased\.avsc: no topic/,
    ],
    [
      'a field without words',
      'avro/content/erased.avsc',
      (text) => text.replace('"doc": "When the erasure was accepted."', '"doc": ""'),
      /erased\.avsc: ContentErased\.erasedAt: has no doc/,
    ],
    [
      'a union that plain values cannot tell apart',
      'avro/content/erased.avsc',
      (text) => text.replace('["null", "string"]', '["int", "long"]').replace('"default": null,', ''),
      /erased\.avsc: ambiguous/,
    ],
    ['a broken schema', 'avro/content/erased.avsc', (text) => text.slice(1), /erased\.avsc: .*JSON/],
    [
      'one name for two types',
      'avro/content/erased.avsc',
      (text) => text.replace('"ContentErased"', '"ContentAccepted"'),
      /ContentAccepted is declared twice/,
    ],
  ])('refuses %s, and says where', (_, file, change, message) => {
    edit(file, change);
    const { status, stderr } = generate('--check');
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});
