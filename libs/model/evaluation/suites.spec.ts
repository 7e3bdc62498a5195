import { modelOf } from './evaluation.fixture.js';
import { parseSuite, SuiteFileError } from './parse-suite.js';
import { compareSuites, runSuites } from './run-suites.js';

function line(over: Record<string, unknown>): string {
  return JSON.stringify({ suite: 's', functionality: 'f', id: 'a', text: 'words', expect: { H: 0 }, ...over });
}

function failure(content: string): { line: number; field: string; message: string } {
  try {
    parseSuite(content, 'own.jsonl');
  } catch (error) {
    if (error instanceof SuiteFileError) return error;
  }
  throw new Error('nothing was refused');
}

describe('suite files', () => {
  it('hold fixed labels, invariances and directions', () => {
    const cases = parseSuite(
      [
        line({ id: 'a' }),
        line({ id: 'b', expect: 'same', ref: 'a' }),
        line({ id: 'c', expect: { H: 'up', V: 'down' }, ref: 'a' }),
        '',
      ].join('\n'),
      'own.jsonl',
    );
    expect(cases.map(({ expect: { type }, ref }) => [type, ref])).toEqual([
      ['MFT', null],
      ['INV', 'a'],
      ['DIR', 'a'],
    ]);
  });

  it.each([
    ['no JSON', 'zugzwang', 1, '(line)'],
    ['no object', '[1]', 1, '(line)'],
    ['nothing', '\n', 1, '(line)'],
    ['an unknown field', line({ zugzwang: 1 }), 1, 'zugzwang'],
    ['an empty text', line({ text: '' }), 1, 'text'],
    ['an unknown expectation', line({ expect: { H: 0.5 } }), 1, 'expect'],
    ['mixed expectations', line({ expect: { H: 0, V: 'up' }, ref: 'a' }), 1, 'expect'],
    ['an invariance of nothing', line({ expect: 'same' }), 1, 'ref'],
    ['the same id twice', `${line({})}\n${line({})}`, 2, 'id'],
    ['a reference to no case', `${line({})}\n${line({ id: 'b', expect: 'same', ref: 'z' })}`, 2, 'ref'],
  ])('are refused with %s, naming line and field and never the text', (_, content, at, field) => {
    const refused = failure(content);
    expect([refused.line, refused.field]).toEqual([at, field]);
    expect(refused.message).toContain('own.jsonl line');
    expect(refused.message.replace('"zugzwang"', '')).not.toContain('zugzwang');
  });

  it('may use one id in two suites', () => {
    expect(parseSuite(`${line({})}\n${line({ suite: 't' })}`, 'own.jsonl')).toHaveLength(2);
  });
});

describe('running suites', () => {
  const cases = parseSuite(
    [
      line({ id: 'no', expect: { H: 0 } }),
      line({ id: 'yes', expect: { H: 1 } }),
      line({ id: 'same', expect: 'same', ref: 'yes' }),
      line({ id: 'up', expect: { H: 'up' }, ref: 'no' }),
      line({ id: 'down', expect: { H: 'down' }, ref: 'yes' }),
    ].join('\n'),
    'own.jsonl',
  );
  const run = (...logits: number[]) => runSuites(cases, modelOf('m-1', { H: logits })).functionalities[0];

  it('passes a model that does all that is expected', () => {
    expect(run(-2, 2, 1, -1, 0)?.passed).toMatchObject({ rows: 5, hits: 5, value: 1 });
  });

  it('fails what is flagged in error, missed, decided differently or moved the wrong way', () => {
    expect(run(1, -1, 2, -2, 3)?.failed).toEqual(['no', 'yes', 'same', 'up', 'down']);
  });

  it('forgives a move the wrong way of up to .1', () => {
    // Probabilities .5 and .45, then .5 and .55.
    expect(run(0, 0, 0, Math.log(0.45 / 0.55), Math.log(0.55 / 0.45))?.failed).toEqual(['no']);
  });

  it('counts what is blocked although it should pass', () => {
    expect(run(4, 2, 2, 4, 2)?.blocked).toBe(1);
  });

  it('skips cases of categories that the model does not have, and does not count them as passed', () => {
    const [report] = runSuites(cases.slice(0, 2), modelOf('m-1', { V: [0, 0] })).functionalities;
    expect(report).toMatchObject({ skipped: 2, passed: { rows: 0, value: null } });
  });

  it('ranks fixed labels whatever the thresholds', () => {
    expect(runSuites(cases, modelOf('m-1', { H: [5, 6, 0, 0, 0] })).rocAuc).toEqual({ H: 1 });
  });
});

describe('comparing suites', () => {
  const many = parseSuite(Array.from({ length: 40 }, (_, i) => line({ id: String(i) })).join('\n'), 'own.jsonl');
  const passing = (count: number) => runSuites(many, modelOf('m-1', { H: many.map((_, i) => (i < count ? -1 : 1)) }));

  it('says worse only when the loss is 5 points and the Wilson intervals part', () => {
    const findings = (before: number, after: number) =>
      compareSuites(passing(before), passing(after)).map(({ finding }) => finding);
    expect(findings(38, 20)).toEqual(['WORSE']);
    expect(findings(20, 38)).toEqual(['BETTER']);
    // 95 % against 85 %: ten points, but the intervals overlap.
    expect(findings(38, 34)).toEqual(['SAME']);
  });
});
