// Pictures of every page: light, dark, on a phone, printed; NAME.png is the first screen.   pictures.mjs http://127.0.0.1:9621 FOLDER [/path ...]
import { mkdirSync } from 'node:fs';
import { launch } from './browser.mjs';

const [operations, folder, ...more] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();

const looks = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2 },
};

async function pagesOf() {
  const page = await browser.newPage();
  const found = { month: '/' };
  await page.goto(operations + '/');
  const href = async (selector) => {
    const link = page.locator(selector).first();
    return (await link.count()) ? link.getAttribute('href') : undefined;
  };
  found.service = await href('.services tbody th a');
  found.deployment = await href('a[href^="/deployments/"]');
  more.forEach((path, n) => (found[`more${n || ''}`] = path));
  await page.close();
  return Object.entries(found).filter(([, path]) => path);
}

for (const [name, path] of await pagesOf()) {
  for (const [look, options] of Object.entries(looks)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(operations + path);
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true });
    await context.close();
  }
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(operations + path);
  await page.screenshot({ path: `${folder}/${name}.png` });  // the first screen, for the README
  await page.pdf({ path: `${folder}/${name}.pdf`, preferCSSPageSize: true });
  await page.close();
}
await browser.close();
