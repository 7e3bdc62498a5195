/**
 * Makes the files of a new stage: `npm run new:stage -- <name>`. One word, the same everywhere.
 * What follows by hand: schemas below avro/<name>/, topics in avro/topics.yaml, and the role in apps/standalone/standalone.ts.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const [stage] = process.argv.slice(2);
if (stage === undefined || stage === '--help') {
  process.stdout.write(
    'npm run new:stage -- <name>   one lower-case word, for example: npm run new:stage -- sampling\n',
  );
  process.exit(stage === undefined ? 2 : 0);
}
if (!/^[a-z]+$/.test(stage)) {
  process.stderr.write(`${stage}: a stage is one lower-case word\n`);
  process.exit(2);
}
const folder = path.join(root, 'libs/flow', stage);
if (fs.existsSync(folder)) {
  process.stderr.write(`libs/flow/${stage} is there already\n`);
  process.exit(1);
}
const Name = stage[0].toUpperCase() + stage.slice(1);

const files = {
  [`libs/flow/${stage}/README.md`]: `# ${stage}

What this stage decides, in one sentence.

| | |
|---|---|
| in | \`prediction.scored\` |
| out | \`${stage}.\` ... |
| skipped | \`nothing_to_do\`: why that is right |
| rejected | what can never work, and why |
`,
  [`libs/flow/${stage}/${stage}.step.ts`]: `import type { PredictionScored } from '#platform/contracts';
import { skip, type Emission, type Message, type Step } from '#platform/stream';

/** What the stage makes of a batch. */
export function create${Name}Step(): Step<Message<PredictionScored>, Emission> {
  return function ${stage}Step(batch) {
    return Promise.resolve(batch.map(() => skip('nothing_to_do')));
  };
}
`,
  [`libs/flow/${stage}/${stage}.step.spec.ts`]: `import type { PredictionScored } from '#platform/contracts';
import type { Message } from '#platform/stream';
import { create${Name}Step } from './${stage}.step.js';

describe('the ${stage} step', () => {
  it('gives one outcome per message', async () => {
    const batch = [{}, {}] as readonly Message<PredictionScored>[];
    expect(await create${Name}Step()(batch)).toHaveLength(2);
  });
});
`,
  [`libs/flow/${stage}/${stage}.controller.ts`]: `import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { PredictionScored } from '#platform/contracts';
import type { Emission, Message, Outcome } from '#platform/stream';
import { create${Name}Step } from './${stage}.step.js';

@Controller()
export class ${Name}Controller {
  private readonly step = create${Name}Step();

  @EventPattern<string>('prediction.scored')
  handle(@Payload() batch: readonly Message<PredictionScored>[]): Promise<readonly Outcome<Emission>[]> {
    return this.step(batch);
  }
}
`,
  [`libs/flow/${stage}/${stage}.module.ts`]: `import { Module } from '@nestjs/common';
import type { RoleDefinition } from '#platform/role';
import { ${Name}Controller } from './${stage}.controller.js';

@Module({ controllers: [${Name}Controller] })
class ${Name}Module {}

export const ${stage}Role: RoleDefinition = {
  app: '${stage}',
  module: ${Name}Module,
  topics: () => ['prediction.scored'],
  tables: [],
  http: 'health',
};
`,
  [`libs/flow/${stage}/index.ts`]: `export { ${stage}Role } from './${stage}.module.js';
`,
  [`apps/${stage}/main.ts`]: `import 'reflect-metadata';
import { ${stage}Role } from '#flow/${stage}';
import { runRole } from '#platform/role';

await runRole(${stage}Role);
`,
};
for (const [file, text] of Object.entries(files)) {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
  process.stdout.write(`${file}\n`);
}
process.stdout.write(`
Next: avro/${stage}/*.avsc with examples, avro/topics.yaml, ROLES in scripts/generate/read-contracts.mjs, npm run generate,
and ${stage}Role in apps/standalone/standalone.ts.
`);
