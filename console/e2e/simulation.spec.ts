// 方案测算: runs are asked for, followed, shown, kept and put beside each other; what cannot run is said at its field.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { accessible, expect, onPhone, screenshot, signIn, test, type Page } from './harness'

const binary = resolve(process.env.GONGJI_BIN ?? '../target/debug/gongji')
/** A run of a few thousand people takes about a second; on a busy machine longer. */
const LONG = { timeout: 25_000 }

test.beforeEach(async ({ page }) => {
  test.setTimeout(120_000)
  page.setDefaultTimeout(20_000)
  await signIn(page, 'analyst')
})

async function begin(page: Page, kind: string, fill: (page: Page) => Promise<void> = async () => {}) {
  await page.goto('/simulation/new')
  await page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check()
  await fill(page)
  await page.getByRole('button', { name: '开始运行' }).click()
  await expect(page).toHaveURL(/\/simulation\/\d+$/, LONG)
}

const done = (page: Page) => expect(page.locator('.line .g-tag')).toHaveText('完成', LONG)
const command = async (page: Page): Promise<string> => (await page.locator('[data-command]').textContent())!
const asked = (page: Page, given: object) =>
  page.evaluate(async (body) => {
    const { csrf } = (await (await fetch('/api/v1/session')).json()) as { csrf: string }
    const answer = await fetch('/api/v1/runs', { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    return (await answer.json()) as { id: number; field?: string; code?: string }
  }, given)
const people = (page: Page, count: number) => page.getByRole('textbox', { name: '模拟人数' }).fill(String(count))

test('two versions of a policy: winners, reasons, witnesses, charts, and the command gives the same numbers', async ({ page }) => {
  await begin(page, '政策模拟', async (page) => {
    await page.getByLabel('统筹区').selectOption('211200')
    await page.getByLabel('政策', { exact: true }).selectOption('211200')
    await page.getByLabel(/^按某一天的规定/).first().fill('2022-12-15')
    await page.getByLabel(/^与之比较的政策/).selectOption('211200')
    await page.getByLabel(/^按某一天的规定/).nth(1).fill('2023-06-01')
    await page.getByRole('textbox', { name: '年度', exact: true }).fill('2023')
    await people(page, 5000)
    await accessible(page)
    await screenshot(page, 'simulation-form')
  })
  await done(page)
  for (const title of ['受益与受损', '为什么', '谁支付', '按状态、年龄', '按收入', '按医院等级', '个人负担的分布', '个人账户收支', '按月']) {
    await expect(page.getByRole('heading', { name: new RegExp(title) }).first()).toBeVisible()
  }
  await expect(page.getByText('随机生成，不是真实的人')).toBeVisible()
  const witness = page.getByRole('region', { name: '同一次就医，两种结算' })
  await expect(witness.getByText('费用', { exact: true })).toBeVisible()
  await page.locator('#winners').scrollIntoViewIfNeeded()
  await expect(page.locator('#winners canvas')).toBeVisible(LONG)
  await accessible(page)
  await screenshot(page, 'simulation-winners', { fullPage: false })
  expect(await command(page)).toBe('gongji simulate --area 211200 --policy 211200@2022-12-15 --policy 211200@2023-06-01 --year 2023 --persons 5000')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'JSON' }).click()])
  const kept = JSON.parse(readFileSync(await file.path(), 'utf8')) as { tables: object }
  const words = (await command(page)).split(' ').slice(1)
  const again = JSON.parse(execFileSync(binary, [...words, '--format', 'json'], { encoding: 'utf8' })) as { tables: object }
  expect(again).toEqual(kept)
  const [book] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Excel' }).click()])
  expect(readFileSync(await book.path()).subarray(0, 2).toString()).toBe('PK')
})

test('before and after the reform, and what was asked can be changed and asked again', async ({ page }) => {
  await begin(page, '政策模拟', async (page) => {
    await people(page, 3000)
    await page.getByLabel(/^与改革前比较/).check()
  })
  await done(page)
  await expect(page.getByRole('heading', { name: '账户减少的计入与统筹基金的支付' })).toBeVisible()
  await page.getByRole('link', { name: '改一改再算' }).click()
  await expect(page.getByRole('textbox', { name: '模拟人数' })).toHaveValue('3000')
  await expect(page.getByLabel(/^与改革前比较/)).toBeChecked()
})

