// 收费结算: a visit from the card to the slip by keyboard; a lost answer never charges twice.
import { accessible, expect, screenshot, signIn, test, type Page } from './harness'

async function find(page: Page, certificate: string): Promise<void> {
  await page.getByLabel('证件号码、卡号或令牌').fill(certificate)
  await page.keyboard.press('Enter')
  await expect(page.getByText('账户余额').first()).toBeVisible()
}

async function add(page: Page, words: string, quantity: string, price: string): Promise<void> {
  await page.getByRole('combobox', { name: '编码或名称' }).fill(words)
  await expect(page.getByRole('listbox')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('数量')).toBeFocused()
  await page.getByLabel('数量').fill(quantity)
  await page.keyboard.press('Enter')
  await page.getByLabel('单价').fill(price)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: '编码或名称' })).toBeFocused()
}

const MEMBER = '990000197911301076'

/** As far as the trial; the keyboard does it. */
async function tried(page: Page, total: string): Promise<void> {
  await signIn(page, 'cashier')
  await page.goto('/cashier')
  await find(page, MEMBER)
  await page.keyboard.press('F4')
  await expect(page.getByText('已挂号，就诊 ID')).toBeVisible()
  await add(page, 'DEMO-YP-0001', '1', total)
  await page.keyboard.press('F6')
  await expect(page.getByText('预结算：还没有入账')).toBeVisible()
}

test('a visit is settled by the keyboard and cancelled, each message in the panel', async ({ page }) => {
  await tried(page, '350')
  await expect(page.getByText('应收现金')).toBeVisible()
  await screenshot(page, 'cashier-trial')
  await accessible(page)
  await page.keyboard.press('F8')
  await expect(page.getByText('已结算 ·')).toBeVisible()
  const messages = page.getByRole('complementary', { name: '报文' })
  for (const infno of ['1101', '2201', '2203', '2204', '2206', '2207']) {
    await expect(messages.getByText(infno, { exact: true })).toBeVisible()
  }
  await messages.locator('summary').first().click()
  await expect(messages.getByRole('region', { name: '请求' }).first()).toContainText('"infno": "2207"')
  await expect(messages.getByRole('region', { name: '应答' }).first()).toContainText('"infcode"')
  await page.getByRole('button', { name: '撤销这次结算' }).click()
  await page.getByRole('button', { name: '确定撤销' }).click()
  await expect(page.getByText('已撤销，各项金额退回')).toBeVisible()
  await page.getByRole('button', { name: '对总账 (3201)' }).click()
  await expect(page.getByText(/^(平|不平)$/)).toBeVisible()
  await page.keyboard.press('F2')
  await expect(page.getByLabel('证件号码、卡号或令牌')).toBeFocused()
})

test('an answer that is lost is asked for, and sent again it is the first settlement', async ({ page }) => {
  await tried(page, '120')
  await page.getByLabel('沙箱：让下一次结算').selectOption('drop-reply')
  await page.getByRole('button', { name: '结算 (F8)' }).click()
  await expect(page.getByText('结果未知：中心的记录如下')).toBeVisible()
  await expect(page.getByText('recorded', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: '结算 (F8)' })).toBeDisabled()
  await screenshot(page, 'cashier-unknown', { fullPage: false })
  await accessible(page)
  // What is not known stays so over a reload.
  await page.reload()
  await expect(page.getByText('结果未知：中心的记录如下')).toBeVisible()
  await page.getByRole('button', { name: '用原报文编号重发' }).click()
  await expect(page.getByText('已结算 ·')).toBeVisible()
})

test('a lost settlement is reversed and the visit can be settled anew', async ({ page }) => {
  await tried(page, '90')
  await page.getByLabel('沙箱：让下一次结算').selectOption('drop-reply')
  await page.keyboard.press('F8')
  await page.getByRole('button', { name: '冲正 (2601)' }).click()
  await expect(page.getByText('结果未知')).toBeHidden()
  await expect(page.getByRole('complementary', { name: '报文' }).getByText('2601', { exact: true })).toBeVisible()
  await page.keyboard.press('F6')
  await expect(page.getByText('预结算：还没有入账')).toBeVisible()
})

test('books are held row by row, and a difference stands with its cause and remedy', async ({ page }) => {
  await tried(page, '77')
  await page.keyboard.press('F8')
  await expect(page.getByText('已结算 ·')).toBeVisible()
  const books = page.getByRole('region', { name: '明细对账' })
  await expect(books.getByRole('button', { name: '上传并对账' })).toBeDisabled()
  await books.getByRole('button', { name: '用本机今日账对账' }).click()
  await expect(books.getByRole('status').getByRole('region', { name: '各方合计' })).toBeVisible()
  const messages = page.getByRole('complementary', { name: '报文' })
  for (const infno of ['9101', '3202']) await expect(messages.getByText(infno, { exact: true })).toBeVisible()
  await books.getByLabel('明细文件').setInputFiles({ name: 'day.txt', mimeType: 'text/plain', buffer: Buffer.from('') })
  await books.getByRole('button', { name: '上传并对账' }).click()
  const differences = books.getByRole('region', { name: '差异' })
  await expect(differences).toContainText('应答在途中丢失')
  await accessible(page)
  await books.getByLabel('明细文件').setInputFiles({ name: 'bad.txt', mimeType: 'text/plain', buffer: Buffer.from('x\ty\n') })
  await books.getByRole('button', { name: '上传并对账' }).click()
  await expect(books.getByRole('alert')).toContainText('bad.txt 第 1 行')
})

test('a code that the catalogue does not have is a red row with the reason', async ({ page }) => {
  await signIn(page, 'cashier')
  await page.goto('/cashier')
  await find(page, MEMBER)
  await page.getByRole('button', { name: '挂号 (F4)' }).click()
  await expect(page.getByText('已挂号，就诊 ID')).toBeVisible()
  await add(page, 'NOT-THERE-1', '2', '3.5')
  const row = page.getByRole('row').filter({ hasText: 'NOT-THERE-1' })
  await expect(row).toContainText('目录内无此编码')
  await expect(row).toContainText('7.00')
  await accessible(page)
})

test('a card that nobody has is refused in words and what was typed stays', async ({ page }) => {
  await signIn(page, 'cashier')
  await page.goto('/cashier')
  await page.getByLabel('证件号码、卡号或令牌').fill('404')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'not_a_member' })).toBeVisible()
  await expect(page.getByLabel('证件号码、卡号或令牌')).toHaveValue('404')
  await screenshot(page, 'cashier-begin')
  await accessible(page)
})

test('a pharmacy settles a purchase and prints a slip', async ({ page }) => {
  await signIn(page, 'pharmacy')
  await page.goto('/cashier')
  await find(page, '990000195803121036')
  await add(page, 'DEMO-YP-0001', '2', '15.5')
  await page.keyboard.press('F6')
  await expect(page.getByText('预结算：还没有入账')).toBeVisible()
  await page.keyboard.press('F8')
  await expect(page.getByText('已结算 ·')).toBeVisible()
  await page.getByLabel('80 毫米小票').check()
  await page.emulateMedia({ media: 'print' })
  await expect(page.locator('.roll')).toBeVisible()
  await expect(page.locator('.roll')).toContainText('31.00')
  await expect(page.getByRole('complementary', { name: '报文' })).toBeHidden()
  await page.emulateMedia({ media: 'screen' })
  await page.getByRole('button', { name: '撤销这次结算' }).click()
  await page.getByRole('button', { name: '确定撤销' }).click()
  await expect(page.getByText('已撤销，各项金额退回')).toBeVisible()
})
