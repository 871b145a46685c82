// The calculator: from a bill to a sheet with articles, the curve, comparisons, a link that reproduces it.
import { accessible, expect, look, onPhone, screenshot, test, type Page } from './harness'

const figure = (page: Page, name: 'fund' | 'account' | 'cash') => page.locator(`[data-figure="${name}"] .number`)
const calculate = (page: Page) => page.getByRole('button', { name: '计算', exact: true }).click()

/** 连云港市, tertiary, 3000 yuan, 300 on the account, on a day whose rules stand. */
async function fill(page: Page, amount = '3000'): Promise<void> {
  await page.goto('/')
  await page.getByLabel('参保地').selectOption({ label: '连云港市' })
  await page.getByLabel('就诊日期').fill('2024-06-01')
  await page.getByLabel('个人账户余额').fill('300')
  await page.getByLabel('医疗费总额').fill(amount)
}

test('a bill becomes three figures, a waterfall and a sheet whose every step has its article', async ({ page }) => {
  await fill(page)
  await calculate(page)
  await expect(figure(page, 'fund')).toHaveText('1,350.00')
  await expect(figure(page, 'account')).toHaveText('300.00')
  await expect(figure(page, 'cash')).toHaveText('1,350.00')
  await expect(page.getByText('从总费用到现金')).toBeVisible()
  const steps = page.locator('.steps > li')
  await expect(steps.first()).toBeVisible()
  const article = steps.filter({ hasText: '起付标准' }).first().locator('.article')
  await (onPhone(page) ? article.getByRole('button').tap() : article.hover())
  await expect(article.getByRole('note')).toContainText('起付标准')
  await expect(article.getByRole('note')).toContainText('出处')
  await page.keyboard.press('Escape')
  await expect(page.getByText('以实际结算为准').first()).toBeVisible()
  await screenshot(page, 'calculator')
})

test('an example needs one click', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: '在药店凭处方买药' }).click()
  await expect(figure(page, 'cash')).toBeVisible()
  await expect(page.getByText('医院外配处方')).toBeVisible()
})

test('the curve marks the deductible and the limit, and its slider stops at amounts the engine decided', async ({ page }) => {
  await fill(page)
  await calculate(page)
  const curve = page.locator('.curve')
  await curve.scrollIntoViewIfNeeded()
  await expect(curve.locator('canvas')).toBeVisible()
  await expect(curve.getByText('付满起付线 750.00 元')).toBeVisible()
  await expect(curve.getByText('达到限额 6,000.00 元')).toBeVisible()
  await curve.locator('.marks li', { hasText: '达到限额' }).getByRole('button').first().click()
  await expect(curve.locator('.here')).toContainText('费用 10,750.00 元时')
  await expect(curve.locator('.here')).toContainText('6,000.00')
  await screenshot(page, 'calculator-curve', { fullPage: false })
  await curve.getByText('以表格查看').click()
  await expect(curve.getByRole('row')).not.toHaveCount(0)
  await curve.getByRole('button', { name: '按这个金额计算' }).click()
  await expect(figure(page, 'fund')).toHaveText('6,000.00')
})

test('the same visit is compared between classes, areas, days and statuses', async ({ page }) => {
  await fill(page)
  await calculate(page)
  const compare = page.locator('.compare')
  await expect(compare.getByRole('row', { name: /三级.*现在的选择/ })).toBeVisible()
  await compare.getByRole('button', { name: '各统筹区' }).click()
  await expect(compare.getByRole('row', { name: /重庆市/ })).toContainText('1,400.00')
  await expect(compare.getByRole('row', { name: /南昌市/ })).toContainText('征求意见稿')
  await screenshot(page, 'calculator-compare', { fullPage: false })
  await compare.getByRole('button', { name: '规定变化前后' }).click()
  await expect(compare.getByRole('row', { name: /施行前一天/ })).toContainText('没有 2022-12-31 的政策')
  await compare.getByRole('button', { name: '在职与退休' }).click()
  await expect(compare.getByRole('row', { name: /退休/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: '怎样会多报一些' })).toBeVisible()
})

test('lines are split by catalogue, ceiling and first-pay', async ({ page }) => {
  await fill(page)
  await page.getByLabel('逐项填写').check()
  await page.getByLabel('第 1 项 · 金额').fill('1000')
  await page.getByRole('button', { name: '再加一项费用' }).click()
  const second = page.getByRole('group', { name: '第 2 项' })
  await second.getByLabel('第 2 项 · 金额').fill('500')
  await second.getByLabel('目录类别').selectOption({ label: '乙类' })
  await second.getByLabel('先行自付比例').fill('10')
  await page.getByRole('button', { name: '再加一项费用' }).click()
  const third = page.getByRole('group', { name: '第 3 项' })
  await third.getByLabel('第 3 项 · 金额').fill('200')
  await third.getByLabel('目录类别').selectOption({ label: '目录外（丙类）' })
  await calculate(page)
  const sheet = page.locator('.sheet')
  await expect(sheet.getByRole('row', { name: /全自费金额/ })).toContainText('200.00')
  await expect(sheet.getByRole('row', { name: /先行自付金额/ })).toContainText('50.00')
  await expect(sheet.getByRole('row', { name: /符合政策范围金额/ })).toContainText('1,450.00')
})

