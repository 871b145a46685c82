// What /api/v1/me answers.
import type { Money } from '../../money'
import type { Articles, Settled } from '../../parts/settlement'

export interface Share {
  total: Money
  used: Money
  left: Money
  article: string
}

export interface Overview {
  person: { number: string; name: string; certificate: string; birth: string }
  area: { code: string; name: string; draft: boolean }
  insurance: { in_benefit: boolean; state: string; category: string; status: string; enrolment: string; employer: string }
  account: { current: Money; prior: Money; total: Money; owed: Money }
  year: number
  today: string
  sums: { total: Money; fund: Money; account: Money; cash: Money }
  allowances: { class: string; class_name: string; deductible: Share | null; limit: Share | null; not_covered: string | null }[]
  articles: Articles
}

export interface Row {
  settlement: string
  visit: string
  day: string
  recorded: string
  institution: string
  institution_name: string
  care_name: string
  cancels: string | null
  cancelled_by: string | null
  total: Money
  fund: Money
  account: Money
  aid: Money
  cash: Money
}

export interface Month {
  month: string
  count: number
  sums: { total: Money; fund: Money; account: Money; cash: Money }
}

/** A page of settlements, with the sums of each month on it over the whole month. */
export interface Settlements {
  rows: Row[]
  total: number
  months: Month[]
  years: string[]
}

export interface Whole {
  row: Row
  person: { name: string; number: string }
  sheet: Settled
  lines: { code: string; name: string; quantity: string; price: string; amount: Money; level: string; eligible: Money; remark: string }[]
  policy: string
  draft: boolean
  articles: Articles
}

export interface Balance {
  current: Money
  prior: Money
  total: Money
}

export interface Statement {
  opening: Balance
  closing: Balance
  income: Money
  spending: Money
  total: number
  rows: { day: string; recorded: string; event: number; sort: string; what: string; with: string; income: Money; spending: Money; balance: Balance }[]
}

export interface Limits {
  year: Money | null
  total: Money | null
}

export interface Given {
  number: number
  state: 'requested' | 'confirmed' | 'unbound'
  relation: 'spouse' | 'parent' | 'child'
  name: string
  certificate: string
  confirmed_on: string | null
  limits: Limits
  used: Money
}

export interface Family {
  given: Given[]
  received: { number: number; state: 'requested' | 'confirmed' | 'unbound'; relation: 'spouse' | 'parent' | 'child'; name: string }[]
  uses: { day: string; purpose: string; name: string; at: string; document: string; amount: Money }[]
  year: number
}
