// The policy library: packages, rules beside their articles and files, differences in words, the check of a draft.
import { accessible, expect, screenshot, signIn, test, type Page } from './harness'

/** The template of a new package, as the service makes it. */
async function template(page: Page): Promise<Buffer> {
  return (await page.request.get('/api/v1/policies/new?area=990000&name=shili&label=%E7%A4%BA%E4%BE%8B%E5%B8%82')).body()
}
const files = (page: Page) => page.getByLabel('选择文件（ZIP，或 .toml 和 .md）')
const check = (page: Page) => page.getByRole('button', { name: '检查', exact: true }).click()

test('all packages are listed with status, dates, documents, cases and bounds, and a timeline', async ({ page }) => {
  test.slow() // axe reads the page in light and in dark
  await page.goto('/policies')
  const row = page.getByRole('row', { name: /铁岭市/ })
  await expect(row).toContainText('铁医保〔2022〕67号')
  await expect(row).toContainText('2022-12-01')
  await expect(row).toContainText(/相符/)
  await expect(row).toContainText(/符合 \d+/)
  await expect(page.getByRole('row', { name: /南昌市/ })).toContainText('征求意见稿')
  const timeline = page.getByRole('region', { name: /施行和变化的日子/ })
  await expect(timeline).toContainText('起付标准（每年）：25.00 元 → 300.00 元')
  await accessible(page)
  await screenshot(page, 'policies')
})

test('a citation leads to its article, a table to its line in the package', async ({ page }) => {
  await page.goto('/policies')
  await page.getByRole('link', { name: '重庆市' }).first().click()
  await expect(page).toHaveURL(/\/policies\/500000$/)
  const rate = page.locator('.rule').filter({ hasText: 'benefit.ordinary_outpatient.rate' })
  await expect(rate).toContainText('60%')
  await rate.getByRole('button', { name: 'xize 第五条' }).click()
  const texts = page.getByRole('complementary', { name: '原文' })
  await expect(texts.locator('article.chosen')).toContainText('第五条')
  await expect(texts.locator('article.chosen')).toBeInViewport()
  await screenshot(page, 'policies-area', { fullPage: false })
  await rate.getByRole('button', { name: /在政策包文件中查看/ }).click()
  await expect(texts).toContainText(/outpatient\.toml 第 \d+ 行/)
  await expect(texts.locator('li.chosen')).toContainText('rate')
  await expect(texts.locator('li.chosen')).toBeInViewport()
})

test('an area shows its bounds and whether they hold, on any day of its rules', async ({ page }) => {
  test.slow() // axe reads the page in light and in dark
  await page.goto('/policies/211200')
  await expect(page.getByRole('heading', { name: '上位文件的界限' })).toBeVisible()
  await expect(page.locator('.bounds li').filter({ hasText: '不低于 50%' }).first()).toContainText('符合')
  await page.getByRole('button', { name: '2022-12-01 起' }).click()
  await expect(page).toHaveURL(/on=2022-12-01$/)
  await expect(page.locator('.rule').filter({ hasText: '25.00 元' }).first()).toBeVisible()
  await accessible(page)
})

test('a day without rules and an area without a package are said', async ({ page }) => {
  await page.goto('/policies/211200?on=2001-01-01')
  await expect(page.getByText('铁岭市 在 2001-01-01 没有规定')).toBeVisible()
  await page.goto('/policies/999999')
  await expect(page.getByText('没有 999999 的政策包')).toBeVisible()
  await page.getByRole('link', { name: /全部政策包/ }).click()
  await expect(page).toHaveURL(/\/policies$/)
})

test('two versions, and two areas, differ in words', async ({ page }) => {
  test.slow() // axe reads the page in light and in dark
  await page.goto('/policies/diff')
  await page.getByRole('button', { name: '比较', exact: true }).click()
  const result = page.locator('.result')
  await expect(result).toContainText('25.00 元 → 300.00 元')
  await expect(result).toContainText('最小可见差别')
  await screenshot(page, 'policies-diff')
  await page.getByRole('group', { name: '乙' }).getByLabel('统筹区').selectOption({ label: '重庆市' })
  await page.getByRole('group', { name: '乙' }).getByLabel('日期').fill('2020-01-01')
  await page.getByRole('button', { name: '比较', exact: true }).click()
  await expect(page.getByText('重庆市 在 2020-01-01 没有规定')).toBeVisible()
  await page.getByRole('group', { name: '乙' }).getByLabel('日期').fill('')
  await page.getByRole('button', { name: '比较', exact: true }).click()
  await expect(result).toContainText('重庆市（2024-01-01）')
  await accessible(page)
  const link = page.url()
  await page.goto(link)
  await expect(result).toContainText('重庆市（2024-01-01）')
})

test('only an analyst checks a draft', async ({ page }) => {
  await page.goto('/policies/check')
  await expect(page.getByText('要用政策分析账户登录')).toBeVisible()
  await page.getByRole('link', { name: '去登录' }).click()
  await expect(page).toHaveURL(/\/login\?back=/)
})

test('a draft is checked, and what is wrong is told at its line', async ({ page }) => {
  test.slow() // axe reads the page in light and in dark
  await signIn(page, 'analyst')
  await page.goto('/policies/check')
  await check(page)
  await expect(page.getByText('请先选择文件')).toBeVisible()
  await files(page).setInputFiles({ name: 'notes.txt.md', mimeType: 'text/markdown', buffer: Buffer.from('# nothing') })
  await check(page)
  await expect(page.getByText('没有 package.toml')).toBeVisible()
  await files(page).setInputFiles({ name: 'draft.zip', mimeType: 'application/zip', buffer: await template(page) })
  await check(page)
  await expect(page.getByText('可以使用')).toBeVisible()
  await files(page).setInputFiles({ name: 'package.toml', mimeType: 'text/plain', buffer: Buffer.from('[package]\narea = "990000"\nnane = "示例市"\n') })
  await check(page)
  const findings = page.getByRole('region', { name: '检查结果' })
  await expect(findings).toContainText('有错误，不能使用')
  await expect(findings).toContainText('package.toml:3:1')
  await expect(findings).toContainText('nane = "示例市"')
  await accessible(page)
  await screenshot(page, 'policies-check')
  await findings.getByRole('button', { name: /^错误/ }).click()
  await expect(findings.locator('.findings li').first()).toContainText('错误')
})

test('a new package is begun with a template', async ({ page }) => {
  await page.goto('/policies/check')
  await page.getByLabel('医保区划（六位）').fill('12')
  await page.getByLabel('简称').fill('shili')
  await page.getByRole('button', { name: '下载模板' }).click()
  await expect(page.getByText('应为六位医保区划代码')).toBeVisible()
  await page.getByLabel('医保区划（六位）').fill('990000')
  await expect(page.getByText('gongji policy new 990000 shili')).toBeVisible()
  const taken = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载模板' }).click()
  expect((await taken).suggestedFilename()).toBe('990000-shili.zip')
})
