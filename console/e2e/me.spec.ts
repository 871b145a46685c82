// 我的医保: what a member sees after a visit; phone first.
import { accessible, expect, screenshot, signIn, test, type Page } from './harness'

const MEMBER = { number: '50000000000002', certificate: '990000198605011040' }
let count = 0

/** The cashier's desk settles for the demo's member, so that there is something to see. */
async function visited(page: Page, total: string): Promise<{ visit: string; settlement: string }> {
  await signIn(page, 'cashier')
  const session = (await (await page.request.get('/api/v1/session')).json()) as { csrf: string; today: string }
  const say = async (infno: string, input: unknown) => {
    const answer = await page.request.post('/api/v1/cashier/messages', {
      data: { infno, msgid: `E${Date.now()}${count++}`, insured_in: '500000', input },
      headers: { 'X-CSRF-Token': session.csrf },
    })
    const sent = (await answer.json()) as { reply: string; err_msg: string }
    expect(sent.err_msg, infno).toBe('')
    return JSON.parse(sent.reply).output
  }
  const shown = { psn_no: MEMBER.number, mdtrt_cert_type: '02', mdtrt_cert_no: MEMBER.certificate }
  const at = `${session.today} 00:00:01`
  const registered = await say('2201', { data: { ...shown, insutype: '310', begntime: at, ipt_otp_no: '1', atddr_no: '1', dr_name: '医', dept_code: '1', dept_name: '内科', caty: 'A03' } })
  const visit = registered.data.mdtrt_id as string
  await say('2203', {
    mdtrtinfo: { mdtrt_id: visit, psn_no: MEMBER.number, med_type: '11', begntime: at },
    diseinfo: [{ diag_type: '1', diag_srt_no: 1, diag_code: 'J00', diag_name: '感冒', diag_dept: '1', dise_dor_no: '1', dise_dor_name: '医', diag_time: at, vali_flag: '1' }],
  })
  await say('2204', {
    feedetail: [{ feedetl_sn: '1', mdtrt_id: visit, psn_no: MEMBER.number, chrg_bchno: 'B1', rx_circ_flag: '0', fee_ocur_time: at, med_list_codg: 'DEMO-YP-0001', medins_list_codg: '1', det_item_fee_sumamt: total, cnt: 1, pric: total, bilg_dept_codg: '1', bilg_dept_name: '内科', bilg_dr_codg: '1', bilg_dr_name: '医', hosp_appr_flag: '0' }],
  })
  const settled = await say('2207', { data: { ...shown, med_type: '11', medfee_sumamt: total, psn_setlway: '01', mdtrt_id: visit, chrg_bchno: 'B1', insutype: '310', acct_used_flag: '0' } })
  return { visit, settlement: settled.setlinfo.setl_id as string }
}

test('the cards show insurance, account, deductible and limit with the article behind each', async ({ page }) => {
  await signIn(page, 'member')
  await page.goto('/me')
  await expect(page.getByText('正常享受待遇')).toBeVisible()
  await expect(page.getByRole('heading', { name: '个人账户余额' })).toBeVisible()
  await page.getByLabel('三级').check()
  await expect(page.getByRole('progressbar', { name: '起付线' })).toBeVisible()
  await expect(page.getByRole('progressbar', { name: '年度支付限额' })).toBeVisible()
  await expect(page.getByText('990000********1040')).toBeVisible()
  await screenshot(page, 'me')
  await accessible(page)
})

test('a settlement has its sheet, its lines and how it was worked out', async ({ page }) => {
  const { settlement } = await visited(page, '640.00')
  await signIn(page, 'member')
  await page.goto('/me/settlements')
  await expect(page.getByRole('link', { name: /的结算单/ }).first()).toBeVisible()
  await screenshot(page, 'me-settlements')
  await accessible(page)
  await page.goto(`/me/settlements/${settlement}`)
  await expect(page.getByRole('heading', { name: '怎么算的' })).toBeVisible()
  await expect(page.getByText('演示甲类西药片')).toBeVisible()
  await page.locator('.article button').first().click()
  await expect(page.getByRole('note')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('取自结算当时留存的记录')).toBeVisible()
  await expect(page.getByRole('link', { name: '下载 PDF' })).toHaveAttribute('href', `/api/v1/settlements/${settlement}/sheet.pdf`)
  await screenshot(page, 'me-sheet')
  await accessible(page)
})

