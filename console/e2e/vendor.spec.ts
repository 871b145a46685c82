// 厂商接入: what was sent with its fate, the judgement, the error codes, how to begin.
import { accessible, expect, screenshot, signIn, test, type Page } from './harness'

async function sent(page: Page, number: string): Promise<void> {
  await signIn(page, 'cashier')
  const { csrf } = (await (await page.request.get('/api/v1/session')).json()) as { csrf: string }
  const answer = await page.request.post('/api/v1/cashier/messages', {
    data: { infno: '1101', msgid: number, input: { data: { mdtrt_cert_type: '02', mdtrt_cert_no: '404' } } },
    headers: { 'X-CSRF-Token': csrf },
  })
  expect(answer.ok()).toBe(true)
}

test('a fault is listed with its meaning and what to change, and its whole visit is shown', async ({ page }) => {
  const msgid = `V${Date.now()}`
  await sent(page, msgid)
  await signIn(page, 'vendor')
  await expect(async () => {
    await page.goto('/vendor')
    await expect(page.getByText(msgid).first()).toBeVisible({ timeout: 5000 })
  }).toPass()
  await page.getByLabel('只看报错').check()
  await page.getByRole('button', { name: '查询' }).click()
  const row = page.getByRole('listitem').filter({ hasText: msgid })
  await expect(row).toContainText('先用 1101 查询')
  await screenshot(page, 'vendor')
  await accessible(page)
  await row.locator('summary').click()
  await expect(row.getByRole('region', { name: '请求' })).toContainText('"mdtrt_cert_no": "404"')
  await row.getByRole('button', { name: '看整个就诊' }).click()
  await expect(page).toHaveURL(new RegExp(`/vendor/calls/${msgid}$`))
  await expect(page.getByText(`与报文 ${msgid} 同一就诊的全部报文`)).toBeVisible()
})

test('what does not match says so', async ({ page }) => {
  await signIn(page, 'vendor')
  await page.goto('/vendor')
  await page.getByLabel('交易编号').fill('1320')
  await page.keyboard.press('Enter')
  await expect(page.getByText('没有符合条件的报文')).toBeVisible()
  await page.getByRole('button', { name: '重置' }).click()
  await expect(page.getByLabel('交易编号')).toHaveValue('')
})

test('the scenarios show their steps and verdicts, and the report is kept', async ({ page }) => {
  await signIn(page, 'vendor')
  await page.goto('/vendor/certification')
  await expect(page.getByText(/通过 \d+，未通过 \d+，未做 \d+/)).toBeVisible()
  await page.locator('details summary').first().click()
  await expect(page.locator('details[open] ol > li').first()).toBeVisible()
  await screenshot(page, 'vendor-certification', { fullPage: false })
  await accessible(page)
  const kept = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载验收报告' }).click()
  expect((await kept).suggestedFilename()).toMatch(/\.html$/)
})

test('error codes are found by code and by words', async ({ page }) => {
  await signIn(page, 'vendor')
  await page.goto('/vendor/errors')
  await page.getByLabel('错误码或文字').fill('batch_settled')
  await expect(page.getByRole('row')).toHaveCount(2)
  await accessible(page)
  await page.getByLabel('错误码或文字').fill('没有这样的')
  await expect(page.getByText('没有这样的错误码')).toBeVisible()
})

test('the example has the own code, and a fate is told', async ({ page }) => {
  await signIn(page, 'vendor')
  await page.goto('/vendor/start')
  await expect(page.getByRole('region', { name: 'curl' })).toContainText('"fixmedins_code": "H50000000001"')
  await page.getByLabel('报文编号').fill('NONE404')
  await page.getByRole('button', { name: '查询', exact: true }).click()
  await expect(page.getByText('not_recorded')).toBeVisible()
  await page.getByLabel('交易编号').fill('5206')
  await page.getByRole('button', { name: '预定' }).click()
  await expect(page.getByText('已预定：下一条 5206')).toBeVisible()
  await accessible(page)
})
