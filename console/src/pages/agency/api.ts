// What the officers' pages ask the service for, in its words.
import { get, type Page } from '../../api'
import type { Money } from '../../money'
import type { Articles, Settlement } from '../../parts/settlement'

export const ROOT = '/api/v1/agency'
export const COUNTER = '/agency/v1'

export interface MemberRow {
  number: string
  name: string
  certificate: string
  gender: string
  birth: string
  category: string
  enrolment: string
  employer: string
  state: string
  died: string | null
}

export interface Line {
  item: string
  says: string
  from: string
}

export interface Days {
  state: string
  name: string
  from: string
  until: string | null
  why: string
}

export interface Member {
  row: MemberRow
  area: string
  card: string
  register: Line[]
  entitlement: Days[]
  account: { current: Money; prior: Money; balance: Money; owed: Money }
  frozen: string | null
  left: string | null
}

export interface May {
  approve: string | null
  carry_out: string | null
  reject: string | null
  withdraw: string | null
}

export interface MatterRow {
  person: string
  name: string
  number: number
  kind: string
  kind_name: string
  filed_by: string
  filed_on: string
  stage: 'filed' | 'approved' | 'rejected' | 'withdrawn' | 'done'
  stage_name: string
  decided_by: string | null
  needs_approval: boolean
  own: boolean
  may: May
}

export interface Matter {
  row: MatterRow
  says: [string, string][]
  documents: [string, string][]
  article: string
  why_not: string | null
  plan: string[]
  balance: Money
  owed: Money
}

export interface Rule {
  allowed: boolean
  documents: string[]
  two_persons: boolean
  article: string
  reasons?: Record<string, { name: string; documents: string[] }>
}

export interface SettlementRow {
  number: string
  time: string
  day: string
  person: string
  name: string
  certificate: string
  category: string
  institution: string
  institution_name: string
  class_name: string
  care_type: string
  total: Money
  eligible: Money
  deductible: Money
  fund: Money
  account: Money
  aid: Money
  cash: Money
  cancelled_by: string | null
  cancelled_at: string | null
}

export interface Sums {
  visits: number
  persons: number
  cancelled: number
  total: Money
  eligible: Money
  fund: Money
  funds: { code: string; name: string; amount: Money }[]
  account: Money
  aid: Money
  cash: Money
}

export interface SettlementWhole {
  row: SettlementRow
  sheet: Settlement
  articles: Articles
  lines: { item: string; name: string; level: string; amount: Money; covered: boolean; ceiling: Money | null; upfront: string }[]
  funds: { benefit: string; fund: string; name: string; amount: Money }[]
  diagnoses: string
  balance_before: Money
  policy: string
  draft: boolean
  aid: [string, Money] | null
  events: { event: number; recorded: string; what: string; message: string }[]
}

export interface Institution {
  code: string
  name: string
  class: string
  class_name: string
  pharmacy: boolean
  own: boolean
}

export interface Run {
  number: number
  kind: 'credit' | 'carry_over'
  of: string
  preview: boolean
  by: string
  began: string
  state: 'running' | 'done' | 'stopped' | 'failed'
  done: number
  all: number
  report?: Record<string, unknown>
  problem?: string
}

let asked: Promise<Institution[]> | undefined

/** The institutions, asked for once. */
export function institutions(): Promise<Institution[]> {
  asked ??= get<Page<Institution>>(`${ROOT}/institutions`)
    .then((page) => page.rows)
    .catch((fault: unknown) => {
      asked = undefined
      throw fault
    })
  return asked
}

/** A number of one's own for an act, so that doing it again is the same act. */
export const ownNumber = (): string => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`

/** A file's content as text that fits into JSON. */
export function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
