// What the reader chose for this browser: light or dark, type size, language. Kept in localStorage, nothing else is.
import { reactive, watchEffect } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
export type Language = 'zh' | 'en'

const KEY = 'gongji.settings'

function kept(): Partial<Record<string, unknown>> {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}

const was = kept()
const system = matchMedia('(prefers-color-scheme: dark)')

export const settings = reactive({
  theme: (['auto', 'light', 'dark'].includes(String(was.theme)) ? was.theme : 'auto') as Theme,
  language: (was.language === 'en' ? 'en' : 'zh') as Language,
  large: was.large === true,
})

/** What is shown now; charts follow it. */
export const look = reactive({ dark: false, systemDark: system.matches })

system.addEventListener('change', (event) => (look.systemDark = event.matches))

watchEffect(() => {
  look.dark = settings.theme === 'dark' || (settings.theme === 'auto' && look.systemDark)
  const page = document.documentElement
  page.classList.toggle('dark', look.dark)
  page.classList.toggle('large', settings.large)
  page.lang = settings.language === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(KEY, JSON.stringify({ theme: settings.theme, language: settings.language, large: settings.large }))
  } catch {
    // A browser that keeps nothing still shows everything.
  }
})
