// What the policy library is told (api/v1/policies).
import type { Articles, ArticleText } from '../../parts/settlement'

export type Status = 'in_force' | 'draft' | 'example'
export type Held = 'kept' | 'broken' | 'untold'

export interface Change {
  subject: string
  what: string
  who: string
  from: string
  to: string
}

export interface Row {
  id: string
  area: string
  name: string
  folder: string
  status: Status
  from: string
  until?: string
  verified: string | null
  newest: string
  documents: { key: string; number: string; title: string | null; issuer: string | null; published: string | null; lent: boolean }[]
  articles: number
  cases: number
  passed: number
  bounds: Record<Held, number>
  turns: { from: string; changes: Change[] }[]
}

export interface Quoted extends ArticleText {
  document: string
  number: string
  heading: string
  published?: string
  lent: boolean
}

export interface Table {
  title: string
  path: string
  notes: string[]
  article: string | null
  heads: string[]
  columns: string[]
  rows: { when: string[]; says: ({ words: string; open: boolean; since: string | null } | null)[]; article: string | null }[]
}

export interface Benefit {
  name: string
  words: string
  payer: string
  applies: string
  takes: string[]
  decided_elsewhere: boolean
  article: string
  tables: Table[]
}

export interface Bound {
  on: string
  words: string
  from: string | null
  warning: boolean
  above: boolean
  article: string
  held: Held
  findings: string[]
}

/** A package with its rules on a day. */
export interface Shown extends Row {
  on: string
  effective: string
  benefits: Benefit[]
  tables: Table[]
  relations: { name: string; words: string; article: string }[]
  held: Bound[]
  files: string[]
}
export type Package = Omit<Shown, 'articles'> & { articles: Record<string, Quoted> }

interface Visit {
  sentence?: string
}

export interface Difference {
  a: { area: string; name: string; on: string }
  b: { area: string; name: string; on: string }
  changes: (Change & { article_from: string; article_to: string; effect: string; sentence: string | null })[]
  together: Visit | null
  notes: string[]
  articles_a: Articles
  articles_b: Articles
}

export interface Finding {
  severity: 'error' | 'warning' | 'note'
  code: string
  file?: string
  line?: number
  column?: number
  excerpt?: string
  found: string
  allowed: string
  article: string
}

export interface Report {
  sound: boolean
  summary: string
  area: string | null
  name: string | null
  counts: { errors: number; warnings: number; notes: number; cases: number }
  cases: string | null
  files: string[]
  rows: Finding[]
  total: number
}

/** The line of a package's file on which something stands, from one: a table's path ("benefit.x.rate"), or an article's heading. */
export function lineOf(text: string, path: string): number {
  const lines = text.split('\n')
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length--) {
    const table = parts.slice(0, length).join('.')
    const head = lines.findIndex((line) => line.trim() === `[${table}]` || line.trim() === `[[${table}]]`)
    if (head < 0) continue
    const rest = parts.slice(length).join('.')
    if (!rest) return head + 1
    const inside = lines.findIndex((line, at) => at > head && line.trimStart().startsWith(rest))
    return (inside < 0 ? head : inside) + 1
  }
  return 0
}
