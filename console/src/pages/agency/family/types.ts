// Family mutual aid as the service tells officers of it.
import type { Money } from '../../../money'

export interface Limits {
  year: Money | null
  total: Money | null
  purposes: string[] | null
  from: string | null
  until: string | null
}

export type State = 'requested' | 'confirmed' | 'unbound'
export type Relation = 'spouse' | 'parent' | 'child'
/** Who acts: one of the two persons of a bond, or the officer who saw the papers. */
export type Acts = 'holder' | 'beneficiary' | 'officer'

export interface Given {
  number: number
  state: State
  relation: Relation
  name: string
  certificate: string
  member: boolean
  pledge: string
  on: string
  confirmed_on: string | null
  unbound_on: string | null
  confirms: Acts[]
  limits: Limits
  used: Money
  used_in_all: Money
}

export interface Family {
  given: Given[]
  received: { number: number; state: State; relation: Relation; name: string }[]
  uses: { day: string; purpose: string; bond: number | null; name: string; document: string; at: string; amount: Money }[]
  year: number
}

export interface Paid {
  number: number
  amount: Money
  account: [Money, Money]
  balance: Money
  article: string
}

/** For what an account may be used, in the words of packages; the last four are contributions. */
export const PURPOSES = ['clinic', 'pharmacy_goods', 'resident_premium', 'care_premium', 'large_amount_premium', 'commercial_premium'] as const
export const PREMIUMS = PURPOSES.slice(2)

export const noLimits = (): Limits => ({ year: null, total: null, purposes: null, from: null, until: null })

/** What is typed as what the service takes: an empty day is none. */
export const asLimits = (limits: Limits): Limits => ({ ...limits, from: limits.from || null, until: limits.until || null })
