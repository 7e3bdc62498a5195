import { readFileSync } from 'node:fs';
import path from 'node:path';
import { agreementCsv, labelersCsv, wordingsOf } from './quality-report.js';

const none = { value: null, low: null, high: null };

describe('wordings of questions', () => {
  it('come from every policy that can be read', () => {
    const document = readFileSync(path.resolve(import.meta.dirname, '../../../../policies/default.yaml'), 'utf8');
    const wordings = wordingsOf([
      { policy_id: 'default', version: 2, document },
      { policy_id: 'later', version: 1, document: 'format: of a later release' },
    ]);
    expect(wordings.size).toBe(14);
    expect(wordings.get('threat@1')).toMatch(/^Does it threaten violence/);
  });
});

describe('files of the quality pages', () => {
  it('name people by id alone', () => {
    const file = labelersCsv({
      rows: [
        {
          ...{ labelerId: 'u-1', name: 'Ann Lee', question: '', wording: null, answers: 3, unsure: 0 },
          gold: { hits: 1, misses: 0, rejections: 2, falseAlarms: 0 },
          ...{ sensitivity: none, specificity: none, standing: 'GOOD', agreement: null, compared: 0 },
          ...{ consistency: null, repeats: 0, medianMs: 900, limitMs: null, isHurried: false, noRun: 0 },
          ...{
            isAlwaysNo: false,
            drift: null,
            audit: { items: 0, answered: 0, precision: null, recall: null, f1: null },
          },
        },
      ],
      measuredAt: null,
    });
    const [header, row] = file.split('\r\n');
    expect(row?.split(',')).toHaveLength(header?.split(',').length ?? 0);
    expect(file).toContain('u-1,3,0,1,0,2,0,');
    expect(file).not.toContain('Ann');
  });

  it('run no wording as a formula', () => {
    const row = {
      ...{ kind: 'QUESTION' as const, subject: 'q@1', wording: '=1+1', category: '', alpha: none },
      ...{ band: null, positive: none, items: 0, answers: 0, vanished: null },
    };
    expect(agreementCsv({ rows: [row], measuredAt: null })).toContain(`QUESTION,q@1,"'=1+1",`);
  });
});
