import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { contentKey, type ContentSubmitted } from '#platform/contracts';
import { soundContent } from '#platform/testing';
import { createUserStore } from '#flow/console';
import { axeSource, findChromium, launchChromium } from '../harness/chromium.js';
import { freePorts } from '../harness/free-ports.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { createRoleProcess, type RoleProcess } from '../harness/role-process.js';

const chromium = findChromium();
if (chromium === null) {
  process.stderr.write(
    'console.e2e.spec.ts is skipped: no chromium, chromium-browser or google-chrome is on the PATH\n',
  );
}
const withBrowser = chromium === null ? describe.skip : describe;

const ROLES = ['policy', 'deployment', 'prediction', 'verdict', 'warehouse'] as const;
const PASSWORD = 'a harbour at low tide';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
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
    const [port = 0] = await freePorts(1);
    address = `http://127.0.0.1:${port}`;
    [installation, browser] = await Promise.all([
      startInstallation({ roles: ROLES, environment: { CONSOLE_PORT: String(port) } }),
      launchChromium(chromium ?? ''),
    ]);
    const { logs, environment } = installation;
    consoleRole = createRoleProcess({ app: 'console', logs, environment });
    await consoleRole.start();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
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

  async function expectAccessible(): Promise<void> {
    const violations = await page.evaluate(async (rules) => {
      const { axe } = window as unknown as {
        axe: {
          run(on: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
      };
      const found = await axe.run(document, { runOnly: rules });
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    }, RULES);
    expect(violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
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
        ['/live-quality', 'Insufficient labels'],
        ['/account', 'Account'],
      ] as const) {
        await page.goto(address + place);
        await page.getByRole('heading', { name: heading }).waitFor();
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
    expect(events.filter((event) => event !== 'dead_letter_read')).toEqual([
      'first_user_made',
      'signed_in',
      'password_changed',
      'text_read',
      'signed_in',
      'password_changed',
      'signed_out',
      'sign_in_refused',
    ]);
    expect(events).toContain('dead_letter_read');
    expect(text).not.toMatch(/admin|[Rr]ita|harbour|hostile|not the password/);
  }, 30_000);
});
