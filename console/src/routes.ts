// The pages. A new one is a folder in pages/, a line here, and its title in frame/words.ts under `nav`.
import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadSession, may, session, whenSessionEnds, type Role } from './session'
import { i18n } from './words'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the title, under `frame.nav`. */
    title: string
    roles?: Role[]
    /** Stands in the navigation. */
    listed?: boolean
  }
}

type Load = () => Promise<unknown>

/** `section` and `id` are the page's own to use: /agency/settlements/123 is page agency. */
const page = (path: string, title: string, load: Load, ...roles: Role[]): RouteRecordRaw => ({
  path: path === '/' ? '/' : `${path}/:section?/:id?`,
  name: title,
  component: load,
  meta: { title, roles, listed: true },
})

export const pages: RouteRecordRaw[] = [
  page('/', 'calculator', () => import('./pages/calculator/index.vue')),
  page('/policies', 'policies', () => import('./pages/policies/index.vue')),
  page('/me', 'me', () => import('./pages/me/index.vue'), 'member'),
  page('/cashier', 'cashier', () => import('./pages/cashier/index.vue'), 'cashier'),
  page('/agency', 'agency', () => import('./pages/agency/index.vue'), 'officer'),
  page('/simulation', 'simulation', () => import('./pages/simulation/index.vue'), 'analyst'),
  page('/vendor', 'vendor', () => import('./pages/vendor/index.vue'), 'vendor'),
]

const others: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./pages/login/index.vue'), meta: { title: 'login' } },
  { path: '/:rest(.*)*', name: 'notfound', component: () => import('./pages/notfound/index.vue'), meta: { title: 'notfound' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [...pages, ...others],
  scrollBehavior: (to, from, kept) => kept ?? (to.hash ? { el: to.hash } : to.path === from.path ? false : { top: 0 }),
})

/** Only places of the console: an address from outside could lead elsewhere. */
export const backTo = (back: unknown): string =>
  typeof back === 'string' && /^\/(?![/\\])/.test(back) && !back.startsWith('/login') ? back : '/'

router.beforeEach(async (to) => {
  if (!to.meta.roles?.length) return true
  if (!session.known || !session.account) await loadSession().catch(() => {})
  return may(to.meta.roles) || { name: 'login', query: { back: to.fullPath } }
})

router.afterEach((to, from) => {
  document.title = `${i18n.global.t(`frame.nav.${to.meta.title}`)} · ${i18n.global.t('frame.name')}`
  // Who reads with ears or keyboard begins at the new page's heading.
  if (from.matched.length && to.path !== from.path) void nextTick(() => document.getElementById('content')?.focus({ preventScroll: true }))
})

whenSessionEnds(() => {
  const here = router.currentRoute.value
  if (here.name !== 'login') void router.push({ name: 'login', query: { back: here.fullPath } })
})
