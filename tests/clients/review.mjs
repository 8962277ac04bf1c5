// Uses the pages like a person.   review.mjs http://127.0.0.1:9621 demo|empty    review.mjs file:///page.html file
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';
import { launch } from './browser.mjs';

const [base, what] = process.argv.slice(2);
const browser = await launch();
const ok = (text) => console.log(`ok: ${text}`);

// Each page must be usable without scripts: axe runs in a separate page with scripts.
async function accessible(path, viewport = { width: 1280, height: 720 }) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(base + path);
    for (const details of await page.locator('details').all()) await details.evaluate((d) => (d.open = true));
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target).join(' ')}`), [], path);
    await context.close();
  }
}

async function without_scripts() {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('requestfailed', (request) => said.push(`${request.url()} failed`));
  return { page, said };
}

if (what === 'file') {
  await accessible('');
  const { page, said } = await without_scripts();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(base);
  assert.deepEqual(asked, [base], 'one file makes no other request');
  assert.equal(await page.locator('form').count(), 0);
  assert.ok((await page.locator('.card').count()) >= 9);
  assert.deepEqual(said, []);
  ok('one file, nothing else asked for');
}

if (what === 'empty') {
  for (const path of ['/', '/coverage', '/sources']) await accessible(path);
  const { page, said } = await without_scripts();
  await page.goto(base + '/');
  assert.match(await page.locator('.verdict').innerText(), /Nothing has been reported yet/);
  assert.equal(await page.getByText('NaN').count(), 0);
  assert.deepEqual(said, []);
  ok('without data the page says so');
}

if (what === 'demo') {
  for (const path of ['/coverage', '/sources']) {
    await accessible(path);
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    const phone = await context.newPage();
    await phone.goto(base + path);
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${path} is ${wide} wide on a phone`);
    await context.close();
    await accessible(path, { width: 390, height: 844 });
    const sheet = await browser.newPage({ viewport: { width: 703, height: 1000 } });  // A4 without its margins
    await sheet.emulateMedia({ media: 'print' });
    await sheet.goto(base + path);
    const printed = await sheet.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(printed <= 703, `${path} is ${printed} wide on paper`);
    await sheet.close();
  }
  ok('coverage and sources, also on a phone');

  const { page, said } = await without_scripts();
  await page.goto(base + '/');
  assert.match(await page.locator('.verdict h2').innerText(), /thresholds? exceeded/);
  const this_month = await page.locator('h1').innerText();

  // a month and a team, with the keyboard alone
  await page.locator('select[name=month]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('sho');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/team=shop/);
  const heading = await page.locator('h1').innerText();
  assert.match(heading, /· shop$/);
  assert.ok(!heading.startsWith(this_month), `${heading} is another month`);
  assert.deepEqual(await page.locator('.services tbody th a').allInnerTexts().then((all) => all.sort()), ['checkout', 'search']);
  ok('a month and a team, with the keyboard');

  // the page's counts equal the API's
  const month = await page.locator('select[name=month]').inputValue();
  const figures = await (await fetch(`${base}/api/v1/figures?period=${month}&team=shop`)).json();
  const told = figures.figures.filter((f) => f.figure === 'deployments' && f.labels.kind === 'hotfix' && f.team === 'shop' && f.service === '');
  assert.equal(told.length, 1);
  assert.equal(await page.locator('.card', { hasText: 'Hotfixes' }).first().locator('.value').innerText(), String(told[0].value));
  assert.equal(await page.locator('section[aria-labelledby=hotfixes] tbody tr').count(), told[0].value);
  ok('it counts what the API counts');

  // from a hotfix to its explanation
  await page.goto(base + '/');
  await page.locator('section[aria-labelledby=hotfixes] tbody th a', { hasText: '1.8.1' }).click();
  assert.match(await page.locator('.why').innerText(), /hotfix, because default rule hotfix-ref matched ref hotfix\/1\.8\.1/);
  await page.locator('.why a', { hasText: '1.8.0' }).first().click();
  assert.match(await page.locator('h1').innerText(), /1\.8\.0/);
  assert.match(await page.locator('.why').innerText(), /caused\s+incident checkout-inc-1/);
  const deployment = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'checkout', exact: true }).click();
  assert.match(await page.locator('h1').innerText(), /^checkout$/);
  await page.getByRole('button', { name: 'Show' }).click();
  assert.match(page.url(), /\/services\/checkout\?month=/, 'another month of the same service');
  assert.ok((await page.locator('.timeline .live').count()) > 5 && (await page.locator('.timeline .blame').count()) === 2);
  assert.deepEqual(said, []);
  ok('from a hotfix to its explanation, the change and the service');

  // on a phone no element is wider than the screen
  await page.setViewportSize({ width: 360, height: 800 });
  for (const path of ['/', '/services/checkout', deployment]) {
    await page.goto(base + path);
    const box = await page.locator('html').evaluate((e) => ({ wide: e.scrollWidth, seen: e.clientWidth }));
    assert.ok(box.wide <= box.seen, `${path} is ${box.wide} wide on ${box.seen}`);
  }
  await page.goto(base + '/');
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g).length;
  assert.equal(sheets, 2, 'the month on two sheets of paper');
  ok('it fits a phone, and two sheets of paper');

  for (const path of ['/', '/services/checkout', deployment, '/services/nobody']) await accessible(path);
  ok('axe finds nothing, light or dark');
}
await browser.close();
