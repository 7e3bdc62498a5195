import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { contentKey, type ContentReported, type ContentSubmitted } from '#platform/contracts';
import { createWriter } from '#platform/stream';
import { soundContent } from '#platform/testing';
import { createUserStore } from '#flow/console';
import { axeSource, findChromium, launchChromium } from '../harness/chromium.js';
import { runTidegate } from '../harness/command-line.js';
import { freePorts } from '../harness/free-ports.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { createRoleProcess, type RoleProcess } from '../harness/role-process.js';
import { startIssuer } from './console-issuer.js';
import { planted, plantTraining } from './console-training.js';

const chromium = findChromium();
if (chromium === null) {
  process.stderr.write(
    'console.e2e.spec.ts is skipped: no chromium, chromium-browser or google-chrome is on the PATH\n',
  );
}
const withBrowser = chromium === null ? describe.skip : describe;

const ROLES = ['policy', 'deployment', 'prediction', 'verdict', 'warehouse', 'label'] as const;
/** Fixed, so that the same items belong to the sample that three people see: of those below, item-13. */
const SECRET = 'the secret of a test installation';
const PASSWORD = 'a harbour at low tide';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** UTF-16 code units of a text: a longer one is a dead letter. */
const LONGEST_TEXT = 32_768;
/** Milliseconds that a page may take to show something. */
const PATIENCE = 15_000;
/** Bytes of script and style that the first page loads, compressed. */
const MOST_BYTES = 160_000;

/** Each would do something if any part of it were taken for more than text. */
const hostileTexts = [
  '<script>document.title="pwned"</script><img src=x onerror="document.title=\'pwned\'">',
  '"><svg onload=document.title="pwned">',
  'javascript:document.title="pwned"',
  'pay at https://p\u0430ypal.example/login and https://xn--pypal-4ve.example',
  'invoice_\u202egnp.exe\u202c ze\u200bro\u200dwidth \u2066isolated\u2069 \ufeff',
  '=HYPERLINK("http://evil.example","x")',
  '\u001b[2J\u0000\u0007 control',
  'x'.repeat(200_000),
];
const hostileId = '<b onmouseover=alert(1)>id</b>\u202e\u200bturned';

