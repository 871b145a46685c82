// The frame: who may go where, how it looks, what it weighs.
import { accessible, accountWith, demoAccounts, expect, look, onPhone, screenshot, signIn, test, type Page } from './harness'

/** The navigation and the tools, in the header or in the drawer. */
async function frame(page: Page) {
  if (!onPhone(page)) return page.locator('header.top')
  const drawer = page.locator('#drawer')
  if (!(await drawer.isVisible())) await page.getByRole('button', { name: /菜单|Menu/ }).click()
  return drawer
}

const expectPages = async (page: Page, names: string[]) =>
  expect((await frame(page)).getByRole('navigation').getByRole('link')).toHaveText(names)

test('the calculator and the policies are there for everybody', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/报销计算 · 共济/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectPages(page, ['报销计算', '政策库'])
})

test('a demo account signs in by its card and sees the pages of its role', async ({ page }) => {
  await page.goto('/login')
  const officer = await accountWith(page, 'officer')
  await screenshot(page, 'login')
  await page.getByRole('button', { name: `以“${officer.shown}”登录` }).click()
  await expect(page).toHaveURL(/\/agency$/)
  await expectPages(page, ['报销计算', '政策库', '经办业务'])
  await expect((await frame(page)).getByText(officer.shown)).toBeVisible()
  await (await frame(page)).getByRole('button', { name: '退出' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await page.goto('/agency')
  await expect(page).toHaveURL(/\/login\?back=/)
})

test('every role has an account and its own page', async ({ page }) => {
  const homes = { member: '/me', cashier: '/cashier', officer: '/agency', analyst: '/simulation', vendor: '/vendor' }
  for (const [role, home] of Object.entries(homes)) {
    await signIn(page, role)
    await page.goto(home)
    await expect(page).toHaveURL(new RegExp(`${home}$`))
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
})

test('name and password sign in, and what was asked for comes back', async ({ page }) => {
  const officer = await accountWith(page, 'officer')
  await page.goto('/agency/settlements?year=2026')
  await expect(page).toHaveURL(/\/login\?back=/)
  await page.getByLabel('账户名').fill(officer.name)
  await page.getByLabel('密码').fill(officer.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/agency\/settlements\?year=2026$/)
})

test('a wrong password is said and what was typed stays', async ({ page }) => {
  await page.goto('/login')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByText('请输入账户名。')).toBeVisible()
  const officer = await accountWith(page, 'officer')
  await page.getByLabel('账户名').fill(officer.name)
  await page.getByLabel('密码').fill('not-this-one')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: '没有登录成功' })).toBeVisible()
  await expect(page.getByLabel('账户名')).toHaveValue(officer.name)
  await accessible(page)
})

test('who lacks the role is asked for another account', async ({ page }) => {
  const member = await signIn(page, 'member')
  await page.goto('/agency')
  await expect(page).toHaveURL(/\/login\?back=/)
  await expect(page.getByText(`您现在以“${member.shown}”登录`)).toBeVisible()
})

test('an address from outside is not gone back to', async ({ page }) => {
  const officer = await accountWith(page, 'officer')
  for (const elsewhere of ['//example.org/', 'https://example.org/', '/\\example.org']) {
    await page.goto(`/login?back=${encodeURIComponent(elsewhere)}`)
    await page.getByRole('button', { name: `以“${officer.shown}”登录` }).click()
    await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/$/)
  }
})

test('the end of a session leads to the login page and back', async ({ page }) => {
  await signIn(page, 'officer')
  await page.goto('/agency')
  await page.context().clearCookies()
  await page.goto('/agency')
  await expect(page).toHaveURL(/\/login\?back=(%2F|\/)agency/)
})

test('theme, type size and language are kept', async ({ page }) => {
  await page.goto('/')
  const html = page.locator('html')
  let tools = await frame(page)
  await tools.getByLabel('外观').selectOption('dark')
  await tools.getByRole('button', { name: '大字' }).click()
  await expect(html).toHaveClass(/dark/)
  await expect(html).toHaveCSS('font-size', '20px')
  await tools.getByRole('button', { name: 'English' }).click()
  await expect(html).toHaveAttribute('lang', 'en')
  await page.reload()
  await expect(html).toHaveClass(/dark/)
  await expect(html).toHaveCSS('font-size', '20px')
  await expect(page).toHaveTitle(/Calculator · Gongji/)
  await expectPages(page, ['Calculator', 'Policies'])
  tools = await frame(page)
  await tools.getByRole('button', { name: '中文' }).click()
  await expect(html).toHaveAttribute('lang', 'zh-CN')
})

test('the theme follows the system unless chosen', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('/')
  await expect(page.locator('html')).toHaveClass(/dark/)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect(page.locator('html')).not.toHaveClass(/dark/)
  await look(page, { theme: 'light' })
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).not.toHaveClass(/dark/)
})

test('the drawer opens, holds the focus and closes by Escape, by its backdrop and by going elsewhere @phone', async ({ page }) => {
  await page.goto('/')
  const menu = page.getByRole('button', { name: '菜单' })
  const drawer = page.locator('#drawer')
  await menu.click()
  await expect(drawer).toBeVisible()
  await screenshot(page, 'menu', { fullPage: false })
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(menu).toBeFocused()
  await menu.click()
  await page.mouse.click(10, 400)
  await expect(drawer).toBeHidden()
  await menu.click()
  await drawer.getByRole('link', { name: '政策库' }).click()
  await expect(page).toHaveURL(/\/policies$/)
  await expect(drawer).toBeHidden()
})

test('the keyboard skips the header', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#content')).toBeFocused()
})

test('an address without a page says so', async ({ page }) => {
  await page.goto('/no/such/page')
  await expect(page.getByText('没有这一页').last()).toBeVisible()
  await accessible(page)
  await page.getByRole('link', { name: '回到报销计算' }).click()
  await expect(page).toHaveURL(/\/$/)
})

test('a service that cannot be reached is said, and asked again', async ({ page }) => {
  await page.route('**/api/v1/session', (route) => route.abort())
  await page.goto('/')
  await expect(page.getByText('连不上服务')).toBeVisible()
  await page.unroute('**/api/v1/session')
  await page.getByRole('button', { name: '再试一次' }).click()
  await expect(page.getByText('连不上服务')).toBeHidden()
})

test('login, menu and each page can be read and used by everybody', async ({ page }) => {
  expect((await demoAccounts(page)).length).toBeGreaterThan(0)
  await page.goto('/login')
  await expect(page.getByRole('heading', { name: '演示账户' })).toBeVisible()
  await accessible(page)
  if (onPhone(page)) {
    await frame(page)
    await accessible(page)
  }
  await look(page, { large: true })
  await accessible(page)
})

test('the first load of the calculator weighs at most 220 KB and needs no chart', async ({ page }) => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  const seen: string[] = []
  session.on('Network.responseReceived', ({ response }) => seen.push(response.url))
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(seen.filter((url) => url.includes('echarts'))).toEqual([])
  expect(bytes).toBeLessThanOrEqual(220 * 1024)
})
