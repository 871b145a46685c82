import { describe, expect, it } from 'vitest'
import { blank, fromLink, line, missing, toCase, toLink, visit, within, type Area, type Input } from './model'

const area: Area = {
  area: '500000',
  name: '重庆市',
  status: 'in_force',
  from: '2024-01-01',
  newest: '2024-01-01',
  turns: ['2024-01-01'],
  open: ['special_disease'],
  facts: [
    { name: 'large_amount', words: '大额', of: 'member', kind: 'flag', default: false, shared: false, read: true },
    { name: 'unread', words: '不读', of: 'member', kind: 'flag', default: false, shared: false, read: false },
  ],
}
const input = (): Input => ({ ...blank(area, '2024-06-01'), balance: '300.00' })

describe('the case', () => {
  it('has the bill in one amount and only what the rules ask', () => {
    const one = input()
    one.visits[0]!.amount = '3000.00'
    one.facts = { large_amount: true, unread: true }
    expect(toCase(one, area)).toEqual({
      id: 'calculator',
      pooling_area: '500000',
      member: { status: 'active', account_balance: '300.00', facts: { large_amount: true } },
      encounters: [
        {
          id: '1',
          date: '2024-06-01',
          care_type: 'ordinary_outpatient',
          place: 'local',
          institution: { class: 'tertiary', kind: 'general' },
          charges: [{ amount: '3000.00' }],
        },
      ],
    })
  })

  it('has lines by catalogue, and an age as the first day of a year of birth', () => {
    const one = { ...input(), full: true, age: '61' }
    one.visits[0]!.lines = [
      { ...line(), amount: '100.00', ceiling: '80.00' },
      { ...line(), amount: '50.00', grade: 'b', upfront: '5' },
      { ...line(), amount: '20.00', grade: 'c' },
    ]
    const made = toCase(one, area)
    expect(made.member).toMatchObject({ birth_date: '1963-01-01' })
    expect(made.encounters[0]!.charges).toEqual([
      { amount: '100.00', ceiling: '80.00' },
      { amount: '50.00', upfront_rate: '5%' },
      { amount: '20.00', covered: false },
    ])
  })

  it('names the prescriber at a pharmacy and what a benefit decided elsewhere paid', () => {
    const one = input()
    one.visits = [
      { ...visit('2024-06-01'), care: 'pharmacy', amount: '50.00', issuer: 'secondary' },
      { ...visit('2024-06-02'), care: 'special_disease', amount: '50.00', prior: '0.00' },
    ]
    const [first, second] = toCase(one, area).encounters
    expect(first).toMatchObject({ institution: { kind: 'pharmacy' }, prescriber: { class: 'secondary' } })
    expect(second).toMatchObject({ prior_benefits: [{ benefit: 'special_disease', fund_paid: '0.00' }] })
    expect(toCase(one, area, 1).encounters).toHaveLength(1)
  })
})

it('names what is missing', () => {
  const one = input()
  one.visits.push({ ...visit(''), amount: '1.00' })
  expect(missing(one)).toEqual(['encounters[0].charges[0].amount', 'encounters[1].date'])
})

it('keeps a day within an area’s rules', () => {
  expect(within(area, '2020-01-01')).toBe('2024-01-01')
  expect(within({ ...area, until: '2025-12-31' }, '2026-06-01')).toBe('2025-12-31')
  expect(within(area, '2026-06-01')).toBe('2026-06-01')
})

describe('the link', () => {
  it('gives back what was typed', () => {
    const one = input()
    one.visits[0]!.facts = { 名称: '甲' }
    expect(fromLink(`#${toLink(one)}`, '2024-06-01')).toEqual(one)
  })

  it('is nothing when it is none of ours', () => {
    for (const text of ['', '#content', '#q=', '#q=!!', '#q=bm8', `#q=${btoa('{"v":[]}')}`]) expect(fromLink(text, '2024-06-01')).toBeNull()
  })
})