withBrowser('the console in a browser', () => {
  let installation: Installation;
  let consoleRole: RoleProcess;
  let address: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained about: refused scripts and styles, failed loads, errors of ours. */
  const complaints: string[] = [];

  beforeAll(async () => {
    const [port = 0, labelPort = 0] = await freePorts(2);
    address = `http://127.0.0.1:${port}`;
    [installation, browser] = await Promise.all([
      startInstallation({
        roles: ROLES,
        environment: { CONSOLE_PORT: String(port), LABEL_PORT: String(labelPort), INSTALLATION_SECRET: SECRET },
      }),
      launchChromium(chromium ?? ''),
    ]);
    const { logs, environment } = installation;
    consoleRole = createRoleProcess({ app: 'console', logs, environment });
    await consoleRole.start();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript({ content: axeSource });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('dialog', (dialog) => {
      complaints.push('a dialog');
      void dialog.dismiss();
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    if (consoleRole.isRunning()) await consoleRole.end('SIGTERM');
    await installation.close();
  }, 60_000);

  async function publish(contentId: string, text: string): Promise<void> {
    const { broker, serde } = installation.connections;
    await serde.prepare(['content.submitted']);
    const value: ContentSubmitted = { ...soundContent, platform: 'demo', contentId, text, submittedAt: Date.now() };
    await broker.flow.publish([
      {
        topic: 'content.submitted',
        key: contentKey(value),
        value: serde.encode('content.submitted', value),
        headers: {},
      },
    ]);
  }

  /** Rejected records are in ClickHouse; the time limit is the test's. */
  async function letters(count: number): Promise<void> {
    while (Number(await installation.query('SELECT count() FROM moderation.dead_letters')) < count) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function expectAccessible(shown = page): Promise<void> {
    const violations = await shown.evaluate(async (rules) => {
      const { axe } = window as unknown as {
        axe: {
          run(on: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
      };
      const found = await axe.run(document, { runOnly: rules });
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    }, RULES);
    expect(violations).toEqual([]);
    expect(await shown.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }

  it('signs the first user in by keyboard alone, and makes them replace the one-time password', async () => {
    const files: Promise<number>[] = [];
    const count = (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
      if (response.url().includes('/assets/'))
        files.push(
          response
            .request()
            .sizes()
            .then((it) => it.responseBodySize),
        );
    };
    page.on('response', count);
    await page.goto(address);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    page.off('response', count);
    const bytes = (await Promise.all(files)).reduce((sum, one) => sum + one, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await expectAccessible();

    const home = installation.environment['TIDEGATE_HOME'] ?? '';
    const once = readFileSync(path.join(home, 'console-first-password'), 'utf8').trim();
    const type = async (...values: readonly string[]) => {
      for (const value of values) {
        await page.keyboard.press('Tab');
        await page.keyboard.type(value);
      }
      await page.keyboard.press('Enter');
    };
    await type('admin', once);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await expectAccessible();
    await type(once, PASSWORD, PASSWORD);
    await page.getByRole('heading', { name: 'Live verdicts' }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'tidegate-console', httpOnly: true, sameSite: 'Strict' });
  }, 30_000);

  it('shows a verdict as it comes, whatever its content is called, and lets its filter be passed on', async () => {
    await page.getByText('Following').waitFor();
    await publish(hostileId, 'see you at the harbour');
    const row = page.getByRole('row').filter({ hasText: 'public' });
    await row.first().waitFor();
    expect(await row.first().getByRole('link').textContent()).toBe(
      'demo/<b onmouseover=alert(1)>id</b>U+202EU+200Bturned',
    );
    expect(await page.locator('td b').count()).toBe(0);
    await expectAccessible();
    await page.goto(`${address}/live?channel=internal`);
    await page.getByRole('row').filter({ hasText: 'internal' }).first().waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'public' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await publish('while-paused', 'the tide is out, ask ann@example.org');
    await page.getByRole('button', { name: 'Continue (1 new)' }).click();
    await page.getByRole('link', { name: 'demo/while-paused' }).waitFor();
  }, 30_000);

  it('explains a verdict back to what decided it', async () => {
    while (
      Number(await installation.query("SELECT count() FROM moderation.verdicts WHERE content_id = 'while-paused'")) < 2
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await page.getByRole('link', { name: 'demo/while-paused' }).click();
    await page.getByRole('heading', { name: 'How it came about' }).waitFor();
    expect(await page.getByRole('region', { name: 'Scores and thresholds' }).getByRole('row').count()).toBe(9);
    const verdictId = await page.getByLabel('Verdict id').inputValue();
    expect(await page.getByText(`npx tidegate explain ${verdictId}`).count()).toBe(1);
    expect(await page.getByText('the tide is out').count()).toBe(0);
    await page.getByRole('button', { name: 'Show the text' }).click();
    await page.getByText('the tide is out, ask [MAIL]').waitFor();
    const blurOf = () =>
      page.locator('.sensitive-content').evaluate((element) => getComputedStyle(element).filter.includes('blur'));
    expect(await blurOf()).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('.sensitive-open').waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.sensitive:not(.sensitive-open)').waitFor();
    await expectAccessible();
  }, 30_000);

  it('keeps hostile bytes inert, hidden until they are asked for, with nothing in them unseen', async () => {
    for (const [index, text] of hostileTexts.entries()) {
      await installation.connections.broker.flow.publish([
        {
          topic: 'content.submitted',
          partition: 0,
          key: `demo/hostile-${index}`,
          value: Buffer.from(text),
          headers: { note: Buffer.from('turned \u202earound') },
        },
      ]);
    }
    await letters(hostileTexts.length);
    await page.getByRole('link', { name: 'Dead letters' }).click();
    for (const [index, text] of hostileTexts.entries()) {
      const row = page.getByRole('row').filter({ hasText: `demo/hostile-${index}` });
      await row.getByRole('link').click();
      const value = page.getByRole('group', { name: /^Value of the record/ });
      await value.waitFor();
      const filterOf = () =>
        value.locator('.sensitive-content').evaluate((element) => getComputedStyle(element).filter);
      expect(await filterOf()).toContain('blur');
      await value.press('Enter');
      await page.waitForFunction(() => {
        const content = document.querySelector('.sensitive-content');
        return content !== null && !getComputedStyle(content).filter.includes('blur');
      });
      const shown = (await value.locator('pre').textContent()) ?? '';
      expect(shown).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0000\u001b]/);
      if (!/[^\n -~]/.test(text)) expect(shown).toBe(text.slice(0, 16_384));
      expect(await value.locator('a, script, img, svg, b').count()).toBe(0);
      if (index === 0) await expectAccessible();
      await page.getByRole('link', { name: 'All dead letters' }).click();
    }
    await expectAccessible();
    expect(await page.title()).toBe('Dead letters · Tidegate');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows the command that sends a dead letter through again, with the name that the command line knows', async () => {
    await page.getByRole('row').filter({ hasText: 'demo/hostile-0' }).getByRole('link').click();
    const command = await page.getByText('npx tidegate dead-letters replay').textContent();
    const [, app, partition, offset] = /replay (\w+)\/(\d+)\/(\d+)$/.exec(command ?? '') ?? [];
    expect(app).toBe('prediction');
    const at = `record_partition = ${partition ?? ''} AND record_offset = ${offset ?? ''}`;
    expect(await installation.query(`SELECT key FROM moderation.dead_letters WHERE ${at}`)).toBe('demo/hostile-0');
  }, 30_000);

  /** Twenty items to label by keyboard, of which people will disagree on one, and what strangers may write. */
  const harmless = Array.from({ length: 12 }, (_, index) => `note ${index}: the tide comes in at ${index} o'clock`);
  const disputed = 'note 12: you people should not be let into this harbour';
  const hostileItems = hostileTexts
    .filter((text) => !text.includes('\u0000'))
    .map((text) => text.slice(0, LONGEST_TEXT));
  const items = [...harmless, disputed, ...hostileItems];

  async function report(contentIds: readonly string[]): Promise<void> {
    const { connections } = installation;
    await connections.serde.prepare(['content.reported']);
    const values = contentIds.map((contentId, index): ContentReported => ({
      ...{ reportId: `report-${index}`, contentId, revision: soundContent.revision, platform: 'demo', kind: 'REPORT' },
      ...{ channel: null, verdictId: null, category: null, scores: {}, reporterHash: null, reason: null },
      reportedAt: Date.now(),
    }));
    const writer = createWriter({ ...connections, stage: 'test', release: 'test' });
    await writer.write(values.map((value) => ({ topic: 'content.reported', key: contentKey(value), value })));
  }

  /** A browser of their own for somebody who has chosen a password. */
  async function arrive(name: string, roles: readonly ('reviewer' | 'expert')[]): Promise<Page> {
    const users = createUserStore({ home: installation.environment['TIDEGATE_HOME'] ?? '', clock: Date.now });
    const { user } = await users.add(name, roles);
    await users.setPassword(user.userId, PASSWORD);
    const own = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    await own.addInitScript({ content: axeSource });
    own.setDefaultTimeout(PATIENCE);
    const theirs = await own.newPage();
    theirs.on('pageerror', (error) => complaints.push(error.message));
    theirs.on('dialog', (dialog) => {
      complaints.push('a dialog');
      void dialog.dismiss();
    });
    await theirs.goto(address);
    await theirs.getByLabel('Name').fill(name);
    await theirs.getByLabel('Password').fill(PASSWORD);
    await theirs.keyboard.press('Enter');
    await theirs.getByRole('heading', { name: 'Queue' }).waitFor();
    return theirs;
  }

  /** 0: there is no item any more. */
  const numberOf = async (theirs: Page) =>
    Number(/\d+$/.exec((await theirs.locator('#item-heading, .calm h2').first().textContent()) ?? '')?.[0] ?? 0);

  /**
   * By keyboard alone until nothing waits: reads every item, as somebody does who takes longer than the next one takes to come, and
   * answers it. @returns milliseconds from Enter to the next item
   */
  /** The queue lets nobody leave without being asked while an answer is on its way. */
  async function untilSent(theirs: Page): Promise<void> {
    await theirs.waitForFunction(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  }

  async function labelAll(theirs: Page, keysFor: (text: string) => readonly string[]): Promise<number[]> {
    const times: number[] = [];
    for (;;) {
      await theirs.locator('#item-heading, .calm h2').first().waitFor();
      const number = await numberOf(theirs);
      if (number === 0) {
        await untilSent(theirs);
        return times;
      }
      await theirs.keyboard.press('Space');
      await theirs.locator('.sensitive-open').waitFor();
      const { text, active } = await theirs.locator('.item-text').evaluate((shown) => ({
        text: shown.querySelector('.item-dump')?.textContent ?? '',
        active: shown.querySelectorAll('a, script, img, svg, b').length,
      }));
      expect(active).toBe(0);
      for (const key of keysFor(text)) await theirs.keyboard.press(key);
      await theirs.waitForFunction(
        (least) =>
          performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/leases')).length >= least,
        number + 1,
      );
      const took = await theirs.evaluate(async (before) => {
        const heading = () => document.querySelector('#item-heading, .calm h2')?.textContent ?? '';
        const began = performance.now();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true }));
        while (heading() === '' || heading().endsWith(` ${before}`)) await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, number);
      times.push(took);
    }
  }

  it('gives two people the same items to label by keyboard, one after the other', async () => {
    const { broker, serde } = installation.connections;
    await serde.prepare(['content.submitted']);
    const values = items.map((text, index): ContentSubmitted => ({
      ...soundContent,
      ...{ platform: 'demo', contentId: `item-${index}`, text, language: 'en', submittedAt: Date.now() },
    }));
    await broker.flow.publish(
      values.map((value) => ({
        topic: 'content.submitted',
        key: contentKey(value),
        value: serde.encode('content.submitted', value),
        headers: {},
      })),
    );
    while (
      Number(await installation.query(`SELECT count() FROM moderation.content WHERE content_id LIKE 'item-%'`)) <
      items.length
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await report(values.map(({ contentId }) => contentId));
    const noor = await arrive('Noor', ['reviewer']);
    await noor.locator('#item-heading').waitFor();
    const paint = await noor.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await noor.emulateMedia({ colorScheme });
      await expectAccessible(noor);
    }
    await noor.keyboard.press('x');
    await noor.getByRole('heading', { name: 'Escalate this item' }).waitFor();
    await expectAccessible(noor);
    await noor.keyboard.press('Escape');
    const times = await labelAll(noor, () => []);
    expect(times).toHaveLength(items.length);
    await noor.context().close();

    const otto = await arrive('Otto', ['reviewer']);
    await otto.locator('#item-heading').waitFor();
    await otto.keyboard.press('?');
    await otto.getByRole('button', { name: /^Help with/, expanded: true }).waitFor();
    // Unsure is 2 with Shift: somebody else has to say.
    const again = await labelAll(otto, (text) => (text === disputed ? ['Shift+Digit2'] : []));
    const all = [...times, ...again].sort((a, b) => a - b);
    const part = (share: number) => (all[Math.floor(share * (all.length - 1))] ?? 0).toFixed(0);
    process.stdout.write(
      `queue: first paint ${paint.toFixed(0)} ms; answer to next item ${part(0.5)} ms median, ${part(0.95)} ms p95, of ${all.length}\n`,
    );
    await otto.context().close();
    expect(complaints).toEqual([]);
  }, 60_000);

  it('lets an expert settle what people were unsure of, and override a verdict', async () => {
    const eva = await arrive('Eva', ['reviewer', 'expert']);
    await eva.goto(`${address}/queue/expert`);
    await eva.getByText('Somebody was unsure').waitFor();
    expect(await eva.getByText(/^Others:/).count()).toBe(0);
    await eva.keyboard.press('v');
    await eva.getByText('Others: 1 no, 1 unsure').first().waitFor();
    await expectAccessible(eva);
    await eva.keyboard.press('Digit2');
    // Nobody settles what nobody has read: the first Enter shows it.
    await eva.keyboard.press('Enter');
    await eva.getByText('The text is shown.').waitFor({ state: 'attached' });
    await eva.keyboard.press('Enter');
    await eva.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    await eva.getByRole('button', { name: 'Correct the last' }).click();
    expect(await eva.getByRole('radio', { name: 'Yes' }).nth(1).isChecked()).toBe(true);
    await eva.keyboard.press('Enter');
    await eva.getByText('Item 1 corrected.').waitFor({ state: 'attached' });
    await untilSent(eva);

    const verdictId = await installation.query(
      `SELECT verdict_id FROM moderation.verdicts WHERE content_id = 'item-0' AND channel = 'public' AND current`,
    );
    await eva.goto(`${address}/explain/${verdictId}`);
    await eva.getByRole('radio', { name: 'Block' }).click();
    await eva.getByLabel('Reason').fill('shown by a test');
    await eva.getByRole('button', { name: 'Override the verdict' }).click();
    await eva.getByRole('button', { name: 'Override', exact: true }).click();
    await eva.getByRole('heading', { name: 'Overridden' }).waitFor();
    const current = `SELECT action FROM moderation.verdicts WHERE content_id = 'item-0' AND channel = 'public' AND current`;
    while ((await installation.query(current)) !== 'BLOCK') await new Promise((resolve) => setTimeout(resolve, 100));
    await eva.context().close();
  }, 60_000);

  it('shows quality move when people have answered, and gives it away in files that no spreadsheet runs', async () => {
    await page.goto(`${address}/quality/people`);
    await page.getByRole('heading', { name: 'Nobody measured yet' }).waitFor();
    const corrected = 'SELECT max(attempt) FROM moderation.label_submitted';
    while ((await installation.query(corrected)) !== '1') await new Promise((resolve) => setTimeout(resolve, 100));
    const run = await runTidegate(
      installation.environment,
      ...['jobs', 'run', 'label-quality', '--from', new Date(Date.now() - 3_600_000).toISOString()],
    );
    expect(run).toMatchObject({ code: 0 });
    await page.reload();
    await page.getByRole('link', { name: /^Noor/ }).waitFor();
    await page.getByRole('link', { name: 'Agreement', exact: true }).click();
    await page.getByRole('rowheader', { name: /insult, demean/ }).waitFor();
    await page.goto(`${address}/quality/item?platform=demo&contentId=item-12&revision=${soundContent.revision}`);
    await page.getByText('unsure').first().waitFor();
    for (const file of ['quality/labelers.csv', 'quality/agreement.csv', 'live-quality/figures.csv?channel=public']) {
      const answer = await context.request.get(`${address}/api/${file}`);
      expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename="tidegate-[\w-]+\.csv"$/);
      expect(await answer.text()).not.toMatch(/(^|,)"?\s*[=+@]/m);
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('draws what labels say of live quality, and says where they say too little', async () => {
    await page.goto(`${address}/live-quality`);
    await page.getByRole('heading', { name: 'Insufficient labels' }).waitFor();
    // 80 of 100 flagged contents are right; on the day before, five labels were all that spoke of it.
    const day = (ago: number) => `toStartOfDay(now64(3, 'UTC') - INTERVAL ${ago} DAY)`;
    for (const [ago, labels] of [
      [1, 60],
      [2, 5],
    ] as const) {
      await installation.query(
        `INSERT INTO moderation.live_quality_totals (channel, category, window_from, window_to, slice_by, slice_value, contents, flagged,
           drawn, labels, flagged_labels, positive_labels, weights, squared_weights, maximum_weight, flagged_weights, positive_weights,
           flagged_positive_weights, squared_flagged_weights, squared_positive_weights, positives, true_positives, squares,
           flagged_squares, run_at)
         SELECT 'public', 'H', ${day(ago)}, ${day(ago)} + INTERVAL 1 HOUR, 'all', '', 1000, 100, 200, 200, ${labels}, ${labels},
           1000, 5000, 5, 100, 90, 80, 200, 200, 90, 80, 40, 20, now64(3)`,
      );
    }
    await page.goto(`${address}/live-quality?category=H`);
    await page.getByRole('img', { name: /^precision of Hate over time/ }).waitFor();
    const rows = page.getByRole('region', { name: /^precision in figures/ }).getByRole('row');
    expect(await rows.nth(1).textContent()).toMatch(/Hate 80\.0 %\d+\.\d to \d+\.\d60/);
    expect(await rows.nth(2).textContent()).toMatch(/Hate insufficient labels5/);
    const file = await (await context.request.get(`${address}/api/live-quality/figures.csv?channel=public`)).text();
    expect(file.trim().split('\r\n')).toHaveLength(3);
  }, 30_000);

  it('shows data sets, what changed between two, and a card of which nothing runs', async () => {
    await plantTraining((sql) => installation.query(sql), Date.now());
    await page.goto(`${address}/datasets`);
    await page.getByText('62,000 of 100,000').waitFor();
    await page.getByRole('link', { name: planted.later, exact: true }).click();
    await page.getByRole('link', { name: 'Card' }).click();
    await page.getByText('<script>document.title="pwned"</script> press (javascript:').waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
    await page.getByRole('link', { name: 'Rows' }).click();
    await page.getByRole('button', { name: `Text of ${planted.hostile}` }).click();
    await page.getByRole('button', { name: 'Show the text' }).click();
    const writing = page.getByRole('group', { name: /^What was written/ });
    await writing.waitFor();
    const filter = () => writing.locator('.sensitive-content').evaluate((one) => getComputedStyle(one).filter);
    expect(await filter()).toContain('blur');
    await writing.press('Enter');
    await page.locator('.sensitive-open').waitFor();
    expect(await writing.locator('pre').textContent()).toMatch(/^<img src=x .*\[MAIL\] U\+202Egnp.exe$/);
    expect(await writing.locator('img').count()).toBe(0);
    await page.goto(`${address}/datasets/${planted.later}/since/${planted.earlier}`);
    const reasons = page.getByRole('region', { name: 'Reasons' });
    await reasons.waitFor();
    const rows = await reasons.getByRole('row').allTextContents();
    expect(rows.slice(1).sort()).toEqual([
      'Addedits source came or went1',
      'Addedpeople answered since1',
      'Relabelledpeople answered since1',
      'Removedthe text was gone1',
    ]);
    expect(await page.title()).toBe('What changed · Tidegate');
    expect(complaints).toEqual([]);
  }, 30_000);

  it('leads from a model to its data set, its parent and its curves, and holds two against each other', async () => {
    await page.goto(`${address}/models`);
    await page.getByText('5 of 8').waitFor();
    await page.goto(`${address}/models/${planted.model}`);
    await page.getByRole('img', { name: 'Precision and recall of Hate' }).waitFor();
    expect(await page.getByRole('img', { name: /^Reliability of / }).count()).toBe(5);
    await page.getByRole('heading', { name: 'Identity fairness' }).waitFor();
    expect(await page.getByRole('row', { name: /^muslim/ }).count()).toBeGreaterThan(0);
    expect(await page.getByRole('row', { name: /^words \d of 3/ }).count()).toBe(1);
    const lineage = page.getByRole('listitem').filter({ hasText: planted.parent });
    expect(await lineage.getByRole('link', { name: planted.earlier }).count()).toBe(1);
    expect(await page.getByText('41 positives, 50 are needed').count()).toBe(1);
    await page.getByRole('link', { name: planted.parent, exact: true }).click();
    await page.getByText('The mean average precision rises').waitFor();
    await page.goto(`${address}/models/compared?champion=${planted.parent}&challenger=${planted.calibration}`);
    await page.getByText('The mean average precision rises').waitFor();
    const stranger = await context.request.get(`${address}/api/models/m-ffffffffffffffff`);
    expect(stranger.status()).toBe(404);
    expect(complaints).toEqual([]);
  }, 30_000);

  it('takes no more than it can hold', async () => {
    const session = (await (await context.request.get(`${address}/api/session`)).json()) as { readonly csrf: string };
    const headers = { 'content-type': 'application/json', 'x-tidegate-csrf': session.csrf };
    const data = JSON.stringify({ queue: 'STANDARD', holding: ['x'.repeat(5_000_000)] });
    // It may hang up before it has heard everything.
    const answer = context.request.post(`${address}/api/queue/leases`, { headers, data });
    const status = await answer.then(
      (one) => one.status(),
      () => 'hung up',
    );
    expect([400, 'hung up']).toContain(status);
    expect((await context.request.get(`${address}/api/session`)).status()).toBe(200);
  }, 30_000);

  it('signs people in at an OpenID Connect issuer, with the roles, languages and teams that it names', async () => {
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const client = { clientId: 'tidegate', clientSecret: 'a secret of two' };
    const issuer = await startIssuer({
      ...client,
      folder: installation.environment['TIDEGATE_HOME'] ?? '',
      redirectUri: `${url}/api/sign-in/callback`,
    });
    const role = createRoleProcess({
      app: 'console',
      name: 'console-openid',
      logs: installation.logs,
      environment: {
        ...installation.environment,
        ...{ CONSOLE_PORT: String(port), CONSOLE_URL: url, CONSOLE_OIDC_ISSUER: issuer.url },
        ...{ CONSOLE_OIDC_CLIENT_ID: client.clientId, CONSOLE_OIDC_CLIENT_SECRET: client.clientSecret },
        NODE_EXTRA_CA_CERTS: issuer.certificateFile,
      },
    });
    await role.start();
    const own = await browser.newContext({ ignoreHTTPSErrors: true });
    const theirs = await own.newPage();
    const begin = async () => {
      await theirs.goto(url);
      await theirs.getByRole('link', { name: 'Continue to sign-in' }).click();
    };

    issuer.claims = { sub: 's-1', name: 'Pia', tidegate_roles: ['boss'] };
    await begin();
    await theirs.getByText('The issuer gives you no role in this console.').waitFor();
    issuer.claims = {
      ...{ sub: 's-1', name: 'Pia', tidegate_roles: ['reviewer', 'boss'] },
      ...{ tidegate_languages: ['en', 'de'], tidegate_teams: ['night'] },
    };
    await begin();
    await theirs.getByRole('heading', { name: 'Queue' }).waitFor();
    await theirs.getByRole('link', { name: 'Pia' }).click();
    await theirs.getByText('English, German').waitFor();
    await theirs.getByText('night', { exact: true }).waitFor();
    expect(await theirs.getByRole('link', { name: 'Dead letters' }).count()).toBe(0);

    const { exchanges } = issuer;
    // An answer to a question that this browser did not ask is worth nothing, and neither is one that was used.
    for (const query of ['code=c&state=s', `code=c&state=s&iss=${encodeURIComponent(issuer.url)}`]) {
      const answer = await fetch(`${url}/api/sign-in/callback?${query}`);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
    expect(issuer.exchanges).toBe(exchanges);
    const password = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: PASSWORD }),
    });
    expect(password.status).toBe(403);
    await own.close();
    await role.end('SIGTERM');
    await issuer.close();
  }, 60_000);

  it.each([
    ['wide and dark', 1280, 'dark'],
    ['narrow and light', 390, 'light'],
  ] as const)(
    'is accessible and fits when it is %s',
    async (_, width, colorScheme) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      for (const [place, heading] of [
        ['/live', 'Live verdicts'],
        ['/dead-letters', 'Dead letters'],
        ['/live-quality', 'Figures'],
        ['/live-quality?channel=internal', 'Insufficient labels'],
        ['/queue', 'Queue'],
        ['/quality', 'Questions'],
        ['/quality/people', 'Quality'],
        ['/quality/disagreements', 'No question divides people'],
        ['/quality/errors', 'No label looks wrong'],
        ['/datasets', 'Builds'],
        [`/datasets/${planted.later}/card`, 'What it is for'],
        [`/datasets/${planted.later}/since/${planted.earlier}`, 'Why'],
        [`/models/${planted.model}`, 'Curves'],
        [`/models/compared?champion=${planted.parent}&challenger=${planted.model}`, 'Average precision'],
        ['/profile', 'Profile'],
      ] as const) {
        await page.goto(address + place);
        await page.getByRole('heading', { name: heading }).first().waitFor();
        await expectAccessible();
      }
    },
    60_000,
  );

  it('obeys nobody but its own pages', async () => {
    const session = (await (await context.request.get(`${address}/api/session`)).json()) as { readonly csrf: string };
    const headers = { 'content-type': 'application/json', 'x-tidegate-csrf': session.csrf };
    const attempt = async (more: Record<string, string>) =>
      (
        await context.request.delete(`${address}/api/session`, { headers: { ...headers, ...more }, data: '{}' })
      ).status();
    expect(await attempt({ 'x-tidegate-csrf': 'another' })).toBe(403);
    expect(await attempt({ origin: 'https://evil.example' })).toBe(403);
    expect(await attempt({ 'content-type': 'text/plain' })).toBe(400);
    const rebound = await context.request.get(`${address}/api/session`, { headers: { host: 'evil.example' } });
    expect(rebound.status()).toBe(403);
    const unreadable = await fetch(`${address}/%zz`);
    expect(unreadable.headers.get('x-content-type-options')).toBe('nosniff');
    const stranger = await fetch(`${address}/api/dead-letters`);
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('content-security-policy')).toContain("script-src 'self';");
  }, 30_000);

  it('shows the page for signing in once somebody is disabled, without being touched', async () => {
    const home = installation.environment['TIDEGATE_HOME'] ?? '';
    const users = createUserStore({ home, clock: Date.now });
    const { password } = await users.add('Rita', ['reviewer']);
    const other = await browser.newContext();
    const hers = await other.newPage();
    await hers.goto(address);
    await hers.getByLabel('Name').fill('rita');
    await hers.getByLabel('Password').fill(password);
    await hers.getByRole('button', { name: 'Sign in' }).click();
    await hers.getByLabel('Current password').fill(password);
    await hers.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await hers.getByLabel('New password again').fill(PASSWORD);
    await hers.keyboard.press('Enter');
    await hers.getByRole('heading', { name: 'Queue' }).waitFor();
    await hers.getByRole('link', { name: 'Live' }).click();
    await hers.getByText('Following').waitFor();
    expect(await hers.getByRole('link', { name: 'Dead letters' }).count()).toBe(0);
    await users.disable('Rita');
    await hers.getByRole('heading', { name: 'Sign in' }).waitFor();
    await other.close();
  }, 60_000);

  it('writes who did what to the audit log, by id, without names, passwords or content', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name or password is wrong').waitFor();
    const text = readFileSync(path.join(installation.logs, 'console-audit.log'), 'utf8');
    const events = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly event: string }).event);
    const many = new Set(['dead_letter_read', 'task_shown', 'dataset_row_read']);
    expect(events.filter((event) => !many.has(event))).toEqual([
      'first_user_made',
      'signed_in',
      'password_changed',
      'text_read',
      ...['signed_in', 'signed_in', 'signed_in'],
      'verdict_overridden',
      // At the issuer: no role, then a reviewer, then two answers to nobody's question.
      ...['sign_in_refused', 'signed_in', 'sign_in_refused', 'sign_in_refused'],
      'signed_in',
      'password_changed',
      'signed_out',
      'sign_in_refused',
    ]);
    for (const event of many) expect(events).toContain(event);
    expect(text).not.toMatch(
      /admin|[Rr]ita|[Nn]oor|[Oo]tto|[Ee]va|[Pp]ia|harbour|hostile|shown by a test|not the password/,
    );
  }, 30_000);
});