test('which figure moves spending how far', async ({ page }) => {
  await begin(page, '敏感性', (page) => people(page, 1000))
  await done(page)
  await page.locator('#sensitivity').scrollIntoViewIfNeeded()
  await expect(page.locator('#sensitivity canvas')).toBeVisible(LONG)
  await screenshot(page, 'simulation-sensitivity', { fullPage: false })
  await page.getByText('以表格查看').first().click()
  await expect(page.getByRole('columnheader', { name: '调低一步' })).toBeVisible()
})

test('the efficient line, with a budget', async ({ page }) => {
  await begin(page, '有效前沿', async (page) => {
    await people(page, 1000)
    await page.getByRole('textbox', { name: '预算', exact: true }).fill('80945.49万元')
    await page.getByText('更多选项').click()
    await page.getByLabel('方案个数').fill('20')
  })
  await done(page)
  await page.locator('#frontier').scrollIntoViewIfNeeded()
  await expect(page.locator('#frontier canvas')).toBeVisible(LONG)
  await screenshot(page, 'simulation-frontier', { fullPage: false })
})

test('a package inside a budget is found, kept, and simulated', async ({ page }) => {
  await begin(page, '预算内求解', async (page) => {
    await people(page, 1000)
    await page.getByRole('textbox', { name: '预算', exact: true }).fill('90000万元')
    await page.getByText('更多选项').click()
    await page.getByLabel('最多试多少个方案').fill('20')
    await page.getByRole('radio', { name: '选择参数' }).check()
    await page.getByRole('checkbox', { name: /^普通门诊.*deductible|deductible/ }).first().check()
    await page.getByLabel(/起付.* 最小/).fill('300')
    await page.getByLabel(/起付.* 最大/).fill('1000')
    await page.getByLabel(/起付.* 步长/).fill('50')
  })
  await done(page)
  await expect(page.getByRole('heading', { name: '所选方案', exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: '没有选的方案' })).toBeVisible()
  await screenshot(page, 'simulation-solve')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载政策包（zip）' }).click()])
  const zip = join(mkdtempSync(join(tmpdir(), 'gongji-plan-')), 'plan.zip')
  await file.saveAs(zip)
  await page.getByRole('link', { name: '用它做一次政策模拟' }).click()
  await people(page, 1000)
  await page.getByRole('textbox', { name: '年度', exact: true }).fill('2027')
  await page.getByRole('button', { name: '开始运行' }).click()
  await expect(page).toHaveURL(/\/simulation\/\d+$/, LONG)
  await done(page)
  await expect(page.getByRole('button', { name: /命令用到的文件/ })).toBeVisible()
  // The same package, brought as a file.
  await page.goto('/simulation/new')
  await page.locator('[data-upload=zip]').setInputFiles(zip)
  await expect(page.getByText(/已载入 plan（南昌市/)).toBeVisible(LONG)
})

test('a fund over years, and a year by month', async ({ page }) => {
  await begin(page, '多年收支预测', (page) => page.getByLabel('支出增长的上下幅度').fill('3'))
  await done(page)
  await page.locator('#fan').scrollIntoViewIfNeeded()
  await expect(page.locator('#fan canvas')).toBeVisible(LONG)
  await screenshot(page, 'simulation-fan', { fullPage: false })
  await begin(page, '年度预算预警', async (page) => {
    await page.getByLabel('全年预算').fill('6亿元')
    await page.getByLabel('1 月', { exact: true }).fill('5200万元')
    await page.getByLabel('2 月', { exact: true }).fill('6100万元')
    await people(page, 500)
    await page.getByLabel('模拟多少个可比年份').fill('3')
  })
  await done(page)
  await expect(page.getByRole('heading', { name: '逐月预算与支出' })).toBeVisible()
  await expect(page.getByText('可比的年份里').first()).toBeVisible()
})

test('an area’s printed estimate, line by line', async ({ page }) => {
  await begin(page, '费用测算复算')
  await done(page)
  await expect(page.getByRole('heading', { name: '逐行复算' })).toBeVisible()
})

