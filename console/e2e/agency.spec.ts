// The officers' pages: what waits, what is found, what may be done by whom. What a page needs is settled over the wire first.
import { accessible, expect, onPhone, screenshot, signIn, test, type Page } from './harness'

const MEMBER = '50000000000002'
const FROZEN = '50000000000003'
const HOSPITAL = 'H50000000001'
const ROOT = '/api/v1/agency'

/** A page under an officer's account. */
async function at(page: Page, path: string, account = 'officer'): Promise<void> {
  await signIn(page, account)
  await page.goto(path)
  await expect(page.locator('main h1')).toBeVisible()
}

async function csrf(page: Page): Promise<string> {
  const answer = await page.request.get('/api/v1/session')
  return ((await answer.json()) as { csrf: string }).csrf
}

async function post<T>(page: Page, path: string, data: unknown): Promise<T> {
  const origin = test.info().project.use.baseURL!
  const answer = await page.request.post(path, { data, headers: { 'X-CSRF-Token': await csrf(page), Origin: origin } })
  expect(answer.ok(), await answer.text()).toBe(true)
  return (await answer.json()) as T
}

let messages = 0

/** Sends a message as the hospital does, without a session. */
async function send(infno: string, input: unknown): Promise<Record<string, Record<string, string>>> {
  const origin = test.info().project.use.baseURL!
  const msgid = `E2E${Date.now()}${messages++}`
  const answer = await fetch(`${origin}/fsi/api/rsfComIfsService/callService`, {
    method: 'POST',
    body: JSON.stringify({
      infno, msgid, mdtrtarea_admvs: '', insuplc_admdvs: '', recer_sys_code: 'E2E', infver: 'V1.0', opter_type: '1', opter: 'E2E',
      opter_name: '测试', inf_time: '', fixmedins_code: HOSPITAL, fixmedins_name: '测试', sign_no: '', input,
    }),
  })
  const reply = (await answer.json()) as { infcode: number | string; err_msg: string; output: Record<string, Record<string, string>> }
  expect(String(reply.infcode), reply.err_msg).toBe('0')
  return reply.output
}

/** Settles a visit of the member today; gives what the reply says. */
async function settled(page: Page, total: string): Promise<Record<string, string>> {
  await signIn(page, 'officer')
  const { certificate } = await post<{ certificate: string }>(page, `${ROOT}/members/${MEMBER}/reveal`, { why: '测试结算' })
  const { today } = (await (await page.request.get('/api/v1/session')).json()) as { today: string }
  const begins = `${today} 00:00:01`
  const shown = { psn_no: MEMBER, mdtrt_cert_type: '02', mdtrt_cert_no: certificate, insutype: '310' }
  const registered = await send('2201', {
    data: { ...shown, begntime: begins, ipt_otp_no: 'E2E', atddr_no: 'D1', dr_name: '医师', dept_code: '01', dept_name: '内科', caty: 'A03' },
  })
  const mdtrt_id = registered.data!.mdtrt_id!
  await send('2203', { mdtrtinfo: { mdtrt_id, psn_no: MEMBER, med_type: '11', begntime: begins } })
  await send('2204', {
    feedetail: [
      {
        feedetl_sn: '1', mdtrt_id, psn_no: MEMBER, chrg_bchno: '1', fee_ocur_time: begins, med_list_codg: 'DEMO-YP-0001',
        det_item_fee_sumamt: total, cnt: 1, pric: total, hosp_appr_flag: '0',
      },
    ],
  })
  const done = await send('2207', {
    data: {
      ...shown, med_type: '11', medfee_sumamt: total, psn_setlway: '01', mdtrt_id, chrg_bchno: '1', acct_used_flag: '1',
      fulamt_ownpay_amt: '0.00', overlmt_selfpay: '0.00', preselfpay_amt: '0.00', inscp_scp_amt: total,
    },
  })
  return done.setlinfo!
}

test('a menu leads to every page, each without grave findings', async ({ page }) => {
  test.setTimeout(240_000)
  await at(page, '/agency')
  const menu = page.getByRole('navigation', { name: '经办业务' })
  const names = await menu.getByRole('link').allTextContents()
  expect(names.length).toBe(8)
  for (const name of names) {
    await menu.getByRole('link', { name }).click()
    await expect(page.getByRole('heading', { level: 1, name: name.trim() })).toBeVisible()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    await accessible(page)
  }
  await page.goto('/agency/nothing')
  await expect(page.getByText('没有这一页')).toBeVisible()
})

