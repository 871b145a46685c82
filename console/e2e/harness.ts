// What every browser test uses: `test` (which fails on faults of a page and on requests that leave the origin), `signIn`,
// `accessible`, `screenshot`.
import AxeBuilder from '@axe-core/playwright'
import { test as plain, expect, type Page } from '@playwright/test'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export { expect }
export type { Page }

/** True in the project whose navigation is a drawer. */
export const onPhone = (page: Page): boolean => (page.viewportSize()?.width ?? 0) < 640

/** As Playwright's, but a fault in the console of the browser or a request to elsewhere fails the test. */
export const test = plain.extend<{ watched: void }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const faults: string[] = []
      const origin = new URL(baseURL!).origin
      page.on('pageerror', (fault) => faults.push(`fault in the page: ${fault.stack ?? fault.message}`))
      page.on('console', (said) => {
        // A refusal of the service is the test's matter; the browser reports each as an error, too.
        if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) faults.push(`console: ${said.text()}`)
      })
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== origin) faults.push(`leaves the origin: ${url.href}`)
      })
      await use()
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
})

interface DemoAccount {
  name: string
  shown: string
  roles: string[]
  password: string
}

/** The accounts that the sandbox offers to everybody. */
export async function demoAccounts(page: Page): Promise<DemoAccount[]> {
  const answer = await page.request.get('/api/v1/session')
  return ((await answer.json()) as { demo: DemoAccount[] }).demo
}

/** The first demo account with a role. */
export async function accountWith(page: Page, role: string): Promise<DemoAccount> {
  const found = (await demoAccounts(page)).find((one) => one.roles.includes(role))
  if (!found) throw new Error(`no demo account with the role ${role}`)
  return found
}

/** Signs in by the demo account of this name, or the first with this role, without going through the login page. */
export async function signIn(page: Page, account: string): Promise<DemoAccount> {
  const all = await demoAccounts(page)
  const one = all.find((each) => each.name === account) ?? all.find((each) => each.roles.includes(account))
  if (!one) throw new Error(`no demo account ${account}; there are ${all.map((each) => each.name).join(', ')}`)
  const answer = await page.request.post('/api/v1/session', {
    data: { name: one.name, password: one.password },
    headers: { Origin: new URL(answerOrigin(page)).origin },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return one
}

const answerOrigin = (page: Page): string =>
  page.url().startsWith('http') ? page.url() : (plain.info().project.use.baseURL ?? 'http://127.0.0.1')

/** Light or dark, large or not, as the reader's settings; loads the page anew. */
export async function look(page: Page, settings: { theme?: 'auto' | 'light' | 'dark'; language?: 'zh' | 'en'; large?: boolean }) {
  await page.evaluate((value) => localStorage.setItem('gongji.settings', JSON.stringify(value)), settings)
  await page.reload()
  await page.locator('main h1').first().waitFor({ state: 'attached' })
}

/** The theme changes while what was typed stays. */
async function inTheme(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme })
  await expect(page.locator('html')).toHaveClass(scheme === 'dark' ? /dark/ : /^(?!.*dark)/)
  // Colours may be on their way; what is measured is where they arrive. What never ends, such as a skeleton, is not waited for.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    return Promise.all(ending.map((one) => one.finished.catch(() => {})))
  })
}

/** No serious or critical finding of axe, in light and in dark, and nothing wider than the screen. */
export async function accessible(page: Page, options: { within?: string; except?: string[] } = {}): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await inTheme(page, scheme)
    let axe = new AxeBuilder({ page })
    if (options.within) axe = axe.include(options.within)
    for (const one of options.except ?? []) axe = axe.exclude(one)
    const { violations } = await axe.analyze()
    const grave = violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .flatMap((one) => one.nodes.map((node) => `${scheme}: ${one.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`))
    expect(grave).toEqual([])
  }
  await inTheme(page, 'light')
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(wider, 'the page is wider than the screen').toBeLessThanOrEqual(0)
}

/** A picture for the tutorial, written only if the tutorial shows it and UPDATE_SCREENSHOTS is set; the phone's ends in -phone. */
export async function screenshot(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  if (!process.env.UPDATE_SCREENSHOTS) return
  const tutorial = join(import.meta.dirname, '../../docs/tutorial')
  const file = `images/${name}${onPhone(page) ? '-phone' : ''}.png`
  if (!readFileSync(join(tutorial, 'README.md'), 'utf8').includes(file)) return
  mkdirSync(join(tutorial, 'images'), { recursive: true })
  await page.evaluate(() => document.fonts.ready)
  if (options.fullPage ?? true) await page.evaluate(() => scrollTo(0, 0))
  await page.screenshot({
    path: join(tutorial, file),
    fullPage: options.fullPage ?? true,
    animations: 'disabled',
    caret: 'hide',
    scale: 'css',
  })
}
