// What is typed into the calculator, the case that it makes (docs/reference/quote.md), and the link that reproduces it. A link
// carries everything behind the #: browsers keep that to themselves.
import type { Money } from '../../money'
import type { Articles, Settlement } from '../../parts/settlement'

export type FactValue = string | number | boolean | string[] | null

export interface Fact {
  name: string
  words: string
  of: 'member' | 'institution' | 'encounter' | 'charge'
  kind: 'choice' | 'flag' | 'whole' | 'date' | 'money' | 'set'
  values?: { value: string; words: string; under?: string }[]
  least?: number
  most?: number
  default: FactValue
  shared: boolean
  read: boolean
}

export interface Area {
  area: string
  name: string
  status: 'in_force' | 'draft' | 'example'
  from: string
  until?: string
  newest: string
  turns: string[]
  /** Benefits whose figures the texts leave open: what they paid is typed in. */
  open: string[]
  facts: Fact[]
}

/** 甲类、乙类、目录外. */
export type Grade = 'a' | 'b' | 'c'

export interface Line {
  amount: Money | null
  grade: Grade
  /** Percent, as typed; 乙类 only. */
  upfront: string
  ceiling: Money | null
  facts: Record<string, FactValue>
}

export interface Visit {
  date: string
  care: string
  place: string
  class: string
  kind: string
  prescription: boolean
  issuer: string
  amount: Money | null
  lines: Line[]
  /** What a benefit decided elsewhere paid. */
  prior: Money | null
  facts: Record<string, FactValue>
  at: Record<string, FactValue>
}

export interface Input {
  area: string
  status: string
  enrolment: string
  age: string
  balance: Money | null
  borne: Money | null
  paid: Money | null
  facts: Record<string, FactValue>
  /** By lines, with ceilings and first-pay. */
  full: boolean
  visits: Visit[]
}

export interface Answer {
  id: string
  policy_status?: 'draft'
  settlements: Settlement[]
  area: { area: string; name: string; status: string } | null
  articles: Articles
  names: Record<string, string>
}

export const line = (): Line => ({ amount: null, grade: 'a', upfront: '10', ceiling: null, facts: {} })

export const visit = (date: string): Visit => ({
  date,
  care: 'ordinary_outpatient',
  place: 'local',
  class: 'tertiary',
  kind: 'general',
  prescription: true,
  issuer: 'tertiary',
  amount: null,
  lines: [line()],
  prior: null,
  facts: {},
  at: {},
})

export const blank = (area: Area | undefined, today: string): Input => ({
  area: area?.area ?? '',
  status: 'active',
  enrolment: '',
  age: '',
  balance: null,
  borne: null,
  paid: null,
  facts: {},
  full: false,
  visits: [visit(within(area, today))],
})

/** The day itself, or the nearest on which the area has rules. */
export function within(area: Area | undefined, day: string): string {
  if (!area) return day
  if (day < area.from) return area.from
  return area.until && day > area.until ? area.until : day
}

export const fact = (area: Area | undefined, name: string) => area?.facts.find((one) => one.name === name)

/** The area's own facts that some rule asks for; what the service fills in itself is not asked. */
export const asked = (area: Area | undefined, of: Fact['of']) =>
  area?.facts.filter((one) => one.of === of && one.read && !one.shared) ?? []

export const isPharmacy = (one: Visit) => one.care === 'pharmacy'

const stated = (facts: Record<string, FactValue>, known: Fact[]): Record<string, FactValue> | undefined => {
  const pairs = known.flatMap((one) => {
    const value = facts[one.name]
    return value === undefined || value === null || value === '' ? [] : [[one.name, value] as const]
  })
  return pairs.length ? Object.fromEntries(pairs) : undefined
}

/** 1 January of the year of birth: the age is then that of the whole year of the visit. */
const born = (age: string, day: string): string | undefined =>
  /^\d{1,3}$/.test(age) ? `${Number(day.slice(0, 4)) - Number(age)}-01-01` : undefined

