import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rejectReasons } from './reject-reason.js';

describe('the reasons of a rejection', () => {
  it('are explained in the README, each with the same words', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
    for (const [code, meaning] of Object.entries(rejectReasons)) {
      expect(readme.replace(/ +/g, ' ')).toContain(`| \`${code}\` | ${meaning} |`);
    }
  });

  it('can be metric labels', () => {
    for (const code of Object.keys(rejectReasons)) expect(code).toMatch(/^[a-z0-9_]{3,24}$/);
  });
});