test('long lists come by pages, with the sums of the whole month', async ({ page }) => {
  await signIn(page, 'member')
  const row = (n: number) => ({
    settlement: `${n}`, visit: `${n}`, day: n > 30 ? '2026-02-03' : '2026-01-03', recorded: '2026-02-03 09:00:00', institution: 'H', institution_name: `医院${n}`,
    care_name: '普通门诊', cancels: null, cancelled_by: null, total: '10.00', fund: '0.00', account: '10.00', aid: '0.00', cash: '0.00',
  })
  const month = (month: string, count: number) => ({ month, count, sums: { total: `${count * 10}.00`, fund: '0.00', account: `${count * 10}.00`, cash: '0.00' } })
  await page.route('**/api/v1/me/settlements?*', (route) => {
    const query = new URL(route.request().url()).searchParams
    const [at, size] = [Number(query.get('page')), Number(query.get('size'))]
    const rows = Array.from({ length: 45 }, (_, n) => row(45 - n)).slice((at - 1) * size, at * size)
    const months = [month('2026-02', 15), month('2026-01', 30)].filter((one) => rows.some((row) => row.day.startsWith(one.month)))
    return route.fulfill({ json: { rows, total: 45, months, years: ['2026'] } })
  })
  await page.goto('/me/settlements')
  await expect(page.getByRole('link', { name: /的结算单/ })).toHaveCount(20)
  await expect(page.getByRole('region', { name: '2026 年 1 月' })).toContainText('300.00')
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page.getByRole('region', { name: '2026 年 2 月' })).toBeHidden()
  await expect(page.getByText('医院25')).toBeVisible()
  await accessible(page)
  await page.getByLabel('每页条数').selectOption('50')
  await expect(page.getByRole('link', { name: /的结算单/ })).toHaveCount(45)
  await page.getByRole('radio', { name: '2026' }).check()
  await expect(page.getByText('共 45 条')).toBeVisible()
})

test('a statement has pages, and on paper all of it', async ({ page }) => {
  await visited(page, '20.00')
  await signIn(page, 'member')
  await page.addInitScript(() => {
    window.print = () => void (document.body.dataset.printed = String(document.querySelectorAll('tbody tr').length))
  })
  const total = 230
  let line: unknown
  await page.route('**/api/v1/me/statement?*', async (route) => {
    const answer = await route.fetch()
    const statement = (await answer.json()) as { rows: unknown[]; total: number }
    const query = new URL(route.request().url()).searchParams
    const [at, size] = [Number(query.get('page')), Number(query.get('size'))]
    // One kept line, many times over.
    line ??= statement.rows[0]
    const rows = Array.from({ length: total }, () => line).slice((at - 1) * size, at * size)
    await route.fulfill({ json: { ...statement, rows, total } })
  })
  await page.goto('/me/statement')
  await expect(page.locator('tbody tr')).toHaveCount(20)
  await page.getByRole('button', { name: '打印' }).click()
  await expect(page.locator('body')).toHaveAttribute('data-printed', '230')
  await expect(page.locator('tbody tr')).toHaveCount(20)
})

test('the statement runs, and is kept as a file', async ({ page }) => {
  await signIn(page, 'member')
  await page.goto('/me/statement')
  await expect(page.getByText('期末余额')).toBeVisible()
  const kept = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出 Excel' }).click()
  expect((await kept).suggestedFilename()).toMatch(/\.xlsx$/)
  await page.getByLabel('起始日').fill('2001-01-01')
  await page.getByRole('button', { name: '查询' }).click()
  await expect(page.getByRole('alert')).toContainText('一次至多查询五年')
  await expect(page.getByLabel('起始日')).toHaveValue('2001-01-01')
  await accessible(page)
})

test('a relative is asked for and the bond ended', async ({ page }) => {
  await signIn(page, 'member')
  await page.goto('/me/family')
  await page.getByRole('button', { name: '绑定亲属' }).click()
  await page.getByLabel('亲属姓名').fill('亲属一')
  await page.getByLabel('亲属身份证号码').fill(`99000019600101${String(1000 + (Date.now() % 9000))}`)
  await page.getByLabel('亲属是我的').selectOption('parent')
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page.getByText('须先阅读并同意承诺')).toBeVisible()
  await page.getByLabel('我承诺').check()
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page.getByText('待对方确认').first()).toBeVisible()
  await screenshot(page, 'me-family')
  await accessible(page)
  await page.getByRole('button', { name: '解除' }).last().click()
  await page.getByRole('button', { name: '确定解除' }).click()
  await expect(page.getByText('已解除').first()).toBeVisible()
})

test('a settlement that is not one’s own is not told', async ({ page }) => {
  await signIn(page, 'member')
  await page.goto('/me/settlements/404')
  await expect(page.getByRole('alert')).toContainText('settlement_not_found')
  await page.getByRole('link', { name: '返回结算记录' }).click()
  await expect(page).toHaveURL(/\/me\/settlements$/)
})