test('a member is found, seen whole, and numbers stay hidden until asked for', async ({ page }) => {
  await at(page, '/agency/members')
  await screenshot(page, 'agency-members')
  await page.getByLabel('姓名、证件号码或人员编号').fill(MEMBER)
  await page.keyboard.press('Enter')
  await expect(page.locator('tbody tr')).toHaveCount(1)
  await page.locator('tbody tr').click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByText('演示乙').first()).toBeVisible()
  await expect(drawer.locator('code').first()).toContainText('********')
  await drawer.getByRole('button', { name: '显示完整号码' }).click()
  const why = `核对证件 ${Date.now()}`
  await drawer.getByLabel('查看事由').fill(why)
  await drawer.getByRole('button', { name: '显示', exact: true }).click()
  await expect(drawer.locator('code').first()).not.toContainText('*')
  for (const tab of ['待遇', '账户', '家庭共济', '历史']) {
    await drawer.getByRole('tab', { name: tab, exact: true }).click()
    await expect(drawer.getByRole('tabpanel')).toBeVisible()
  }
  await expect(drawer.getByRole('tabpanel')).toContainText(why)
  await accessible(page, { within: '[role=dialog]' })
  await screenshot(page, 'agency-member', { fullPage: false })
  await drawer.getByRole('button', { name: '关闭' }).click()
  await expect(page).toHaveURL(/\/agency\/members$/)
  await page.getByLabel('姓名、证件号码或人员编号').fill('没有这个人')
  await page.keyboard.press('Enter')
  await expect(page.getByText('没有找到参保人')).toBeVisible()
})

