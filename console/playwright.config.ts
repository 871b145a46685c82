// Browser tests: starts the service as a sandbox on a free port with a store of its own, and drives Debian's Chromium.
//   GONGJI_BIN=…/gongji          the program; default ../target/debug/gongji (it must have been built after `npm run build`)
//   GONGJI_E2E_URL=http://…      a service that runs already; nothing is started
//   UPDATE_SCREENSHOTS=1         writes the pictures of the tutorial
import { defineConfig } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// The configuration is read again by every worker: what is drawn by lot is kept in the environment.
const env = process.env
env.GONGJI_E2E_PORT ??= execFileSync(process.execPath, [
  '-e',
  "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { process.stdout.write(String(s.address().port)); s.close() })",
]).toString()

const running = env.GONGJI_E2E_URL
const url = running ?? `http://127.0.0.1:${env.GONGJI_E2E_PORT}`
const binary = resolve(env.GONGJI_BIN ?? '../target/debug/gongji')
if (!running) env.GONGJI_E2E_STORE ??= mkdtempSync(join(tmpdir(), 'gongji-e2e-'))

const chromium = env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  forbidOnly: true,
  // One store for all: files run beside each other only where they say that they may.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: url,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: chromium, args: ['--font-render-hinting=none'] },
  },
  projects: [
    // A test whose name ends in @phone or @desktop is run there only.
    { name: 'desktop', grepInvert: /@phone/, use: { browserName: 'chromium', viewport: { width: 1280, height: 800 } } },
    {
      name: 'phone',
      grepInvert: /@desktop/,
      use: { browserName: 'chromium', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    },
  ],
  webServer: running
    ? undefined
    : {
        command: `"${binary}" serve --sandbox --listen 127.0.0.1:${env.GONGJI_E2E_PORT} --store "${env.GONGJI_E2E_STORE}/store.db"`,
        url: `${url}/api/v1/session`,
        timeout: 60_000,
        stdout: 'ignore',
        stderr: 'pipe',
      },
})
