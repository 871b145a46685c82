// The officers' side menu. A new page (filings, manual claims, prescriptions, clearing, supervision …) is one file in this
// folder and one line here: its address below /agency, its title in words.ts under `menu`, and the file. What stands behind
// the address (/agency/settlements/123) comes to the page as `id`. What it asks the service for is one file in
// crates/app/src/serve/console/agency and its routes in mod.rs there; whoever else's area it concerns is refused there.
import { defineAsyncComponent, type Component } from 'vue'

export interface Entry {
  section: string
  /** Entries of one group stand together, below its name in words.ts under `menu.groups`. */
  group: 'members' | 'accounts' | 'settlements' | 'books'
  page: Component
}

const entry = (section: string, group: Entry['group'], load: () => Promise<{ default: Component }>): Entry => ({
  section,
  group,
  page: defineAsyncComponent(load),
})

export const menu: Entry[] = [
  entry('members', 'members', () => import('./members.vue')),
  entry('import', 'members', () => import('./import.vue')),
  entry('matters', 'members', () => import('./matters.vue')),
  entry('credits', 'accounts', () => import('./credits.vue')),
  entry('report', 'accounts', () => import('./report.vue')),
  entry('settlements', 'settlements', () => import('./settlements.vue')),
  entry('reconcile', 'settlements', () => import('./reconcile.vue')),
  entry('ledger', 'books', () => import('./ledger.vue')),
]
