import { createLabelDesk } from './label-desk.js';

const progress = {
  today: 1,
  total: 2,
  waiting: { standard: 3, expert: 0, legal: 0 },
  exposures: {},
  standing: 'GOOD',
};
const person = { labelerId: 'u-1', role: 'REVIEWER' as const, teams: [], languages: [], group: null };

type Reply = 'away' | { readonly status: number; readonly body: unknown };

function setUp(replies: Readonly<Record<string, Reply>>) {
  const asked: string[] = [];
  const desk = createLabelDesk({
    urls: ['http://a.example', 'http://b.example'],
    seal: (body) => ({ seal: `of ${body.length}` }),
    timeoutMs: 1000,
    fetch: (address, { headers, body }) => {
      const { host, pathname } = new URL(address);
      asked.push(`${host}${pathname} ${headers['seal'] ?? ''} ${body.length}`);
      const reply = replies[host] ?? 'away';
      if (reply === 'away') return Promise.reject(new Error('away'));
      const { status, body: answer } = reply;
      return Promise.resolve({ status, ok: status < 400, json: () => Promise.resolve(answer) });
    },
  });
  return { asked, desk };
}

const notActive = { status: 503, body: { code: 'not_active', detail: '' } };

describe('the client of the label role', () => {
  it('asks the next replica when one is away or not active, and that one first from then on', async () => {
    for (const first of ['away', notActive] as const) {
      const { asked, desk } = setUp({ 'a.example': first, 'b.example': { status: 200, body: progress } });
      expect(await desk.progress(person)).toEqual(progress);
      await desk.progress(person);
      expect(asked.map((line) => line.split('/')[0])).toEqual(['a.example', 'b.example', 'b.example']);
    }
  });

  it('seals what it sends', async () => {
    const { asked, desk } = setUp({ 'a.example': { status: 200, body: {} } });
    await desk.release('lease');
    const { length } = JSON.stringify({ lease: 'lease' });
    expect(asked).toEqual([`a.example/internal/v1/label/releases of ${length} ${length}`]);
  });

  it.each([
    ['away', /LABEL_URLS/],
    [notActive, /is starting/],
  ] as const)('says so when nobody can answer: %j', async (reply, detail) => {
    const { desk } = setUp({ 'a.example': reply, 'b.example': reply });
    await expect(desk.progress(person)).rejects.toMatchObject({
      code: 'unavailable',
      detail: expect.stringMatching(detail) as string,
    });
  });

  it.each([
    ['not_yours', 403, 'forbidden'],
    ['lease_expired', 410, 'too_late'],
    ['lease_unknown', 409, 'too_late'],
    ['no_such_verdict', 404, 'not_found'],
    ['unsealed', 401, 'unavailable'],
    ['something new', 500, 'unavailable'],
  ])('tells people of %s in words of their own', async (code, status, problem) => {
    const { desk } = setUp({ 'a.example': { status, body: { code, detail: 'inner workings' } } });
    const refusal = desk.release('lease');
    await expect(refusal).rejects.toMatchObject({ code: problem });
    await expect(refusal).rejects.toThrow(/^(?!.*inner workings)/);
  });

  it('does not believe an answer of another shape', async () => {
    const { desk } = setUp({ 'a.example': { status: 200, body: { today: 'many' } } });
    await expect(desk.progress(person)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