test('further visits go on from what the first one used', async ({ page }) => {
  await fill(page, '500')
  await page.getByRole('button', { name: '再加一次就诊' }).click()
  await page.locator('[data-visit="1"]').getByLabel('医疗费总额').fill('500')
  await calculate(page)
  const visits = page.getByRole('region', { name: '各次就诊' })
  const second = visits.getByRole('row', { name: /第 2 次就诊/ })
  await expect(second).toContainText('250.00')
  await second.getByRole('button').click()
  await expect(page.locator('.steps > li').first()).toBeVisible()
  await page.locator('[data-visit="1"]').getByRole('button', { name: '删去这次就诊' }).click()
  await expect(page.getByText('内容已改')).toBeVisible()
})

test('what is missing or wrong is said at its field', async ({ page }) => {
  await page.goto('/')
  await calculate(page)
  await expect(page.getByText('请填写金额')).toBeVisible()
  await expect(page.getByLabel('医疗费总额')).toBeFocused()
  await page.getByLabel('医疗类别').selectOption({ label: '门诊特殊疾病' })
  await page.getByLabel('医疗费总额').fill('1000')
  await calculate(page)
  await expect(page.getByLabel(/待遇已支付/)).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel(/待遇已支付/).fill('400')
  await page.keyboard.press('Enter')
  await expect(figure(page, 'fund')).toBeVisible()
})

test('a link reproduces the input and nothing of it is sent in an address', async ({ page, context }) => {
  await fill(page)
  await calculate(page)
  await expect(figure(page, 'fund')).toHaveText('1,350.00')
  const link = page.url()
  expect(link).toContain('/#q=')
  const asked: string[] = []
  const other = await context.newPage()
  other.on('request', (request) => asked.push(request.url()))
  await other.goto(link)
  await expect(figure(other, 'fund')).toHaveText('1,350.00')
  await expect(other.getByLabel('个人账户余额')).toHaveValue('300.00')
  expect(asked.filter((url) => new URL(url).search || url.includes('q='))).toEqual([])
  await other.close()
  await page.getByRole('button', { name: '清空重填' }).click()
  await expect(page.getByText('结果显示在这里')).toBeVisible()
  expect(page.url()).not.toContain('#q=')
})

test('a draft is marked', async ({ page }) => {
  await page.goto('/')
  await page.getByLabel('参保地').selectOption({ label: '南昌市（征求意见稿）' })
  await expect(page.getByRole('note')).toContainText('还没有施行')
})

test('a printed sheet has no form and no navigation', async ({ page }) => {
  await fill(page)
  await calculate(page)
  await expect(page.locator('.sheet')).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(page.locator('header.top')).toBeHidden()
  await expect(page.getByRole('button', { name: '计算', exact: true })).toBeHidden()
  await expect(page.locator('.sheet')).toBeVisible()
  await expect(page.getByRole('heading', { name: /依据的条文/ })).toBeVisible()
})

test('a service that does not answer is said and what was typed stays', async ({ page }) => {
  await fill(page)
  await page.route('**/api/v1/quote', (route) => route.abort())
  await calculate(page)
  await expect(page.getByText('连不上服务')).toBeVisible()
  await expect(page.getByLabel('医疗费总额')).toHaveValue('3,000.00')
})

test('empty and with faults it can be used by everybody', async ({ page }) => {
  test.slow() // axe reads each state in light and in dark
  await page.goto('/')
  await expect(page.getByText('结果显示在这里')).toBeVisible()
  await accessible(page)
  await calculate(page)
  await accessible(page)
})

test('with a result it can be used by everybody, in large type and in English, too', async ({ page }) => {
  test.slow()
  await fill(page)
  await calculate(page)
  await expect(page.getByRole('heading', { name: '怎样会多报一些' })).toBeVisible()
  await expect(page.locator('.compare tbody tr').first()).toBeVisible()
  await accessible(page)
  await look(page, { large: true, language: 'en' })
  await expect(page.getByText('How it was worked out')).toBeVisible()
  await accessible(page)
})

test('an answer comes within 50 ms, the fastest of five', async ({ page }) => {
  await fill(page)
  const took: number[] = []
  for (let n = 0; n < 5; n++) {
    const answer = page.waitForResponse('**/api/v1/quote')
    await calculate(page)
    const { responseStart, requestStart } = (await answer).request().timing()
    await (await answer).finished()
    took.push(responseStart - requestStart)
  }
  expect(Math.min(...took)).toBeLessThan(50)
})