function charge(one: Line, area: Area | undefined) {
  const facts = stated(one.facts, asked(area, 'charge'))
  return {
    amount: one.amount ?? '',
    ...(one.grade === 'c' ? { covered: false } : {}),
    ...(one.grade === 'b' ? { upfront_rate: `${one.upfront.trim() || '0'}%` } : {}),
    ...(one.ceiling ? { ceiling: one.ceiling } : {}),
    ...(facts?.item ? { item: facts.item } : {}),
    ...(facts ? { facts: Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'item')) } : {}),
  }
}

function encounter(one: Visit, at: number, input: Input, area: Area | undefined) {
  const pharmacy = isPharmacy(one)
  const facts = stated(one.facts, asked(area, 'encounter'))
  const own = stated(one.at, asked(area, 'institution'))
  return {
    id: String(at + 1),
    date: one.date,
    care_type: one.care,
    place: one.place,
    institution: pharmacy
      ? { kind: 'pharmacy', ...(own ? { facts: own } : {}) }
      : { class: one.class, kind: one.kind, ...(own ? { facts: own } : {}) },
    ...(pharmacy && one.prescription ? { prescriber: { class: one.issuer } } : {}),
    charges: input.full ? one.lines.map((each) => charge(each, area)) : [{ amount: one.amount ?? '' }],
    ...(area?.open.includes(one.care) && one.prior !== null ? { prior_benefits: [{ benefit: one.care, fund_paid: one.prior }] } : {}),
    ...(facts ? { facts } : {}),
  }
}

/** The case of an input; of its first visits only, if so many are given. */
export function toCase(input: Input, area: Area | undefined, visits = input.visits.length) {
  const facts = stated(input.facts, asked(area, 'member'))
  const used = { ...(input.borne ? { deductible_borne: input.borne } : {}), ...(input.paid ? { fund_paid: input.paid } : {}) }
  const birth = born(input.age, input.visits[0]?.date ?? '')
  return {
    id: 'calculator',
    pooling_area: input.area,
    member: {
      status: input.status,
      ...(input.enrolment ? { enrolment: input.enrolment } : {}),
      ...(birth ? { birth_date: birth } : {}),
      ...(input.balance ? { account_balance: input.balance } : {}),
      ...(Object.keys(used).length ? { used } : {}),
      ...(facts ? { facts } : {}),
    },
    encounters: input.visits.slice(0, visits).map((one, at) => encounter(one, at, input, area)),
  }
}

/** Fields that are not filled in, by their place in the case. */
export function missing(input: Input): string[] {
  return input.visits.flatMap((one, at) => [
    ...(one.date ? [] : [`encounters[${at}].date`]),
    ...(input.full
      ? one.lines.flatMap((each, i) => (each.amount ? [] : [`encounters[${at}].charges[${i}].amount`]))
      : one.amount
        ? []
        : [`encounters[${at}].charges[0].amount`]),
  ])
}

const KEYS: [string, string][] = [
  ['area', 'a'],
  ['status', 's'],
  ['enrolment', 'e'],
  ['balance', 'b'],
  ['borne', 'd'],
  ['paid', 'p'],
  ['facts', 'f'],
  ['visits', 'v'],
]
const LONG = Object.fromEntries(KEYS.map(([long, short]) => [short, long]))
const SHORT = Object.fromEntries(KEYS)

/** The input as text for a link: base64url of its JSON. */
export function toLink(input: Input): string {
  const pairs = Object.entries(input).map(([key, value]) => [SHORT[key] ?? key, value])
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(pairs)))
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return `q=${btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`
}

/** The input of a link's fragment, or null if it is none of ours. */
export function fromLink(fragment: string, today: string): Input | null {
  const text = /^#?q=([\w-]+)$/.exec(fragment)?.[1]
  if (!text) return null
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0))
    const read = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    const long = Object.fromEntries(Object.entries(read).map(([key, value]) => [LONG[key] ?? key, value]))
    const whole = { ...blank(undefined, today), ...long } as Input
    if (!Array.isArray(whole.visits) || !whole.visits.length || whole.visits.length > MOST_VISITS) return null
    whole.visits = whole.visits.map((one) => ({
      ...visit(today),
      ...one,
      lines: Array.isArray(one.lines) && one.lines.length ? one.lines.map((each) => ({ ...line(), ...each })) : [line()],
    }))
    return whole
  } catch {
    return null
  }
}

export const MOST_VISITS = 24
export const MOST_LINES = 60
