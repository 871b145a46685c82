// Words in Chinese and English. The frame's and the parts' are here and in parts/words.ts; each page brings its own:
//   const { t } = usePageWords(words({ title: '…' }, { title: '…' }))
// A key that a page does not have is looked up in the frame's.
import zhCn from 'element-plus/es/locale/lang/zh-cn'
import { createI18n, useI18n } from 'petite-vue-i18n'
import { computed, watch } from 'vue'
import { partsWords } from './parts/words'
import { settings } from './settings'

/** The same keys, other words. */
type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

interface Tree {
  [key: string]: string | Tree
}

export interface Words {
  zh: Tree
  en: Tree
}

/** Words of a page; that both languages have the same keys is checked when it is compiled. */
export const words = <T extends Tree>(zh: T, en: Same<T>): Words => ({ zh, en: en as Tree })

const frame = words(
  {
    name: '共济',
    tagline: '职工医保门诊共济',
    skip: '跳到正文',
    menu: '菜单',
    close: '关闭',
    nav: {
      label: '主导航',
      calculator: '报销计算',
      policies: '政策库',
      me: '我的医保',
      cashier: '收费结算',
      agency: '经办业务',
      simulation: '方案测算',
      vendor: '厂商接入',
      login: '登录',
      notfound: '没有这一页',
    },
    role: { member: '参保人', cashier: '收款员', vendor: '机构与厂商', officer: '经办人员', analyst: '政策分析' },
    theme: { label: '外观', auto: '外观：自动', light: '外观：浅色', dark: '外观：深色' },
    large: '大字',
    language: '语言',
    signIn: '登录',
    signOut: '退出',
    signedInAs: '已登录：{name}',
    sandbox: '沙箱',
    sandboxNote: '沙箱：人员、机构和金额都是虚构的，可以放心试用。',
    disclaimer: '计算结果供参考，以实际结算为准。',
    version: '版本 {version}',
    date: '系统日期 {date}',
    leaving: '正在打开…',
    failed: '页面没有打开',
  },
  {
    name: 'Gongji',
    tagline: 'Outpatient pooling of employee insurance',
    skip: 'Skip to content',
    menu: 'Menu',
    close: 'Close',
    nav: {
      label: 'Main',
      calculator: 'Calculator',
      policies: 'Policies',
      me: 'My account',
      cashier: 'Cashier',
      agency: 'Agency',
      simulation: 'Simulation',
      vendor: 'Vendors',
      login: 'Sign in',
      notfound: 'No such page',
    },
    role: { member: 'Member', cashier: 'Cashier', vendor: 'Institution or vendor', officer: 'Officer', analyst: 'Policy analyst' },
    theme: { label: 'Theme', auto: 'Theme: auto', light: 'Theme: light', dark: 'Theme: dark' },
    large: 'Large type',
    language: 'Language',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedInAs: 'Signed in: {name}',
    sandbox: 'Sandbox',
    sandboxNote: 'Sandbox: people, institutions and amounts are invented; try anything.',
    disclaimer: 'Results are for orientation; the actual settlement decides.',
    version: 'Version {version}',
    date: 'System date {date}',
    leaving: 'Opening…',
    failed: 'The page did not open',
  },
)

export const i18n = createI18n({
  legacy: false,
  locale: settings.language as string,
  fallbackLocale: 'zh',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: {
    zh: { frame: frame.zh, parts: partsWords.zh } as Tree,
    en: { frame: frame.en, parts: partsWords.en } as Tree,
  },
})

watch(
  () => settings.language,
  (language) => ((i18n.global.locale as unknown as { value: string }).value = language),
)

/** For the frame and the parts. Keys begin with `frame.` or `parts.`. */
export const useWords = () => useI18n({ useScope: 'global' })

/** For a page: its own words first, then the frame's and the parts'. */
export const usePageWords = (own: Words) =>
  useI18n({ useScope: 'local', inheritLocale: true, messages: own as unknown as { zh: Tree; en: Tree } })

/** Element Plus speaks English unless told otherwise. */
export const elementWords = computed(() => (settings.language === 'zh' ? zhCn : undefined))

/** Chinese where the reader reads Chinese; for words that come in both from elsewhere. */
export const either = (zh: string, en: string): string => (settings.language === 'zh' ? zh : en)