test('what cannot run is said at its field, and what was typed stays', async ({ page }) => {
  await page.goto('/simulation/new')
  await people(page, 3)
  await page.getByRole('button', { name: '开始运行' }).click()
  await expect(page.locator('.field', { hasText: '模拟人数' }).getByRole('alert')).toContainText('10 至')
  await expect(page.getByRole('textbox', { name: '模拟人数' })).toHaveValue('3')
  await people(page, 100)
  await page.getByRole('textbox', { name: '年度', exact: true }).fill('1999')
  await page.getByRole('button', { name: '开始运行' }).click()
  await expect(page.locator('.field', { hasText: '年度' }).getByRole('alert')).toContainText('没有可执行的规则')
  await accessible(page)
  await page.getByRole('radio', { name: /^预算内求解/ }).check()
  await page.getByRole('button', { name: '开始运行' }).click()
  await expect(page.locator('.field', { hasText: '预算' }).getByRole('alert').first()).toContainText('请填写预算')
  const bad = join(mkdtempSync(join(tmpdir(), 'gongji-bad-')), 'bad.zip')
  writeFileSync(bad, 'no archive')
  await page.getByRole('radio', { name: /^政策模拟/ }).check()
  await page.locator('[data-upload=zip]').setInputFiles(bad)
  await expect(page.getByText('不是 zip 压缩包，或已损坏').first()).toBeVisible()
})

test('a long run shows its progress, others wait, and it is cancelled at once', async ({ page }) => {
  await page.goto('/simulation')
  const first = await asked(page, { kind: 'simulate', area: '360100', persons: 5_000_000 })
  const second = await asked(page, { kind: 'simulate', area: '360100', persons: 1_000 })
  await page.goto(`/simulation/${second.id}`)
  await expect(page.getByText('前面还有 1 个')).toBeVisible(LONG)
  await page.goto(`/simulation/${first.id}`)
  await expect(page.getByText(/已算 [\d,]+ \/ 5,000,000 人次/)).toBeVisible(LONG)
  await screenshot(page, 'simulation-progress', { fullPage: false })
  await accessible(page)
  await page.getByRole('button', { name: '取消运行' }).click()
  await expect(page.locator('.line .g-tag')).toHaveText('已取消')
  await page.goto(`/simulation/${second.id}`)
  await done(page)
})

test('finished runs stand beside each other, with what differs', async ({ page }) => {
  await page.goto('/simulation')
  const ids = []
  for (const area of ['360100', '320700']) {
    const run = await asked(page, { kind: 'simulate', area, persons: 2_000 })
    ids.push(run.id)
  }
  for (const id of ids) {
    await page.goto(`/simulation/${id}`)
    await done(page)
  }
  await page.goto('/simulation')
  for (const id of ids) await page.getByRole('checkbox', { name: new RegExp(`^选择 ${id} `) }).check()
  await screenshot(page, 'simulation')
  await accessible(page)
  await page.getByRole('link', { name: '并列比较' }).click()
  await expect(page.getByRole('heading', { name: '并列比较' })).toBeVisible()
  await expect(page.getByText('不同', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('rowheader', { name: '参保人数' })).toBeVisible()
  await expect(page.locator('canvas')).toBeVisible(LONG)
  await page.getByLabel('比较哪张表').selectOption('spending')
  await page.getByLabel('哪一列').selectOption('each')
  await expect(page.getByRole('heading', { name: /谁支付：人均/ })).toBeVisible()
  await accessible(page)
  await screenshot(page, 'simulation-compare')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出 CSV' }).click()])
  expect(readFileSync(await file.path(), 'utf8')).toContain('统筹基金')
})

test('a run that is gone says what to do, and others than analysts are sent away', async ({ page }) => {
  await page.goto('/simulation/9999')
  await expect(page.getByText('这个运行不在了')).toBeVisible()
  await accessible(page)
  await signIn(page, 'member')
  const answer = await page.request.get('/api/v1/runs')
  expect(answer.status()).toBe(403)
  await page.goto('/simulation')
  await expect(page).toHaveURL(/\/login\?back=/)
  if (onPhone(page)) expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})
