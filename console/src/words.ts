// Words in Chinese and English. The frame's are in frame/words.ts, the parts' in parts/words.ts; each page brings its own:
//   const { t } = usePageWords(words({ title: '…' }, { title: '…' }))
// A key that a page does not have is looked up in the frame's.
import zhCn from 'element-plus/es/locale/lang/zh-cn'
import { createI18n, useI18n } from 'petite-vue-i18n'
import { computed, watch } from 'vue'
import { frameWords } from './frame/words'
import { partsWords } from './parts/words'
import { settings } from './settings'

/** The same keys, other words. */
type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

interface Tree {
  [key: string]: string | Tree
}

type Flat = Record<string, string>

export interface Words {
  zh: Flat
  en: Flat
}

/** `{ nav: { me: '…' } }` as `{ 'nav.me': '…' }`: the small i18n looks keys up, it does not walk. */
function flat(tree: Tree, before = ''): Flat {
  return Object.entries(tree).reduce<Flat>(
    (all, [key, one]) => Object.assign(all, typeof one === 'string' ? { [before + key]: one } : flat(one, `${before}${key}.`)),
    {},
  )
}

/** Words of a page; that both languages have the same keys is checked when it is compiled. */
export const words = <T extends Tree>(zh: T, en: Same<T>): Words => ({ zh: flat(zh), en: flat(en as Tree) })

const shared = words({ frame: frameWords.zh, parts: partsWords.zh }, { frame: frameWords.en, parts: partsWords.en })

export const i18n = createI18n({
  legacy: false,
  locale: settings.language as string,
  fallbackLocale: 'zh',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: { zh: shared.zh, en: shared.en },
})

watch(
  () => settings.language,
  (language) => ((i18n.global.locale as unknown as { value: string }).value = language),
)

/** For the frame and the parts. Keys begin with `frame.` or `parts.`. */
export const useWords = () => useI18n({ useScope: 'global' })

/** For a page: its own words first, then the frame's and the parts'. */
export const usePageWords = (own: Words) =>
  useI18n({ useScope: 'local', inheritLocale: true, messages: { zh: own.zh, en: own.en } })

/** Element Plus speaks English unless told otherwise. */
export const elementWords = computed(() => (settings.language === 'zh' ? zhCn : undefined))

/** Chinese where the reader reads Chinese; for words that come in both from elsewhere. */
export const either = (zh: string, en: string): string => (settings.language === 'zh' ? zh : en)