test('a correction is previewed before it is told', async ({ page }) => {
  await at(page, `/agency/members/${MEMBER}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('tab', { name: '登记更正' }).click()
  await drawer.getByLabel('更正内容').selectOption('employer')
  const employer = `新单位${Date.now()}`
  await drawer.getByLabel('单位').fill(employer)
  await drawer.getByLabel('事由').fill('单位变更')
  await expect(drawer.getByRole('button', { name: '确认登记' })).toBeDisabled()
  await drawer.getByRole('button', { name: '预览变化' }).click()
  await expect(drawer.getByText(`+ 单位：${employer}`)).toBeVisible()
  await screenshot(page, 'agency-correction', { fullPage: false })
  await drawer.getByRole('button', { name: '确认登记' }).click()
  await expect(drawer.getByRole('tabpanel')).toContainText(employer)
  await drawer.getByRole('tab', { name: '历史' }).click()
  await expect(drawer.getByRole('tabpanel')).toContainText('单位变更')
})

/** The bonds that the member gave and that have not ended are ended, so that a test can be run again. */
async function unbound(page: Page): Promise<void> {
  const { given } = (await (await page.request.get(`${ROOT}/members/${MEMBER}/bonds`)).json()) as { given: { number: number; state: string }[] }
  for (const bond of given.filter((one) => one.state !== 'unbound')) {
    await post(page, `${ROOT}/members/${MEMBER}/bonds/${bond.number}/unbind`, { who: 'officer' })
  }
}

test('a bond is made, confirmed, limited and ended; a contribution is paid, and refusals name the article', async ({ page }) => {
  await signIn(page, 'officer')
  await unbound(page)
  await page.goto(`/agency/members/${MEMBER}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('tab', { name: '家庭共济' }).click()
  await drawer.getByRole('button', { name: '绑定亲属' }).click()
  await drawer.getByLabel('亲属姓名').fill('演示甲')
  await drawer.getByLabel('亲属证件号码').fill('990000195803121036')
  await drawer.getByLabel('亲属是授权人的').selectOption('parent')
  await drawer.getByLabel('承诺书编号').fill(`CN-${Date.now()}`)
  await drawer.getByLabel('年度限额').fill('500')
  await drawer.getByLabel('医疗机构就医').check()
  await drawer.getByLabel('长期护理保险缴费').check()
  await accessible(page, { within: '[role=dialog]' })
  await drawer.getByRole('button', { name: '提交申请' }).click()
  const bond = drawer.locator('li', { hasText: '演示甲' }).filter({ hasText: '待确认' })
  await expect(bond).toContainText('990000********1036')
  await bond.getByRole('button', { name: '确认', exact: true }).click()
  await bond.getByRole('radio', { name: '经办人' }).check()
  await bond.getByRole('button', { name: '确认共济' }).click()
  const held = drawer.locator('li', { hasText: '演示甲' }).filter({ hasText: '已生效' })
  await held.getByRole('button', { name: '改限额' }).click()
  await held.getByLabel('年度限额').fill('300')
  await held.getByRole('button', { name: '保存限额' }).click()
  await expect(held).toContainText('300.00')
  await drawer.getByRole('button', { name: '代缴保费' }).click()
  await drawer.getByLabel('用途', { exact: true }).selectOption('care_premium')
  await drawer.getByLabel('为谁', { exact: true }).selectOption({ label: '演示甲（父母）' })
  await drawer.getByLabel('金额').fill('12')
  await drawer.getByLabel('缴费单号').fill(`B-${Date.now()}`)
  await drawer.getByRole('button', { name: '从账户缴费' }).click()
  await expect(drawer.getByRole('status')).toContainText('已缴 12.00 元')
  await expect(drawer.getByRole('status')).toContainText('依据')
  await drawer.getByLabel('用途', { exact: true }).selectOption('large_amount_premium')
  await drawer.getByRole('button', { name: '从账户缴费' }).click()
  await expect(drawer.getByRole('alert')).toContainText('account_use_forbidden')
  await expect(drawer.getByRole('alert')).toContainText('依据')
  await accessible(page, { within: '[role=dialog]' })
  await drawer.getByRole('form', { name: '代缴保费' }).getByRole('button', { name: '关闭' }).click()
  await expect(drawer.getByRole('region', { name: '使用记录' })).toContainText('12.00')
  await held.getByRole('button', { name: '解除' }).click()
  await held.getByRole('button', { name: '确定解除' }).click()
  await expect(held).toHaveCount(0)
  await expect(drawer.locator('li', { hasText: '已解除' }).first()).toBeVisible()
})

test('what else the register shows can be corrected, and a matter is filed from the member', async ({ page }) => {
  await at(page, `/agency/members/${MEMBER}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('tab', { name: '登记更正' }).click()
  await drawer.getByLabel('更正内容').selectOption('enrolment')
  await drawer.getByLabel('参保身份').selectOption('individual_tier_2')
  await drawer.getByLabel('事由').fill('身份变更')
  await drawer.getByRole('button', { name: '预览变化' }).click()
  await expect(drawer.getByText(/^\+ 参保身份：/)).toBeVisible()
  await drawer.getByLabel('更正内容').selectOption('paid')
  await drawer.getByLabel('月份').fill('2020-01')
  await drawer.getByLabel('月缴费基数').fill('5000')
  await drawer.getByLabel('个人每月缴费').fill('100')
  await drawer.getByRole('button', { name: '预览变化' }).click()
  await expect(drawer.getByText(/^\+ 缴费记录：2020-01 起 1 个月缴费/)).toBeVisible()
  await drawer.getByRole('link', { name: '办理业务' }).click()
  await expect(page).toHaveURL(/\/agency\/matters\/new/)
  await expect(page.getByRole('dialog').getByLabel('人员编号')).toHaveValue(MEMBER)
})

test('a member of another area is not served here', async ({ page }) => {
  await at(page, '/agency/members/21120000000012')
  await expect(page.getByRole('alert')).toContainText('不在统筹区 500000')
})

test('two officers are needed, and the first sees so before trying', async ({ page }) => {
  await at(page, '/agency/matters')
  const counter = `/agency/v1/members/${FROZEN}/matters`
  const { frozen } = (await (await page.request.get(`${ROOT}/members/${FROZEN}`)).json()) as { frozen: string | null }
  if (!frozen) {
    const freeze = await post<{ number: number }>(page, counter, { kind: { freeze: { reason: '核查' } }, request: `${Date.now()}` })
    await post(page, `${counter}/${freeze.number}/carry-out`, {})
  }
  await page.goto('/agency/matters/new')
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('人员编号').fill(FROZEN)
  await drawer.getByLabel('业务', { exact: true }).selectOption('release')
  await drawer.getByLabel('解除冻结审批件').fill('批 1 号')
  await drawer.getByLabel('说明').fill(`${Date.now()}`)
  await drawer.getByRole('button', { name: '受理业务' }).click()
  await expect(page).toHaveURL(/\/agency\/matters\/.+-\d+$/)
  await expect(drawer.getByRole('button', { name: '复核通过' })).toBeDisabled()
  await expect(drawer.locator('#why-approve')).toContainText('另一')
  await accessible(page, { within: '[role=dialog]' })
  await screenshot(page, 'agency-matter', { fullPage: false })
  const address = page.url()
  await signIn(page, 'reviewer')
  await page.goto('/agency/matters')
  await page.getByLabel('范围').selectOption('to_approve')
  await page.getByRole('button', { name: '查询' }).click()
  await expect(page.locator('tbody tr', { hasText: FROZEN })).not.toHaveCount(0)
  await page.goto(address)
  await drawer.getByRole('button', { name: '复核通过' }).click()
  await expect(drawer.getByText('已复核通过')).toBeVisible()
  await drawer.getByRole('button', { name: '办结' }).click()
  await expect(drawer.getByText('已办结').first()).toBeVisible()
})

test('a month is worked out before it is credited', async ({ page }) => {
  await at(page, '/agency/credits')
  await page.getByRole('button', { name: '试算' }).first().click()
  await expect(page.getByRole('heading', { name: /试算结果/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: '不计入的人和原因' })).toBeVisible()
  await accessible(page)
  await screenshot(page, 'agency-credits')
  const run = page.getByRole('button', { name: '办理计入' })
  await expect(run).toBeEnabled()
  await run.click()
  await expect(page.getByRole('heading', { name: /已办理/ })).toBeVisible()
  await expect(page.getByText('与账簿相符')).toBeVisible()
})

test('settlements are found, summed and shown with their steps', async ({ page }) => {
  // No other settlement comes to as much, and the year's limit is not used up by it.
  const total = `${1000 + (Date.now() % 900)}.00`
  const made = await settled(page, total)
  await page.goto('/agency/settlements')
  await page.getByLabel('人员编号').fill(MEMBER)
  await page.getByLabel('金额条件').fill(total)
  await page.getByLabel('比较方式').selectOption('eq')
  await page.getByRole('button', { name: '查询' }).click()
  await expect(page.getByText(made.setl_id!)).toBeVisible()
  await expect(page.getByRole('region', { name: '统计' })).toContainText(total.replace(/^(.)/, '$1,'))
  await screenshot(page, 'agency-settlements')
  await page.locator('tbody tr', { hasText: made.setl_id! }).getByRole('link').click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByRole('heading', { name: '怎么算的' })).toBeVisible()
  await expect(drawer.getByText('DEMO-YP-0001')).toBeVisible()
  await accessible(page, { within: '[role=dialog]' })
  await screenshot(page, 'agency-settlement', { fullPage: false })
  await drawer.getByRole('button', { name: '关闭' }).click()
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出' }).click()
  expect((await file).suggestedFilename()).toBe('结算清单.xlsx')
  await page.getByLabel('结算日期起').fill('2020-01-01')
  await page.getByRole('button', { name: '查询' }).click()
  await expect(page.getByRole('alert')).toContainText('366 天')
})

test('an answer that was lost is found when the day is reconciled', async ({ page }) => {
  const made = await settled(page, '88.00')
  await page.goto('/agency/reconcile')
  await page.getByLabel('医药机构').selectOption(HOSPITAL)
  await page.getByLabel('机构对账文件').setInputFiles({ name: 'day.txt', mimeType: 'text/plain', buffer: Buffer.from('') })
  await page.getByRole('button', { name: '对账', exact: true }).click()
  const row = page.locator('tr', { hasText: made.setl_id! })
  await expect(row).toContainText('应答在途中丢失')
  await accessible(page)
  await screenshot(page, 'agency-reconcile')
  await page.getByLabel('机构对账文件').setInputFiles({ name: 'bad.txt', mimeType: 'text/plain', buffer: Buffer.from('x\ty\n') })
  await page.getByRole('button', { name: '对账', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('bad.txt 第 1 行')
})

test('the ledger balances, an account tells its movements, and closing names the day', async ({ page }) => {
  await settled(page, '60.00')
  await page.goto('/agency/ledger')
  await expect(page.getByText('借贷平衡')).toBeVisible()
  await page.getByRole('button', { name: '-/500000/fund/310100' }).click()
  await expect(page.getByRole('region', { name: '科目明细账' })).toBeVisible()
  const close = page.getByRole('button', { name: '关账' })
  await page.getByLabel('关账至').fill('2025-12-31')
  await expect(close).toBeDisabled()
  await page.getByLabel('确认').fill('2025-12-30')
  await expect(close).toBeDisabled()
  await page.getByLabel('确认').fill('2025-12-31')
  await screenshot(page, 'agency-ledger')
  await close.click()
  await expect(page.getByRole('status').filter({ hasText: '2025-12-31' })).toBeVisible()
})

test('a list with a bad cell is named and not written', async ({ page }) => {
  await at(page, '/agency/import')
  const list = `人员编号,单位,出生日期\n${MEMBER},某单位,不是日期\n`
  await page.getByLabel('名单文件').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
  await page.getByRole('button', { name: '检查' }).click()
  await expect(page.getByRole('cell', { name: '不是日期' })).toBeVisible()
  await expect(page.getByRole('button', { name: '写入登记' })).toBeDisabled()
  await accessible(page)
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出有错的单元格' }).click()
  expect((await file).suggestedFilename()).toBe('名单有错的单元格.xlsx')
})

test("a year's income and spending tie, and a member's year is compared", async ({ page }) => {
  await settled(page, '70.00')
  await page.goto('/agency/report')
  await expect(page.getByText('与账簿相符')).toBeVisible()
  await page.getByLabel('人员编号').fill(MEMBER)
  await page.getByLabel('改革前全年计入').fill('3300')
  await page.getByRole('button', { name: '对比', exact: true }).click()
  await expect(page.getByRole('region', { name: '参保人改革前后对比' })).toBeVisible()
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出对比' }).click()
  expect((await file).suggestedFilename()).toBe('改革前后对比.xlsx')
  if (!onPhone(page)) await screenshot(page, 'agency-report')
})
