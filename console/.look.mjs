import { chromium } from '@playwright/test'
const base = 'http://127.0.0.1:8391'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium' })
const todo = process.argv.slice(2)
const errors = []
async function on(name, opts, path, act) {
  if (todo.length && !todo.some((t) => name.startsWith(t))) return
  const ctx = await b.newContext({ locale: 'zh-CN', ...opts })
  const p = await ctx.newPage()
  p.on('pageerror', (e) => errors.push(name + ' ' + e.message))
  p.on('console', (m) => m.type() === 'error' && errors.push(name + ' ' + m.text()))
  await p.goto(base + path)
  try { if (act) await act(p) } catch (e) { errors.push(name + ' ' + e.message.slice(0, 300)) }
  await p.waitForTimeout(400)
  await p.screenshot({ path: `/tmp/calc-shots/${name}.png`, fullPage: true })
  await ctx.close()
}
const desk = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const calc = async (p) => { await p.getByRole('button', { name: '在职，三级医院' }).click(); await p.getByText('怎样会多报一些').waitFor(); await p.locator('.curve').scrollIntoViewIfNeeded(); await p.locator('.curve canvas').waitFor(); await p.waitForTimeout(600); await p.evaluate(() => scrollTo(0, 0)) }
await on('calc-empty', desk, '/')
await on('calc-desk', desk, '/', calc)
await on('calc-dark', { ...desk, colorScheme: 'dark' }, '/', calc)
await on('calc-phone', phone, '/', calc)
await on('calc-full', desk, '/', async (p) => { await p.getByLabel('逐项填写').check(); await p.getByRole('button', { name: '再加一项费用' }).click(); await p.getByRole('button', { name: '再加一次就诊' }).click(); await p.getByLabel('统筹区').count(); await p.getByRole('button', { name: '计算', exact: true }).click() })
await on('pol-list', desk, '/policies')
await on('pol-phone', phone, '/policies')
await on('pol-one', desk, '/policies/500000', async (p) => { await p.getByRole('button', { name: /第五条/ }).first().click() })
await on('pol-onephone', phone, '/policies/211200')
await on('pol-file', { ...desk, colorScheme: 'dark' }, '/policies/500000', async (p) => { await p.locator('.path').nth(3).click(); await p.waitForTimeout(400) })
await on('pol-diff', desk, '/policies/diff', async (p) => { await p.getByRole('button', { name: '比较', exact: true }).click(); await p.locator('.result').waitFor() })
const login = async (p) => { await p.request.post(base + '/api/v1/session', { data: { name: 'analyst', password: 'gongji-demo' }, headers: { Origin: base } }); await p.reload() }
await on('pol-check', desk, '/policies/check', async (p) => { await login(p); const zip = await (await p.request.get(base + '/api/v1/policies/new?area=990000&name=shili&label=示例市')).body(); await p.getByLabel('选择文件（ZIP，或 .toml 和 .md）').setInputFiles({ name: 'a.zip', mimeType: 'application/zip', buffer: zip }); await p.getByRole('button', { name: '检查', exact: true }).click(); await p.getByText(/可以使用|有错误/).waitFor() })
console.log(errors.join('\n'))
await b.close()
